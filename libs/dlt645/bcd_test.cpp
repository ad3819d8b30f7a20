// SPDX-License-Identifier: Apache-2.0
#include "dlt645/bcd.hpp"

#include <gtest/gtest.h>

#include <array>

#include "bytes/testing/hex.hpp"
#include "dlt645/words.hpp"

namespace lk::dlt645 {
namespace {

using bytes::hex;

struct NumberRow {
  std::int64_t value;
  std::size_t size_bytes;
  const char* bytes;
};

TEST(BcdTest, WritesNumbersLowestPairFirst) {
  const NumberRow rows[] = {{120'642, 4, "42 06 12 00"},
                            {0, 2, "00 00"},
                            {2'205, 2, "05 22"},
                            {12'345, 3, "45 23 01"},
                            {99'999'999, 4, "99 99 99 99"},
                            {100'000'000, 4, "99 99 99 99"}};
  for (const NumberRow& row : rows) {
    std::array<std::byte, 9> room{};
    const auto to = std::span{room}.first(row.size_bytes);
    encode_bcd(static_cast<std::uint64_t>(row.value), to);
    EXPECT_EQ(hex(to), row.bytes) << row.value;
  }
}

TEST(BcdTest, PutsTheSignIntoTheTopBit) {
  const NumberRow rows[] = {{-12'345, 3, "45 23 81"}, {12'345, 3, "45 23 01"},   {-1, 2, "01 80"},
                            {900'000, 3, "99 99 79"}, {-900'000, 3, "99 99 F9"}, {0, 2, "00 00"}};
  for (const NumberRow& row : rows) {
    std::array<std::byte, 9> room{};
    const auto to = std::span{room}.first(row.size_bytes);
    encode_signed_bcd(row.value, to);
    EXPECT_EQ(hex(to), row.bytes) << row.value;
  }
}

TEST(BcdTest, ReadsBackWhatItWrote) {
  for (const std::int64_t value : {0LL, 1LL, -1LL, 799'999LL, -799'999LL, 4'711LL}) {
    std::array<std::byte, 3> room{};
    encode_signed_bcd(value, room);
    EXPECT_EQ(decode_signed_bcd(room), value);
  }
}

TEST(BcdTest, RefusesWhatIsNoDigit) {
  EXPECT_FALSE(decode_bcd(hex("0A")).has_value());
  EXPECT_FALSE(decode_bcd(hex("12 A0")).has_value());
  EXPECT_FALSE(decode_bcd(std::array<std::byte, 10>{}).has_value());
  EXPECT_FALSE(decode_signed_bcd({}).has_value());
  EXPECT_EQ(decode_bcd(hex("78 56 34 12")), 12'345'678U);
}

struct TimeRow {
  const char* name;
  Time time;
  bool is_time;
};

TEST(BcdTest, KnowsRealTimes) {
  const TimeRow rows[] = {
      {"a day", {26, 8, 1, 6, 23, 59, 59}, true},         {"29 February", {24, 2, 29, 0, 0, 0, 0}, true},
      {"no 29 February", {26, 2, 29, 0, 0, 0, 0}, false}, {"month 0", {26, 0, 1, 0, 0, 0, 0}, false},
      {"month 13", {26, 13, 1, 0, 0, 0, 0}, false},       {"day 0", {26, 1, 0, 0, 0, 0, 0}, false},
      {"hour 24", {26, 1, 1, 0, 24, 0, 0}, false},        {"minute 60", {26, 1, 1, 0, 0, 60, 0}, false},
      {"second 60", {26, 1, 1, 0, 0, 0, 60}, false},
  };
  for (const TimeRow& row : rows) EXPECT_EQ(is_time(row.time), row.is_time) << row.name;
  EXPECT_EQ(weekday_of({26, 8, 1}), 6) << "2026-08-01 is a Saturday";
  EXPECT_EQ(weekday_of({0, 1, 1}), 6);
  EXPECT_EQ(weekday_of({24, 3, 1}), 5);
}

TEST(WordsTest, ABaudWordHasOneBit) {
  EXPECT_EQ(baud_of(0x20), 9600U);
  EXPECT_EQ(baud_of(0x02), 600U);
  EXPECT_EQ(baud_of(0x40), 19'200U);
  for (const unsigned word : {0x00U, 0x01U, 0x80U, 0x06U, 0xFFU}) {
    EXPECT_FALSE(baud_of(static_cast<std::uint8_t>(word)).has_value()) << word;
  }
  EXPECT_EQ(baud_word(2400), 0x08);
  EXPECT_EQ(baud_word(38'400), 0);
}

}  // namespace
}  // namespace lk::dlt645
