// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sts/decimal.hpp"

#include <gtest/gtest.h>

namespace lk::tools {
namespace {

struct Case {
  const char* text;
  int shift;
  bool negative;
  std::uint64_t magnitude;
};

constexpr Case cases[] = {
    {"0", 5, false, 0},
    {"-0", 5, false, 0},
    {"1", 5, false, 100'000},
    {"1.00", 5, false, 100'000},
    {"-1", 5, true, 100'000},
    {"0.00001", 5, false, 1},
    {"0.000011", 5, false, 2},  // finer than a step: towards plus infinity
    {"-0.000011", 5, true, 1},
    {"0.000000001", 5, false, 1},
    {"-0.000000001", 5, false, 0},
    {"25.61", 0, false, 26},
    {"00012", 0, false, 12},
    {"1.82044E+14", 5, false, 18'204'400'000'000'000'000U},
    {"1e3", 0, false, 1000},
    {"1500E-3", 0, false, 2},
    {"1e-9999", 0, false, 1},
    {"0e9999", 0, false, 0},
};

TEST(Decimal, IsExactAndRoundsInTheCustomersFavour) {
  for (const Case& c : cases) {
    const ParsedDecimal parsed = parse_decimal(c.text, c.shift);
    ASSERT_FALSE(parsed.fault.has_value()) << c.text;
    EXPECT_TRUE((parsed.amount == sts::CurrencyAmount{c.negative, {0, c.magnitude}})) << c.text;
  }
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "-", "+1", ".5", "5.", "1,5", "1 ", " 1", "0x10", "1e", "1e+", "1e5.0",
                           "1e999999", "NaN", "1.-5"}) {
    EXPECT_EQ(parse_decimal(text, 5).fault, DecimalFault::not_a_number) << '"' << text << '"';
  }
}

TEST(Decimal, SaysWhatIsTooLarge) {
  EXPECT_EQ(parse_decimal("1e40", 0).fault, DecimalFault::too_large);
  EXPECT_EQ(parse_decimal("1e99999", 0).fault, DecimalFault::too_large);
  EXPECT_EQ(parse_decimal("-1e9999", 0).fault, DecimalFault::too_large);
  EXPECT_FALSE(parse_decimal("9e31", 5).fault.has_value());
}

TEST(Decimal, ComesBackAsText) {
  for (const char* text : {"0", "1", "-1", "0.00001", "-0.5", "10", "25.6", "1820442", "100000.00001"}) {
    EXPECT_EQ(format_decimal(parse_decimal(text, 5).amount, 5), text);
  }
  EXPECT_EQ(format_decimal(parse_decimal("1.82044E+29", 5).amount, 5), "182044000000000000000000000000");
}

}  // namespace
}  // namespace lk::tools
