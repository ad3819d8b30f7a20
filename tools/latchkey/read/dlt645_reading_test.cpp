// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/read/dlt645_reading.hpp"

#include <gtest/gtest.h>

#include "bytes/testing/hex.hpp"

namespace lk::tools {
namespace {

struct ValueRow {
  std::uint32_t identifier;
  const char* data;  // as on the wire, without 33H
  const char* text;
  const char* unit;
};

// Figures of the frame vectors L03 to L07, C02, C04, C33.
TEST(Dlt645Reading, ShowsBytesAsTheIdentifiersFormatSays) {
  const ValueRow rows[] = {
      {0x0001'0000, "42 06 12 00", "1206.42", "kWh"},
      {0x0201'0100, "05 22", "220.5", "V"},
      {0x0202'0100, "23 51 00", "5.123", "A"},
      {0x0203'0000, "45 23 81", "-1.2345", "kW"},
      {0x0090'0200, "45 23 01 00", "123.45", ""},
      {0x0400'0101, "06 01 08 26", "26-08-01 (weekday 6)", ""},
      {0x0400'0102, "30 20 10", "10:20:30", ""},
      {0x0400'0503, "50 02", "0250", ""},
      {0x0101'0000, "56 34 12 12 31 07 26 00", "0026073112123456", ""},
  };
  for (const ValueRow& row : rows) {
    const auto values = values_of(row.identifier, bytes::hex(row.data));
    ASSERT_EQ(values.size(), 1U) << std::hex << row.identifier;
    EXPECT_EQ(values[0].text, row.text) << std::hex << row.identifier;
    EXPECT_EQ(values[0].unit, row.unit) << std::hex << row.identifier;
  }
}

TEST(Dlt645Reading, ABlockIsAsManyValuesAsItHas) {
  const auto values = values_of(0x0001'FF00, bytes::hex("42 06 12 00 00 01 00 00"));
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[1].text, "1.00");
}

TEST(Dlt645Reading, KnowsIdentifiersByDigitsAndByNames) {
  EXPECT_EQ(identifier_of("00010000"), 0x0001'0000U);
  EXPECT_EQ(identifier_of("import_energy"), 0x0001'0000U);
  EXPECT_EQ(identifier_of("voltage"), 0x0201'0100U);
  EXPECT_EQ(identifier_of("balance"), 0x0090'0200U);
  EXPECT_EQ(identifier_of("line_baud"), 0x0400'0703U);
  EXPECT_FALSE(identifier_of("0001000").has_value());
  EXPECT_FALSE(identifier_of("token_entry").has_value()) << "no identifier shows it";
  EXPECT_FALSE(identifier_of("nothing").has_value());
}

TEST(Dlt645Reading, StrangeBytesAreShownAsTheyAre) {
  EXPECT_EQ(values_of(0x0201'0100, bytes::hex("05 22 11"))[0].text, "112205") << "too many";
  EXPECT_EQ(values_of(0x1234'5678, bytes::hex("01 02"))[0].text, "0201") << "not known";
  EXPECT_EQ(values_of(0x0201'0100, {})[0].text, "");
}

}  // namespace
}  // namespace lk::tools
