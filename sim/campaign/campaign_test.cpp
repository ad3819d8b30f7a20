// SPDX-License-Identifier: Apache-2.0
// A slice of the campaign for every day; `./lk simulate` runs the long ones.
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/campaign/life.hpp"

namespace lk::sim {
namespace {

using quantity::Energy;
using quantity::Instant;
using quantity::Money;

std::uint64_t seed_for(std::uint64_t part) {
  const char* given = std::getenv("LK_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : seed_of(7, part);
}

TEST(Campaign, LivesHoldEveryRule) {
  for (std::uint64_t i = 0; i < 6; ++i) {
    Life life({.seed = seed_for(i), .days = 2, .cuts = 150});
    try {
      life.run();
    } catch (const Broken& rule) {
      FAIL() << "LK_SEED=" << seed_for(i) << ", step " << life.step() << ": " << rule.what();
    }
    const LifeFigures seen = life.figures();
    EXPECT_GE(seen.cuts, 150U);
    EXPECT_GT(seen.cuts_in_vault, 0U);
    EXPECT_GT(seen.cuts_in_records, 0U);
    EXPECT_GT(seen.profile_entries, 0U);
    EXPECT_GT(seen.tokens, 0U);
    EXPECT_GT(seen.orders, 0U);
  }
}

TEST(Campaign, OneSeedIsOneLife) {
  const LifePlan plan{.seed = 11, .days = 1, .cuts = 30};
  Life one(plan);
  Life other(plan);
  one.run();
  other.run();
  EXPECT_EQ(one.figures().programmed_bytes, other.figures().programmed_bytes);
  EXPECT_EQ(one.figures().steps, other.figures().steps);
}

// The ledger would notice: each kind of wrong that the campaign looks for.
struct LedgerTest : testing::Test {
  LedgerTest() : tariffs{DayPrices::of(tariff::flat_set(quantity::Price::of(10'000), 0))} {
    ledger.dealt.credited = quantity::units(5);
    ledger.feed(tariffs, quantity::kwh(1), quantity::wh(1), Instant::of(1000));
    ledger.dealt.debts_entered[0] = quantity::units(3);
  }
  std::optional<std::string> difference() const { return ledger.difference(seen, 0, tariffs, Money{}); }

  Tariffs tariffs;
  Ledger ledger;
  meter::State seen;
};

TEST_F(LedgerTest, NoticesEachWrong) {
  seen.account = {{quantity::Price::of(10'000), 0}, quantity::units(5), Money{}};
  seen.account.consume(quantity::kwh(1));
  seen.import_energy = quantity::kwh(1);
  seen.export_energy = quantity::wh(1);
  (void)seen.account.set_debt(0, quantity::units(3));
  ASSERT_EQ(difference(), std::nullopt);
  const meter::State right = seen;
  const auto wrong = [&](auto&& change) {
    seen = right;
    change(seen);
    EXPECT_NE(difference(), std::nullopt);
  };
  wrong([](meter::State& s) { s.import_energy += Energy::of(1); });
  wrong([](meter::State& s) { s.export_energy -= Energy::of(1); });
  wrong([](meter::State& s) { s.token_count = 1; });
  wrong([](meter::State& s) { s.last_order.sequence = 1; });
  wrong([](meter::State& s) { s.reasons.set(supply::Reason::order, true); });
  wrong([](meter::State& s) { s.hold.keeps_power = true; });
  wrong([](meter::State& s) { s.hold.has_alarm = true; });
  wrong([](meter::State& s) { EXPECT_TRUE(s.account.add(Money::of(1))); });
  wrong([](meter::State& s) { s.account.consume(Energy::of(360'000)); });
  wrong([](meter::State& s) { (void)s.account.refund(Money::of(1), 1); });
  wrong([](meter::State& s) { (void)s.account.set_debt(0, quantity::units(4)); });
  wrong([](meter::State& s) {
    EXPECT_TRUE(
        s.account.set_mode({credit::Unit::money, credit::Payment::postpaid}, credit::Settlement::carry, {}));
  });
  seen = right;
  EXPECT_NE(ledger.difference(seen, 1, tariffs, Money{}), std::nullopt) << "another tariff";
}

TEST_F(LedgerTest, PricesEachSecondByItsMinute) {
  tariff::TariffSet set = tariff::flat_set(quantity::Price::of(1'000), 7);
  set.zone.offset_minutes = 60;
  set.rate_count = 2;
  set.prices[0][1] = quantity::Price::of(3'000);
  set.day_tables[0] = {2, {{{0, 0}, {61, 1}}}};
  tariffs.push_back(DayPrices::of(set));
  ledger.run.tariff = 1;
  ledger.run.parts = 0;
  ledger.run.at = Instant::of(59'000);  // 01:00:59 local time
  ledger.feed(tariffs, quantity::kwh(1), {}, Instant::of(60'000));
  EXPECT_EQ(ledger.energy_money().count(), 10'000) << "0.1 of the unit";
  ledger.feed(tariffs, quantity::kwh(1), {}, Instant::of(61'000));
  EXPECT_EQ(ledger.energy_money().count(), 40'000);
}

}  // namespace
}  // namespace lk::sim
