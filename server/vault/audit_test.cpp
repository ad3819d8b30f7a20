// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "server/vault/audit.hpp"
#include "server/vault/audit_reader.hpp"
#include "server/vault/testing/place.hpp"

namespace lk::vault {
namespace {

using namespace test;

constexpr VaultId vault_id{std::byte{1}};

AuditEntry use(std::int64_t unix_ms = now_ms) {
  return {.act = Act::credit,
          .unix_ms = unix_ms,
          .group = group_04,
          .meter = test::meter,
          .tid = 7,
          .uses = 1,
          .units = 10,
          .money = 5,
          .user = "olga",
          .reference = "p-1"};
}

class AuditFolder : public ::testing::Test {
 protected:
  std::unique_ptr<Audit> open() { return must(Audit::open(path_, vault_id)); }
  void write(int count) {
    const auto audit = open();
    for (int i = 0; i < count; ++i) must(audit->append(use()));
    must(audit->settle());
  }
  [[nodiscard]] std::string segment() const { return segment_path(path_, 1); }
  [[nodiscard]] std::string content() const {
    std::ifstream in(segment(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void replace(const std::string& text) const { write_private(segment(), text); }

  Folder folder_;
  std::string path_ = folder_ / "audit";
};

TEST_F(AuditFolder, CountsWhatItRecords) {
  write(3);
  EXPECT_EQ(open()->usage(group_04, now_ms), (Usage{3, 3, 30, 15}));
  EXPECT_EQ(must(read_audit(path_)).tally.usage(group_04, now_ms), (Usage{3, 3, 30, 15}));
}

TEST_F(AuditFolder, AChangedLostOrMovedLineIsFound) {
  write(5);
  const std::string whole = content();
  std::vector<std::size_t> begins{0};
  for (std::size_t at = whole.find('\n'); at + 1 < whole.size(); at = whole.find('\n', at + 1))
    begins.push_back(at + 1);
  ASSERT_GE(begins.size(), 6U);
  const std::size_t second = begins[2];
  const std::size_t third = begins[3];
  std::string changed = whole;
  changed[changed.find("\t10\t", second) + 1] = '2';
  const std::string line = whole.substr(second, third - second);
  const std::pair<const char*, std::string> rows[]{
      {"an amount was changed", changed},
      {"a line was taken out", whole.substr(0, second) + whole.substr(third)},
      {"a line was doubled", whole.substr(0, third) + line + whole.substr(third)},
      {"rubbish was put in", whole.substr(0, second) + "rubbish\n" + whole.substr(second)},
      {"the first line is missing", whole.substr(begins[1])},
  };
  for (const auto& [name, text] : rows) {
    replace(text);
    const auto read = read_audit(path_);
    ASSERT_FALSE(read.has_value()) << name;
    EXPECT_EQ(read.error().reason, Reason::damaged) << name;
    EXPECT_FALSE(Audit::open(path_, vault_id).has_value()) << name;
  }
  replace(whole);
  EXPECT_TRUE(read_audit(path_).has_value());
}

TEST_F(AuditFolder, AHalfLastLineIsCutOffAtEveryPlaceAndTold) {
  write(3);
  const std::string whole = content();
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t size = last + 1; size < whole.size(); size += 7) {
    replace(whole.substr(0, size));
    {
      const auto audit = open();
      EXPECT_EQ(audit->usage(group_04, now_ms).uses, 2U) << size;
      must(audit->append(use()));
      must(audit->settle());
    }
    const auto read = must(read_audit(path_));
    EXPECT_EQ(read.tally.usage(group_04, now_ms).uses, 3U) << size;
    EXPECT_NE(content().find("\ttorn\t"), std::string::npos);
  }
}

TEST_F(AuditFolder, AFileWithoutAWholeLineBeginsAnew) {
  write(1);
  const std::string whole = content();
  for (const std::size_t size : {std::size_t{0}, std::size_t{20}, whole.find('\n')}) {
    replace(whole.substr(0, size));
    write(2);
    EXPECT_EQ(must(read_audit(path_)).tally.usage(group_04, now_ms).uses, 2U) << size;
  }
}

TEST_F(AuditFolder, BelongsToOneVault) {
  write(1);
  const auto other = Audit::open(path_, VaultId{std::byte{2}});
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().reason, Reason::damaged);
}

TEST_F(AuditFolder, ManySegmentsChainAndCarryTheirSums) {
  constexpr std::uint64_t uses = 4'000;
  {
    const auto audit = must(Audit::open(path_, vault_id, 256 * 1024));
    for (std::uint64_t i = 0; i < uses; ++i) {
      ASSERT_TRUE(audit->append(use()).has_value());
      if (i % 700 == 0) must(audit->settle());
    }
    must(audit->settle());
  }
  EXPECT_EQ(audit_segments(path_), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(open()->usage(group_04, now_ms), (Usage{uses, uses, 10 * uses, 5 * uses}));
  EXPECT_EQ(must(read_audit(path_)).tally.usage(group_04, now_ms).uses, uses);
  std::filesystem::remove(segment_path(path_, 1));
  EXPECT_FALSE(read_audit(path_).has_value()) << "a missing segment is found";
}

TEST_F(AuditFolder, ManyThreadsSettleTogether) {
  const auto audit = open();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) {
        const auto number = must(audit->append(use()));
        must(audit->settle());
        EXPECT_GE(audit->head().number, number);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(must(read_audit(path_)).tally.usage(group_04, now_ms).uses, 400U);
}

TEST(AuditLine, TextOfUsersCannotBreakALine) {
  AuditHead head;
  AuditEntry entry = use();
  entry.user = "a\tb\nc\x7f\xff";
  entry.reference = std::string(200, 'r');
  const std::string line = line_of(entry, head);
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  EXPECT_EQ(std::ranges::count(line, '\t'), 12);
  AuditHead again;
  const auto back = entry_of(std::string_view(line).substr(0, line.size() - 1), again);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->user, "a?b?c??");
  EXPECT_EQ(back->reference.size(), 64U);
  EXPECT_EQ(again, head);
}

}  // namespace
}  // namespace lk::vault
