// SPDX-License-Identifier: Apache-2.0
#include "card/atr.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "card/testing/hex.hpp"

namespace lk::card {
namespace {

constexpr auto hex = testing::from_hex;

// As a receiver sees it: the size is known in time, and never more is asked for than there is.
std::size_t received_size(std::span<const std::byte> atr) {
  std::size_t count = 0;
  while (count < atr.size()) {
    ++count;
    const auto size = atr_size(atr.first(count));
    if (size && *size <= count) return count;
  }
  return count;
}

TEST(Atr, ReadsTheShapesOfTheField) {
  struct Row {
    const char* name;
    const char* atr;
    bool has_t0;
    std::size_t historical;
  };
  const std::vector<Row> rows{
      {"a prepaid meter's card", "3B690000574436350100000000", true, 9},
      {"bare", "3B00", true, 0},
      {"a bank card, T=1 in the second group", "3BFF1800FF8131FE45656311064302500010805500042005F7", false,
       15},
      {"by a contactless reader, T=0 and T=1", "3B88800100000000338181003A", true, 8},
      {"inverse convention", "3F6525002209689000", true, 5},
  };
  for (const Row& row : rows) {
    const auto bytes = hex(row.atr);
    EXPECT_EQ(received_size(bytes), bytes.size()) << row.name;
    const auto atr = decode_atr(bytes);
    ASSERT_TRUE(atr) << row.name << " " << static_cast<int>(atr.error());
    EXPECT_EQ(atr->has_t0, row.has_t0) << row.name;
    EXPECT_EQ(atr->history().size(), row.historical) << row.name;
    EXPECT_FALSE(own_serial(*atr)) << row.name;
  }
}

TEST(Atr, OursTellsTheSerial) {
  const auto bytes = own_atr(0x0102'0304'0506'0708);
  EXPECT_TRUE(std::ranges::equal(bytes, hex("3B6900004C0102030405060708")));
  EXPECT_EQ(received_size(bytes), bytes.size());
  const auto atr = decode_atr(bytes);
  ASSERT_TRUE(atr);
  EXPECT_EQ(own_serial(*atr), 0x0102'0304'0506'0708U);
}

TEST(Atr, RefusesDamagedOnes) {
  EXPECT_EQ(decode_atr(hex("3C00")).error(), AtrError::convention);
  EXPECT_EQ(decode_atr(hex("3B")).error(), AtrError::size);
  EXPECT_EQ(decode_atr(hex("3B0000")).error(), AtrError::size);
  EXPECT_EQ(decode_atr(hex("3B6900004C01020304050607")).error(), AtrError::size);
  EXPECT_EQ(decode_atr(hex("3B80010000")).error(), AtrError::size);
  EXPECT_EQ(decode_atr(hex("3B800182")).error(), AtrError::check);
  EXPECT_TRUE(decode_atr(hex("3B800181")));
}

}  // namespace
}  // namespace lk::card
