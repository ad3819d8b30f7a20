// SPDX-License-Identifier: Apache-2.0
#include "iec62056/data_set.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace lk::iec62056 {
namespace {

using dictionary::Obis;

struct CodeRow {
  const char* text;
  Obis obis;
  const char* written;
};

TEST(DataSetTest, ReadsAndWritesCodes) {
  const CodeRow rows[] = {
      {"1.8.0", {1, 0, 1, 8, 0, 255}, "1.8.0"},       {"1-0:1.8.0*255", {1, 0, 1, 8, 0, 255}, "1.8.0"},
      {"1.8", {1, 0, 1, 8, 0, 255}, "1.8.0"},         {"0-0:96.1.0", {0, 0, 96, 1, 0, 255}, "0-0:96.1.0"},
      {"C.1.0", {0, 0, 96, 1, 0, 255}, "0-0:96.1.0"}, {"F.F", {0, 0, 97, 97, 0, 255}, "0-0:97.97.0"},
      {"1.8.0*12", {1, 0, 1, 8, 0, 12}, "1.8.0*12"}};
  for (const CodeRow& row : rows) {
    const auto obis = parse_obis(row.text);
    ASSERT_TRUE(obis.has_value()) << row.text;
    EXPECT_EQ(*obis, row.obis) << row.text;
    std::array<char, 32> room{};
    TextWriter writer{room};
    writer.obis(*obis);
    EXPECT_EQ(writer.view(), row.written);
  }
}

TEST(DataSetTest, RefusesWhatIsNoCode) {
  for (const char* const text :
       {"", "1", "1.", "1.8.", "256.8.0", "1-1.8.0", "1.8.0*", "1.8.0x", "x", "1..0", "1234.1"}) {
    EXPECT_FALSE(parse_obis(text).has_value()) << text;
  }
}

struct NumberRow {
  const char* text;
  unsigned decimals;
  std::int64_t value;
  const char* written;
};

TEST(DataSetTest, ReadsAndWritesNumbers) {
  const NumberRow rows[] = {
      {"12.345", 3, 12'345, "12.345"}, {"-0.5", 3, -500, "-0.500"}, {"7", 2, 700, "7.00"}, {"0", 0, 0, "0"}};
  for (const NumberRow& row : rows) {
    EXPECT_EQ(parse_decimal(row.text, row.decimals), row.value) << row.text;
    std::array<char, 32> room{};
    TextWriter writer{room};
    writer.decimal(row.value, row.decimals);
    EXPECT_EQ(writer.view(), row.written);
  }
  for (const char* const text : {"", "-", ".", "1.2345", "1.2.3", "1e3", "99999999999999999999"}) {
    EXPECT_FALSE(parse_decimal(text, 3).has_value()) << text;
  }
  std::array<char, 32> room{};
  TextWriter writer{room};
  writer.decimal(INT64_MIN, 0);
  EXPECT_EQ(writer.view(), "-9223372036854775808");
}

TEST(DataSetTest, LeavesAwayWhatHasNoRoom) {
  std::array<char, 3> room{};
  TextWriter writer{room};
  writer.text("abcd");
  EXPECT_EQ(writer.view(), "abc");
  EXPECT_FALSE(writer.ok());
}

}  // namespace
}  // namespace lk::iec62056
