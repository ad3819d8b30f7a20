// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/vault/contents.hpp"
#include "server/vault/envelope.hpp"

namespace lk::vault {
namespace {

Contents sample() {
  Contents contents;
  contents.id = {std::byte{1}, std::byte{2}};
  contents.serial = 7;
  contents.order_master_key = Secret::random(16);
  contents.officers = {{"ann", "$argon2id$a"}, {"bob.b", "$argon2id$b"}};
  GroupRecord loaded{.group = {.name = {201'457, 1, sts::KeyType::unique}, .limits = {.uses = 5}}};
  loaded.group.check_value = CheckValue{std::byte{9}};
  loaded.key = Secret::random(20);
  contents.groups.push_back(std::move(loaded));
  GroupRecord waiting{.group = {.name = {1, 9, sts::KeyType::common}, .base_date = sts::BaseDate::y2035}};
  waiting.half = KeptHalf{"ann", CheckValue{std::byte{8}}, Secret::random(20)};
  contents.groups.push_back(std::move(waiting));
  return contents;
}

TEST(VaultContents, ComeBackAsTheyWere) {
  const Contents before = sample();
  const Secret bytes = encode(before);
  const auto after = decode_contents(bytes.bytes());
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->serial, 7U);
  EXPECT_EQ(after->officers[1].name, "bob.b");
  ASSERT_EQ(after->groups.size(), 2U);
  EXPECT_EQ(after->groups[0].group.limits, before.groups[0].group.limits);
  EXPECT_EQ(after->groups[0].key.text(), before.groups[0].key.text());
  EXPECT_EQ(after->groups[1].half->officer, "ann");
  EXPECT_EQ(encode(*after).text(), bytes.text());
}

TEST(VaultContents, AreRefusedWhereAByteIsMissingOrTooMany) {
  const Secret bytes = encode(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_contents(bytes.bytes().first(size)).has_value()) << size;
  }
  Secret longer(bytes.size() + 1);
  std::ranges::copy(bytes.bytes(), longer.bytes().begin());
  EXPECT_FALSE(decode_contents(longer.bytes()).has_value());
}

TEST(VaultContents, AreRefusedWhereAGroupOrOfficerIsThereTwice) {
  Contents twice = sample();
  twice.groups[1].group.name = twice.groups[0].group.name;
  EXPECT_FALSE(decode_contents(encode(twice).bytes()).has_value());
  twice = sample();
  twice.officers[1].name = "ann";
  EXPECT_FALSE(decode_contents(encode(twice).bytes()).has_value());
}

TEST(VaultHeader, ComesBackAsItWasAndNamesNoCostThatAMachineCannotPay) {
  Header header{.form = Form::file,
                .derivation = KeyDerivation::passphrase,
                .operations = 2,
                .memory_bytes = 1U << 26U};
  header.payload_bytes = 16;
  const auto file_of = [](const Header& head) {
    const auto bytes = encode(head);
    std::vector<std::byte> file(bytes.begin(), bytes.end());
    file.resize(header_bytes + head.payload_bytes);
    return file;
  };
  const auto back = decode_header(file_of(header));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->memory_bytes, header.memory_bytes);
  header.memory_bytes = std::uint64_t{1} << 40U;
  EXPECT_FALSE(decode_header(file_of(header)).has_value());
  header.memory_bytes = 1U << 26U;
  header.operations = 1000;
  EXPECT_FALSE(decode_header(file_of(header)).has_value());
  header.operations = 2;
  header.form = static_cast<Form>(3);
  EXPECT_FALSE(decode_header(file_of(header)).has_value());
  header.form = Form::module;
  EXPECT_FALSE(decode_header(file_of(header)).has_value());
}

TEST(GroupNames, AreReadAsTheyAreWritten) {
  EXPECT_EQ(text(GroupName{42, 3, sts::KeyType::common}), "000042-3-3");
  EXPECT_EQ(parse_group_name("000042-3-3"), (GroupName{42, 3, sts::KeyType::common}));
  for (const char* wrong :
       {"", "42-3-3", "000042-0-3", "000042-3-4", "00004x-3-3", "000042_3-3", "000042-3-33"}) {
    EXPECT_FALSE(parse_group_name(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace lk::vault
