// SPDX-License-Identifier: Apache-2.0
#include "sts/amount.hpp"

#include <gtest/gtest.h>

namespace lk::sts {
namespace {

using quantity::Money;

struct UnitsCase {
  const char* name;
  std::uint64_t amount;
  std::uint16_t field;
  std::uint32_t decoded;
};

// The boundaries are those of CTSA10, CTSA12 and CTSA13 of the STS Association's suites.
constexpr UnitsCase units_cases[] = {
    {"zero", 0, 0x0000, 0},
    {"25.6 units", 256, 0x0100, 256},
    {"last of the first range", 16'383, 0x3FFF, 16'383},
    {"first of the second range", 16'384, 0x4000, 16'384},
    {"rounds up to the next step", 16'385, 0x4001, 16'394},
    {"rounds up in the second range", 20'000, 0x416A, 20'004},
    {"last of the second range", 180'214, 0x7FFF, 180'214},
    {"in the gap: the next range", 180'215, 0x8000, 180'224},
    {"end of the gap", 180'223, 0x8000, 180'224},
    {"first of the third range", 180'224, 0x8000, 180'224},
    {"last of the third range", 1'818'524, 0xBFFF, 1'818'524},
    {"in the second gap", 1'818'623, 0xC000, 1'818'624},
    {"largest", 18'201'624, 0xFFFF, 18'201'624},
};

TEST(UnitAmount, RoundsUpAsTheStandardSays) {
  for (const UnitsCase& c : units_cases) {
    const auto field = encode_units(c.amount);
    ASSERT_TRUE(field.has_value()) << c.name;
    EXPECT_EQ(*field, c.field) << c.name;
    EXPECT_EQ(decode_units(*field), c.decoded) << c.name;
  }
}

TEST(UnitAmount, EveryFieldComesBackFromItsAmount) {
  for (std::uint32_t field = 0; field <= 0xFFFF; ++field) {
    const auto back = encode_units(decode_units(static_cast<std::uint16_t>(field)));
    ASSERT_TRUE(back.has_value() && *back == field) << field;
  }
}

TEST(UnitAmount, RefusesMoreThanTheLargest) {
  EXPECT_EQ(encode_units(18'201'625).error(), AmountError::too_large);
  EXPECT_EQ(encode_units(UINT64_MAX).error(), AmountError::too_large);
}

struct MoneyCase {
  const char* name;
  std::int64_t steps;
  CurrencyField field;
  std::int64_t decoded;
};

constexpr MoneyCase money_cases[] = {
    {"zero", 0, {0x0, 0x0000}, 0},
    {"one step", 1, {0x0, 0x0001}, 1},
    {"minus one step", -1, {0x8, 0x0001}, -1},
    {"+1 unit rounds up", 100'000, {0x0, 0x60AA}, 100'004},
    {"-1 unit rounds towards zero", -100'000, {0x8, 0x60A9}, -99'994},
    {"+16383 units", 1'638'300'000, {0x1, 0x78E3}, 1'638'342'624},
    {"+180224 units", 18'022'400'000, {0x1, 0xBF4A}, 18'022'442'624},
    {"gap, positive: first of the next range", 16'383 * 10 + 16'384 + 1, {0x0, 0x8000}, 180'224},
    {"gap, negative: last of the range before", -(16'383 * 10 + 16'384 + 9), {0x8, 0x7FFF}, -180'214},
};

TEST(CurrencyAmount, RoundsTowardsPlusInfinity) {
  for (const MoneyCase& c : money_cases) {
    const auto field = encode_currency(Money::of(c.steps));
    ASSERT_TRUE(field.has_value()) << c.name;
    EXPECT_TRUE(*field == c.field) << c.name << ": " << int{field->sign_and_exponent} << " " << field->amount;
    const auto money = to_money(decode_currency(*field));
    ASSERT_TRUE(money.has_value()) << c.name;
    EXPECT_GE(money->count(), c.steps) << c.name;
    EXPECT_EQ(money->count(), c.decoded) << c.name;
  }
}

TEST(CurrencyAmount, EveryFieldComesBackFromItsAmount) {
  for (unsigned sign_and_exponent = 0; sign_and_exponent < 16; ++sign_and_exponent) {
    for (std::uint32_t amount = 0; amount <= 0xFFFF; amount += 0x1F) {
      const CurrencyField field{static_cast<std::uint8_t>(sign_and_exponent),
                                static_cast<std::uint16_t>(amount)};
      if (sign_and_exponent == 8 && amount == 0) continue;  // minus zero comes back as zero
      const auto back = encode_currency(decode_currency(field));
      ASSERT_TRUE(back.has_value() && *back == field) << sign_and_exponent << " " << amount;
    }
  }
}

TEST(CurrencyAmount, MinusZeroIsZero) {
  EXPECT_FALSE(decode_currency({8, 0}).negative);
  EXPECT_TRUE(*encode_currency(CurrencyAmount{true, {}}) == (CurrencyField{0, 0}));
}

TEST(CurrencyAmount, LargestAndBeyond) {
  const CurrencyField largest{0x7, 0xFFFF};
  CurrencyAmount amount = decode_currency(largest);
  EXPECT_TRUE(*encode_currency(amount) == largest);
  amount.magnitude = amount.magnitude + Wide{0, 1};
  EXPECT_EQ(encode_currency(amount).error(), AmountError::too_large) << "a positive amount would round up";
  amount.negative = true;
  EXPECT_TRUE(*encode_currency(amount) == (CurrencyField{0xF, 0xFFFF}))
      << "a negative one rounds towards zero";
  EXPECT_EQ(encode_currency(CurrencyAmount{false, {UINT64_MAX, UINT64_MAX}}).error(), AmountError::too_large);
}

TEST(CurrencyAmount, MoneyHoldsWhatFitsItAndSaysWhatDoesNot) {
  EXPECT_TRUE(encode_currency(Money::of(INT64_MIN)).has_value());
  EXPECT_EQ(to_money({true, {0, 5}})->count(), -5);
  EXPECT_EQ(to_money({false, {0, INT64_MAX}})->count(), INT64_MAX);
  EXPECT_EQ(to_money({false, {0, std::uint64_t{INT64_MAX} + 1}}).error(), AmountError::too_large);
  EXPECT_EQ(to_money({false, {1, 0}}).error(), AmountError::too_large);
}

TEST(Wide, ArithmeticCarriesBetweenTheWords) {
  constexpr Wide most{0, UINT64_MAX};
  EXPECT_TRUE((most + Wide{0, 1} == Wide{1, 0}));
  EXPECT_TRUE((Wide{1, 0} - Wide{0, 1} == most));
  EXPECT_TRUE((most << 1U) == (Wide{1, UINT64_MAX - 1}));
  EXPECT_TRUE((most * 10 == Wide{9, UINT64_MAX - 9}));
  Wide dividend{9, UINT64_MAX - 9};
  EXPECT_EQ(dividend.divide(10), 0U);
  EXPECT_TRUE(dividend == most);
  Wide odd{5, 7};  // 5·2^64 + 7 = 92233720368547758087 = 10·9223372036854775808 + 7
  EXPECT_EQ(odd.divide(10), 7U);
  EXPECT_TRUE((odd == Wide{0, 0x8000'0000'0000'0000}));
}

}  // namespace
}  // namespace lk::sts
