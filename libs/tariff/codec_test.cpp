// SPDX-License-Identifier: Apache-2.0
#include "tariff/codec.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bytes/bytes.hpp"
#include "bytes/crc.hpp"
#include "tariff/testing/sets.hpp"

namespace lk::tariff {
namespace {

using quantity::Price;

std::vector<std::byte> bytes_of(const TariffSet& set) {
  std::array<std::byte, set_max_bytes> room{};
  const auto written = encode(set, room);
  return {written.begin(), written.end()};
}

// The CRC made right again after a change.
std::vector<std::byte> sealed(std::vector<std::byte> data) {
  const auto all = std::span{data};
  bytes::Writer{all.last(4)}.big(bytes::crc32c(all.first(all.size() - 4)));
  return data;
}

TEST(TariffCodec, AnySetComesBackFromItsBytes) {
  constexpr std::uint64_t seed = 20261121;
  std::mt19937_64 random{seed};
  test::RandomSet any{random};
  for (std::uint32_t version = 1; version <= 300; ++version) {
    const TariffSet set = any.make(version);
    ASSERT_FALSE(find_fault(set)) << "seed " << seed;
    const auto back = decode(bytes_of(set));
    ASSERT_TRUE(back.has_value()) << "seed " << seed << " version " << version;
    ASSERT_EQ(*back, set) << "seed " << seed << " version " << version;
  }
}

// The example of docs/formats/tariff.md, byte by byte.
TEST(TariffCodec, TheFlatSetHasTheBytesOfTheDocument) {
  std::string hex;
  for (const std::byte b : bytes_of(flat_set(Price::of(12'000), 7))) {
    constexpr const char* digits = "0123456789abcdef";
    hex += digits[std::to_integer<unsigned>(b) >> 4U];
    hex += digits[std::to_integer<unsigned>(b) & 15U];
  }
  EXPECT_EQ(hex.substr(0, hex.size() - 8),
            "4c4b540100000007"                                // LKT 1, version 7
            "0000000000000000"                                // UTC, no daylight saving
            "0000000000"                                      //
            "010100"                                          // settlement 1 January, day 1, 0:00
            "0000010001010000"                                // ladder, rates, tables
            "00"                                              // taxes
            "00002ee0"                                        // 1.2000
            "0100000000000000000000"                          // a day table, a week table
            "02000000000000000000000000000000000f00000000");  // charges
}

TEST(TariffCodec, TheLargestSetFits) {
  TariffSet set;
  set.version = 1;
  set.rate_count = rate_max;
  set.ladder.threshold_count = step_max - 1;
  for (std::uint32_t i = 0; i < step_max - 1; ++i) set.ladder.thresholds_wh[i] = i + 1;
  set.day_table_count = day_table_max;
  for (DayTable& table : set.day_tables) {
    table.count = switching_max;
    for (std::uint16_t i = 0; i < switching_max; ++i) table.switchings[i] = {i, 0};
  }
  set.week_table_count = week_table_max;
  set.season_count = season_max;
  for (std::uint8_t i = 0; i < season_max; ++i) set.seasons[i] = {1, static_cast<std::uint8_t>(i + 1), 0};
  set.special_day_count = special_day_max;
  for (std::uint16_t i = 0; i < special_day_max; ++i)
    set.special_days[i] = {static_cast<std::uint16_t>(2030 + i), 1, 1, 0};
  set.tax_count = tax_max;
  for (Tax& tax : set.taxes) tax = test::tax(TaxKind::share, 1, 1, "12345678");
  ASSERT_FALSE(find_fault(set));
  EXPECT_EQ(bytes_of(set).size(), set_max_bytes);
}

TEST(TariffCodec, RefusesEveryCutAndEveryFlippedBit) {
  const std::vector<std::byte> good = bytes_of(test::day_and_night(3));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode(std::span{good}.first(size)).has_value()) << size;
  }
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto flipped = good;
    flipped[bit / 8] ^= std::byte{1} << (bit % 8);
    EXPECT_EQ(decode(flipped).error(), DecodeError::damaged) << bit;
  }
}

TEST(TariffCodec, NamesWhatIsWrongWithSoundBytes) {
  const std::vector<std::byte> good = bytes_of(flat_set(Price::of(12'000), 7));
  const auto changed = [&](std::size_t offset, std::uint8_t value) {
    auto data = good;
    data[offset] = std::byte{value};
    return decode(sealed(data)).error();
  };
  EXPECT_EQ(changed(0, 0), DecodeError::unknown_version);
  EXPECT_EQ(changed(3, 2), DecodeError::unknown_version);
  EXPECT_EQ(changed(25, 8), DecodeError::malformed) << "8 thresholds";
  EXPECT_EQ(changed(26, 9), DecodeError::malformed) << "9 rates";
  EXPECT_EQ(changed(26, 2), DecodeError::malformed) << "another rate, but no price of it";
  EXPECT_EQ(changed(31, 41), DecodeError::malformed) << "41 special days";
  EXPECT_EQ(changed(27, 1), DecodeError::faulty) << "no such default rate";
  EXPECT_EQ(changed(22, 29), DecodeError::faulty) << "settlement on the 29th";
  auto longer = good;
  longer.insert(longer.end() - 4, std::byte{0});
  EXPECT_EQ(decode(sealed(longer)).error(), DecodeError::malformed) << "a byte left over";
}

}  // namespace
}  // namespace lk::tariff
