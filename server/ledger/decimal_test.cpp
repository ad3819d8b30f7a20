// SPDX-License-Identifier: Apache-2.0
#include "server/ledger/decimal.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace lk::ledger {
namespace {

using quantity::Money;

TEST(Decimal, ReadsMoneyExactlyOrNotAtAll) {
  struct Row {
    const char* text;
    std::optional<std::int64_t> count;
  };
  constexpr auto none = std::nullopt;
  for (const Row& row : std::initializer_list<Row>{
           {"50.00", 5'000'000},
           {"0.00001", 1},
           {"-12.5", -1'250'000},
           {"7", 700'000},
           {"-0", 0},
           {"007", 700'000},
           {"9999999999999.99999", 999'999'999'999'999'999},
           {"", none},
           {"-", none},
           {".5", none},
           {"5.", none},
           {"0.000001", none},
           {"1e3", none},
           {"+1", none},
           {" 1", none},
           {"1 ", none},
           {"1,5", none},
           {"--1", none},
           {"99999999999999", none},
           {"1.2.3", none},
           {"0x10", none},
           {"NaN", none},
           {"9999999999999999999", none},
       }) {
    const auto money = parse_money(row.text);
    ASSERT_EQ(money.has_value(), row.count.has_value()) << row.text;
    if (money) {
      EXPECT_EQ(money->count(), *row.count) << row.text;
    }
  }
}

TEST(Decimal, ReadsPricesWithFourDecimals) {
  EXPECT_EQ(parse_price("1.2"), quantity::Price::of(12'000));
  EXPECT_EQ(parse_price("0.0001"), quantity::Price::of(1));
  EXPECT_FALSE(parse_price("0.00001"));
  EXPECT_FALSE(parse_price("-1"));
  EXPECT_FALSE(parse_price("1234567"));
}

TEST(Decimal, PrintsAtLeastTwoDecimalsAndLosesNone) {
  EXPECT_EQ(print(Money::of(5'000'000)), "50.00");
  EXPECT_EQ(print(Money::of(1)), "0.00001");
  EXPECT_EQ(print(Money::of(-312'500)), "-3.125");
  EXPECT_EQ(print(Money{}), "0.00");
  EXPECT_EQ(print(Money::of(std::numeric_limits<std::int64_t>::min())), "-92233720368547.75808");
  EXPECT_EQ(print(quantity::Price::of(12'000)), "1.2000");
}

TEST(Decimal, ReadsBackWhatItPrints) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 10'000; ++i) {
    const auto amount =
        Money::of(static_cast<std::int64_t>(random() % 2'000'000'000'000'000'000) - 999'999'999'999'999'999);
    if (amount.count() > 999'999'999'999'999'999) continue;
    EXPECT_EQ(parse_money(print(amount)), amount);
  }
}

}  // namespace
}  // namespace lk::ledger
