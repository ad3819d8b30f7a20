// SPDX-License-Identifier: Apache-2.0
#include "server/vending/pricing.hpp"

#include <gtest/gtest.h>

#include <random>

namespace lk::vending {
namespace {

using quantity::Energy;
using quantity::Money;

constexpr std::int64_t kwh = 3'600'000'000;

Standing standing_of(std::int64_t tax_e4, Money charge, std::vector<Debt> debts = {}) {
  return {{tax_e4, charge, {}, {}, {}}, quantity::Price::of(12'345), {}, {}, {}, std::move(debts)};
}

TEST(Pricing, CountsMonthsByTheSitesClock) {
  constexpr std::int64_t new_year_2026 = 1'767'225'600'000;
  EXPECT_EQ(month_of(new_year_2026, 0), 2026 * 12);
  EXPECT_EQ(month_of(new_year_2026 - 1, 0), 2026 * 12 - 1);
  EXPECT_EQ(month_of(new_year_2026 - 1, 3'600'000), 2026 * 12);
  EXPECT_EQ(month_of(0, 0), 1970 * 12);
  EXPECT_EQ(month_of(-1, 0), 1970 * 12 - 1);
}

TEST(Pricing, SplitsEveryAmountWithoutLosingAnything) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const auto up_to = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most));
  };
  for (int i = 0; i < 20'000; ++i) {
    Standing standing = standing_of(up_to(10'001), Money::of(up_to(1'000'000)));
    for (std::int64_t debt = up_to(4); debt > 0; --debt) {
      standing.debts.push_back(
          {std::to_string(debt), Money::of(up_to(50'000'000) + 1), up_to(10'000) + 1, {}});
    }
    const Money amount = Money::of(up_to(1'000'000'000) + 1);
    const auto parts = split(standing, 24'000, amount);
    if (!parts) {
      EXPECT_EQ(parts.error(), SaleRefusal::nothing_left);
      continue;
    }
    EXPECT_EQ(parts->debt + parts->tax + parts->standing_charge + parts->energy, amount);
    EXPECT_GT(parts->energy, Money{});
    EXPECT_EQ(parts->tax.count() % 1000, 0) << "whole cents";
    Money recovered;
    for (const Recovered& part : parts->recovered) recovered += part.amount;
    EXPECT_EQ(recovered, parts->debt);
  }
}

TEST(Pricing, TheAmountForEnergyIsTheLeastThatGivesIt) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 500; ++i) {
    Standing standing = standing_of(static_cast<std::int64_t>(random() % 3000),
                                    Money::of(static_cast<std::int64_t>(random() % 500'000)));
    if (i % 2 == 0) standing.debts.push_back({"d", quantity::units(7), 3000, quantity::units(5)});
    const Energy energy = Energy::of(static_cast<std::int64_t>(random() % 500 + 1) * kwh / 10);
    const auto parts = split_for(standing, 24'000, energy);
    ASSERT_TRUE(parts);
    // Energy ÷ kWh · 1.2345, rounded up.
    const auto cost = Money::of((energy.count() / (kwh / 10) * 123'450 + 9) / 10);
    EXPECT_GE(parts->energy, cost);
    const auto less = split(standing, 24'000, parts->amount - Money::of(1000));
    EXPECT_TRUE(!less || less->energy < cost);
  }
  EXPECT_EQ(split_for(standing_of(0, {}), 24'000, Energy{}).error(), SaleRefusal::no_amount);
  EXPECT_EQ(split_for(standing_of(0, {}, {{"d", quantity::units(1'000'000'000), 10'000, {}}}), 24'000,
                      Energy::of(kwh))
                .has_value(),
            true);
}

TEST(Pricing, RefusesByName) {
  Standing standing = standing_of(1500, quantity::units(10));
  standing.terms.least = quantity::units(2);
  standing.terms.most_a_day = quantity::units(100);
  standing.sold_lately = quantity::units(70);
  EXPECT_EQ(split(standing, 24'000, Money{}).error(), SaleRefusal::no_amount);
  EXPECT_EQ(split(standing, 24'000, quantity::units(-1)).error(), SaleRefusal::no_amount);
  EXPECT_EQ(split(standing, 24'000, quantity::units(1)).error(), SaleRefusal::below_least);
  EXPECT_EQ(split(standing, 24'000, quantity::units(5)).error(), SaleRefusal::nothing_left);
  EXPECT_EQ(split(standing, 24'000, quantity::units(31)).error(), SaleRefusal::day_limit);
  EXPECT_TRUE(split(standing, 24'000, quantity::units(30)));
}

}  // namespace
}  // namespace lk::vending
