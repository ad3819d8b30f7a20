// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "dlt645/item.hpp"

namespace lk::dlt645 {
namespace {

struct FindRow {
  std::uint32_t asked;
  std::uint32_t found;  // 0: none
};

TEST(ItemsTest, FindsTheRunThatAnIdentifierIsOf) {
  const FindRow rows[] = {
      {0x0001'0000, 0x0001'0000}, {0x0001'0800, 0x0001'0000}, {0x0001'FF00, 0x0001'0000},
      {0x0001'00FF, 0x0001'0000}, {0x0001'000C, 0x0001'0000}, {0x0001'0900, 0},
      {0x0001'000D, 0},           {0x0002'FF00, 0},           {0x0201'0300, 0x0201'0100},
      {0x0201'0000, 0},           {0x0201'FF00, 0x0201'0100}, {0x0400'01E1, 0},
      {0x0333'0603, 0x0333'0101}, {0x0501'FF01, 0x0501'0001}, {0xFFFF'FFFF, 0},
  };
  for (const FindRow& row : rows) {
    const Item* const item = find(row.asked);
    EXPECT_EQ(item == nullptr ? 0U : item->di, row.found) << std::hex << row.asked;
  }
}

TEST(ItemsTest, EachRowIsFoundByItsOwnIdentifier) {
  for (const Item& item : items()) {
    EXPECT_EQ(find(item.di), &item) << item.what;
    EXPECT_FALSE(item.what.empty() || item.format.empty()) << std::hex << item.di;
  }
  for (const Item97& item : items97()) EXPECT_EQ(find97(item.di).item, &item) << item.what;
}

TEST(ItemsTest, EachRowOf1997HasItsTwin) {
  for (const Item97& item : items97()) {
    const auto first = static_cast<std::uint8_t>(item.di & 0xFU);
    for (std::uint32_t index = 0; index + first <= item.last; ++index) {
      const Item* const twin = find(item.twin + index * item.step);
      ASSERT_NE(twin, nullptr) << item.what << ' ' << index;
      if (twin->size_bytes == 0) continue;  // by its field
      EXPECT_LE(item.offset + item.size_bytes, twin->size_bytes) << item.what;
    }
  }
}

struct FindRow97 {
  std::uint16_t asked;
  std::uint16_t found;
  int first;
  int last;
  int settlement;
};

TEST(ItemsTest, FindsWhatAnIdentifierOf1997AsksFor) {
  const FindRow97 rows[] = {
      {0x9010, 0x9010, 0, 0, 0}, {0x9013, 0x9010, 3, 3, 0}, {0x901F, 0x9010, 0, 8, 0},
      {0x9410, 0x9010, 0, 0, 1}, {0x9810, 0x9010, 0, 0, 2}, {0x9C10, 0, 0, 0, 0},
      {0xB611, 0xB611, 0, 0, 0}, {0xB61F, 0xB611, 0, 2, 0}, {0xA410, 0xA010, 0, 0, 1},
      {0xBA11, 0, 0, 0, 0},      {0xC010, 0xC010, 0, 0, 0}, {0xC01F, 0, 0, 0, 0},
      {0xC86F, 0xC860, 0, 6, 0}, {0x0000, 0, 0, 0, 0},
  };
  for (const FindRow97& row : rows) {
    const Place97 place = find97(row.asked);
    EXPECT_EQ(place.item == nullptr ? 0 : place.item->di, row.found) << std::hex << row.asked;
    EXPECT_EQ(place.first, row.first) << std::hex << row.asked;
    EXPECT_EQ(place.last, row.last) << std::hex << row.asked;
    EXPECT_EQ(place.settlement, row.settlement) << std::hex << row.asked;
  }
}

}  // namespace
}  // namespace lk::dlt645
