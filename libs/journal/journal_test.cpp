// SPDX-License-Identifier: Apache-2.0
#include "journal/journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "port/sim/flash.hpp"

namespace lk::journal {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

// A journal on a flash that outlives it; `restart` is what a power cut and return do to the meter.
struct Bench {
  explicit Bench(const Geometry& geometry = {256, 4, 8}, std::uint32_t key_count = 4,
                 std::uint32_t batch_bytes = 64)
      : flash{geometry, 1}, slots(key_count), largest_batch_bytes{batch_bytes} {
    restart();
  }
  void restart() {
    flash.restore_power();
    journal = std::make_unique<Journal>(flash, slots, largest_batch_bytes);
    report = journal->mount();
  }
  std::string get(Key key) {
    std::array<std::byte, 256> room{};
    const auto value = journal->get(key, room);
    if (!value) return "error " + std::to_string(static_cast<int>(value.error()));
    return {reinterpret_cast<const char*>(value->data()), value->size()};
  }
  bool put(Key key, std::string_view text) { return journal->put(key, bytes_of(text)).has_value(); }

  sim::SimFlash flash;
  std::vector<Slot> slots;
  std::uint32_t largest_batch_bytes;
  std::unique_ptr<Journal> journal;
  Report report;
};

const std::string absent = "error " + std::to_string(static_cast<int>(Error::absent));

TEST(Journal, AnErasedFlashIsANewJournalWithNothingInIt) {
  Bench bench;
  EXPECT_EQ(bench.report.found, Found::nothing);
  EXPECT_FALSE(bench.journal->contains(0));
  EXPECT_EQ(bench.get(0), absent);
}

TEST(Journal, TheLatestValueOfEachKeyComesBackAfterARestart) {
  Bench bench;
  EXPECT_TRUE(bench.put(0, "one"));
  EXPECT_TRUE(bench.put(1, ""));
  EXPECT_TRUE(bench.put(0, "two"));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(bench.get(0), "two");
    EXPECT_EQ(bench.get(1), "") << "an empty value is a value";
    EXPECT_EQ(bench.get(2), absent);
    bench.restart();
  }
  EXPECT_EQ(bench.report.found, Found::journal);
  EXPECT_EQ(bench.report.frame_count, 3U);
  EXPECT_EQ(bench.report.damaged_count + bench.report.torn_count, 0U);
}

TEST(Journal, ABatchReplacesAllItsKeys) {
  Bench bench;
  const std::array batch{Record{0, bytes_of("balance")}, Record{3, bytes_of("token")}};
  ASSERT_TRUE(bench.journal->put(batch));
  bench.restart();
  EXPECT_EQ(bench.get(0), "balance");
  EXPECT_EQ(bench.get(3), "token");
}

TEST(Journal, OldRecordsOutliveAnyNumberOfNewOnes) {
  for (const std::uint32_t unit : {1U, 2U, 4U, 8U, 16U}) {
    for (const std::uint32_t page_count : {2U, 3U, 7U}) {
      SCOPED_TRACE("unit " + std::to_string(unit) + ", pages " + std::to_string(page_count));
      Bench bench{{256, page_count, unit}};
      EXPECT_TRUE(bench.put(3, "written once"));
      for (int i = 0; i < 500; ++i) ASSERT_TRUE(bench.put(0, std::to_string(i)));
      EXPECT_EQ(bench.get(3), "written once");
      bench.restart();
      EXPECT_EQ(bench.get(3), "written once");
      EXPECT_EQ(bench.get(0), "499");
    }
  }
}

TEST(Journal, PagesWearEvenly) {
  Bench bench{{256, 8, 8}};
  EXPECT_TRUE(bench.put(3, "written once"));
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE(bench.put(0, std::to_string(i)));
  for (std::uint32_t page = 0; page < 8; ++page) {
    EXPECT_NEAR(bench.flash.erase_count(page), bench.flash.erase_count(0), 1) << "page " << page;
  }
}

// While all records and one more batch fit a page, a put never opens more than one page.
TEST(Journal, AWriteCostsAtMostOnePageOfCopiesAndItsOwnFrame) {
  Bench bench{{512, 4, 8}, 6, 100};
  std::uint64_t before = 0;
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(bench.put(static_cast<Key>(i % 6), std::string(20, static_cast<char>('a' + i % 26))));
    ASSERT_LE(bench.flash.programmed_bytes() - before, 512 + frame_size_bytes(24, 8)) << "put " << i;
    before = bench.flash.programmed_bytes();
  }
}

// The figure of docs/design/power-loss.md: a state of 300 bytes each minute and twelve events of 20 bytes, an
// event an hour, on 64 pages of 4 KiB; a tenth of a year stands for ten years.
TEST(Journal, TenYearsOfAMinutelyStateWearTenThousandCycleFlashByLessThanThat) {
  constexpr std::uint32_t minutes = sizeof(void*) == 4 ? 5'256 : 52'560;
  Bench bench{{4096, 64, 8}, 13, 400};
  const std::string state(300, 's');
  const std::string event(20, 'e');
  for (std::uint32_t minute = 0; minute < minutes; ++minute) {
    std::vector<Record> batch{{0, bytes_of(state)}};
    if (minute % 60 == 0) batch.push_back({static_cast<Key>(1 + minute / 60 % 12), bytes_of(event)});
    ASSERT_TRUE(bench.journal->put(batch));
  }
  std::uint32_t most = 0;
  for (std::uint32_t page = 0; page < 64; ++page) most = std::max(most, bench.flash.erase_count(page));
  const std::uint64_t ten_years = std::uint64_t{most} * (5'256'000 / minutes);
  RecordProperty("erases_in_ten_years", std::to_string(ten_years));
  EXPECT_LT(ten_years, 10'000U);
}

TEST(Journal, RefusalsAreNamedAndChangeNothing) {
  Bench bench{{256, 2, 8}, 8, 64};
  const std::string largest(60, 'x');
  EXPECT_TRUE(bench.put(0, largest));
  EXPECT_EQ(bench.journal->put(1, bytes_of(largest + "y")).error(), Error::too_large);
  EXPECT_EQ(bench.get(1), absent);
  std::array<std::byte, 59> room{};
  EXPECT_EQ(bench.journal->get(0, room).error(), Error::too_small);
}

TEST(Journal, AFullFlashRefusesNewKeysYetAlwaysReplacesOldOnes) {
  Bench bench{{256, 4, 8}, 40, 64};
  Key count = 0;
  while (count < 40 && bench.put(count, std::string(20, 'a'))) ++count;
  ASSERT_LT(count, 40);
  EXPECT_EQ(bench.journal->put(count, bytes_of("a")).error(), Error::full);
  for (int i = 0; i < 1000; ++i) {
    const Key key = static_cast<Key>(i % count);
    ASSERT_TRUE(bench.put(key, std::string(20, static_cast<char>('b' + i % 20))));
  }
  bench.restart();
  for (Key key = 0; key < count; ++key) EXPECT_EQ(bench.get(key).size(), 20U) << key;
}

TEST(Journal, AFlashWithForeignContentIsAFaultAndNotANewMeter) {
  Bench bench;
  bench.flash.bytes()[700] = std::byte{0};
  bench.restart();
  EXPECT_EQ(bench.report.found, Found::unreadable);
  EXPECT_TRUE(bench.put(0, "begun again"));
  bench.restart();
  EXPECT_EQ(bench.report.found, Found::journal);
  EXPECT_EQ(bench.get(0), "begun again");
}

TEST(Journal, AFlippedBitCostsOneCopyAndIsReported) {
  Bench bench;
  EXPECT_TRUE(bench.put(0, "older"));
  EXPECT_TRUE(bench.put(0, "newer"));
  const std::uint32_t second = frames_begin + frame_size_bytes(record_overhead_bytes + 5, 8);
  bench.flash.flip((second + header_size_bytes + record_overhead_bytes) * 8);
  EXPECT_EQ(bench.get(0), "older") << "found at the reading, without a restart";
  EXPECT_EQ(bench.journal->report().damaged_count, 1U);
  bench.restart();
  EXPECT_EQ(bench.get(0), "older");
  EXPECT_EQ(bench.report.damaged_count, 1U);
  EXPECT_EQ(bench.report.torn_count, 0U);
  EXPECT_TRUE(bench.put(0, "newest"));
  bench.restart();
  EXPECT_EQ(bench.get(0), "newest");
}

TEST(Journal, AFailingReadIsAnErrorAndNotAnOlderValue) {
  Bench bench;
  EXPECT_TRUE(bench.put(0, "older"));
  EXPECT_TRUE(bench.put(0, "newer"));
  bench.flash.fail_reads(3);
  EXPECT_EQ(bench.get(0), "error " + std::to_string(static_cast<int>(Error::storage)));
  bench.flash.fail_reads(0);
  EXPECT_EQ(bench.get(0), "newer");
}

TEST(Journal, ReadsThatAreRefusedForAWhileLoseNothing) {
  for (std::uint32_t refused = 1; refused <= 60; ++refused) {
    SCOPED_TRACE(refused);
    Bench bench{{256, 4, 8}};
    for (const char* value : {"oldest", "older", "newer"}) EXPECT_TRUE(bench.put(0, value));
    EXPECT_TRUE(bench.put(1, "other"));
    bench.flash.fail_reads(refused);
    bench.journal->mount();
    int attempts = 0;
    while (!bench.put(1, "written")) ASSERT_LT(++attempts, 60);
    EXPECT_EQ(bench.get(0), "newer");
    EXPECT_EQ(bench.get(1), "written");
    bench.restart();
    EXPECT_EQ(bench.get(0), "newer");
    EXPECT_EQ(bench.get(1), "written");
  }
}

TEST(Journal, NothingIsWrittenWhileReadsAreRefused) {
  Bench bench;
  EXPECT_TRUE(bench.put(0, "value"));
  bench.flash.fail_reads(1'000'000);
  EXPECT_NE(bench.journal->mount().read_failure_count, 0U);
  EXPECT_FALSE(bench.put(0, "newer"));
  EXPECT_EQ(bench.get(3), "error " + std::to_string(static_cast<int>(Error::storage)));
  bench.flash.fail_reads(0);
  EXPECT_EQ(bench.get(0), "value");
}

TEST(Journal, AWornCellIsMetAtTheWriteAndPassedBy) {
  Bench bench{{256, 4, 8}};
  EXPECT_TRUE(bench.put(0, "before"));
  const std::uint32_t second = frames_begin + frame_size_bytes(record_overhead_bytes + 6, 8);
  bench.flash.stick((second + header_size_bytes + record_overhead_bytes) * 8, false);
  EXPECT_TRUE(bench.put(0, "\xFF"));
  EXPECT_EQ(bench.get(0), "\xFF");
  bench.restart();
  EXPECT_EQ(bench.get(0), "\xFF");
  EXPECT_EQ(bench.report.damaged_count, 0U);
}

// A worn cell in each page, at each place of it and stuck either way: every write is taken, and nothing is
// lost but what stood in the cell when it wore out.
TEST(Journal, WornCellsAnywhereInEveryPageCostNothing) {
  constexpr Geometry geometry{1024, 4, 8};
  for (std::uint32_t place = 0; place < geometry.page_size_bytes; place += 5) {
    SCOPED_TRACE(place);
    Bench bench{geometry};
    EXPECT_TRUE(bench.put(3, "first"));
    for (std::uint32_t page = 0; page < geometry.page_count; ++page)
      bench.flash.stick((page * geometry.page_size_bytes + place) * 8 + page, place % 2 == 0);
    bench.restart();
    ASSERT_TRUE(bench.put(3, "kept"));
    for (int i = 0; i < 150; ++i) {
      const auto key = static_cast<Key>(i % 3);
      const std::string value = "value " + std::to_string(i * 7919);
      const bool is_cut = i % 11 == 10;
      if (is_cut) bench.flash.cut_after(static_cast<std::uint32_t>(i) % 9);
      bool is_put = bench.put(key, value);
      if (is_cut) {
        bench.restart();
        is_put = bench.put(key, value);
      }
      ASSERT_TRUE(is_put) << i;
      ASSERT_EQ(bench.get(key), value);
    }
    bench.restart();
    EXPECT_EQ(bench.get(3), "kept");
    EXPECT_EQ(bench.get(2), "value " + std::to_string(149 * 7919));
    EXPECT_EQ(bench.report.damaged_count, 0U);
  }
}

// Every single bit of a flash in use, one after the other: what is read is a value that was once put under
// that key.
TEST(Journal, NoFlippedBitEverGivesAWrongValue) {
  Bench bench{{256, 3, 8}};
  EXPECT_TRUE(bench.put(3, "v once"));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(bench.put(static_cast<Key>(i % 3), "v" + std::to_string(i)));
  std::uint32_t reported = 0;
  for (std::uint32_t bit = 0; bit < bench.flash.bytes().size() * 8; ++bit) {
    bench.flash.flip(bit);
    bench.restart();
    for (Key key = 0; key < 4; ++key) {
      const std::string value = bench.get(key);
      if (value == absent) {
        EXPECT_GT(bench.report.damaged_count, 0U) << "bit " << bit << ": a loss that was not reported";
        continue;
      }
      if (key == 3) {
        ASSERT_EQ(value, "v once") << "bit " << bit;
        continue;
      }
      const int number = std::stoi(value.substr(1));
      ASSERT_TRUE(number < 40 && number % 3 == key) << "bit " << bit << " key " << key << ": " << value;
      if (number + 3 < 40) {
        EXPECT_GT(bench.report.damaged_count, 0U)
            << "bit " << bit << " key " << key << ": older and not reported";
        ++reported;
      }
    }
    bench.flash.flip(bit);
  }
  EXPECT_GT(reported, 0U);
}

// Where the newest copy is damaged an older one in the spare page may be all there is: the next write saves
// it to the active page, if that has room, before the spare is erased.
TEST(Journal, ACopyThatLivesOnlyInTheSpareIsSaved) {
  constexpr std::uint32_t kept_frame_bytes = frame_size_bytes(record_overhead_bytes + 4, 8);
  Bench bench{{256, 3, 8}};
  EXPECT_TRUE(bench.put(3, "kept"));
  std::uint32_t saved = 0;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(bench.put(0, std::to_string(i)));
    const std::vector<std::byte> before(bench.flash.bytes().begin(), bench.flash.bytes().end());
    const std::uint32_t active_page = bench.slots[0].frame_offset / 256;
    const std::uint32_t room_bytes =
        (active_page + 1) * 256 - bench.slots[0].frame_offset - 3 * kept_frame_bytes;
    bench.flash.flip((bench.slots[3].frame_offset + header_size_bytes + record_overhead_bytes) * 8);
    bench.restart();
    if (bench.get(3) == "kept" && room_bytes < 256) {
      for (int more = 0; more < 30; ++more) ASSERT_TRUE(bench.put(0, "more"));
      EXPECT_EQ(bench.get(3), "kept");
      bench.restart();
      EXPECT_EQ(bench.get(3), "kept");
      ++saved;
    }
    std::copy(before.begin(), before.end(), bench.flash.bytes().begin());
    bench.restart();
    ASSERT_EQ(bench.get(3), "kept");
  }
  EXPECT_GT(saved, 20U);
}

}  // namespace
}  // namespace lk::journal
