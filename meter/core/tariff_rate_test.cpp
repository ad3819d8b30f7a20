// SPDX-License-Identifier: Apache-2.0
// Management tokens that act beyond the token organ: the tariff rate, and what a meter of one phase refuses.
#include <gtest/gtest.h>

#include "meter/core/testing/ordered.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using quantity::Money;
using quantity::Price;
using sts::TokenResult;

constexpr std::uint8_t tariff_rate = 2;
constexpr std::uint8_t phase_unbalance = 6;

// Three rates; the calendar knows only the first two, and the first is on until the evening.
tariff::TariffSet three_rates(std::uint32_t version) {
  tariff::TariffSet set = tariff::flat_set(Price::of(10'000), version);
  set.rate_count = 3;
  set.prices[0][1] = Price::of(20'000);
  set.prices[0][2] = Price::of(5'000);
  set.day_tables[0] = {2, {{{0, 0}, {22 * 60, 1}}}};
  return set;
}

TokenResult choose(Bench& bench, std::uint32_t tid, std::uint16_t rate) {
  return bench.enter(bench.made(sts::Management{tariff_rate, 5, tid, rate})).result;
}

TEST(TariffRateToken, PricesAllThatFlowsFromItOnAlsoAfterAPowerCut) {
  Ordered bench{test_configuration(), true};
  bench.price_by(three_rates(7));
  ASSERT_EQ(bench.look().price, Price::of(10'000));
  bench.meter->count({quantity::wh(100), {}}, bench.now);
  const Snapshot before = bench.look();

  EXPECT_EQ(choose(bench, 1000, 3), TokenResult::accept);
  EXPECT_EQ(bench.look().deducted, before.deducted) << "what flowed before keeps its price";
  EXPECT_EQ(bench.look().price, Price::of(5'000));
  const auto told = bench.event(bench.look().event_count);
  EXPECT_EQ(told.code, EventCode::tariff_changed);
  EXPECT_EQ(told.value, before.priced_energy.count());
  const records::Ring& instants = bench.meter->archive().ring(records::log_of(records::FreezeKind::instant));
  records::StoredFreeze frozen{};
  ASSERT_TRUE(instants.read(instants.next() - 1, frozen));
  EXPECT_EQ(records::decode_freeze(frozen).cause, records::FreezeCause::tariff);

  for (int start = 0; start < 2; ++start) {
    const Money deducted = bench.look().deducted;
    const std::int64_t counted = bench.read(Id::rate_energy, 2);
    bench.meter->count({quantity::wh(100), {}}, bench.now);
    EXPECT_EQ(bench.look().deducted - deducted, Money::of(5'000)) << "0.1 kWh at 0.5";
    EXPECT_EQ(bench.read(Id::rate_energy, 2) - counted, quantity::wh(100).count());
    bench.wait(bench.configuration.checkpoint_interval);
    bench.power_cycle();
  }

  EXPECT_EQ(choose(bench, 1001, 0), TokenResult::accept);
  EXPECT_EQ(bench.look().price, Price::of(10'000)) << "the calendar again";
}

TEST(TariffRateToken, OfARateThatTheTariffHasNotIsRefusedAndNotUsedUp) {
  Ordered bench;
  EXPECT_EQ(choose(bench, 1000, 2), TokenResult::range) << "a flat price has one rate";
  EXPECT_EQ(bench.read(Id::token_tariff_rate), 0);
  bench.price_by(three_rates(7));
  EXPECT_EQ(choose(bench, 1000, 4), TokenResult::range);
  EXPECT_EQ(choose(bench, 1000, 2), TokenResult::accept);
  EXPECT_EQ(bench.look().price, Price::of(20'000));
}

TEST(TariffRateToken, WithoutStorageChangesNothing) {
  Ordered bench;
  bench.price_by(three_rates(7));
  bench.flash.cut_after(0);
  EXPECT_EQ(choose(bench, 1000, 2), TokenResult::not_ready);
  EXPECT_EQ(bench.look().price, Price::of(10'000));
  bench.flash.restore_power();
  EXPECT_EQ(choose(bench, 1000, 2), TokenResult::accept);
  EXPECT_EQ(bench.look().price, Price::of(20'000));
}

// A power cut at every step of the write: the token is used and the rate in force, or neither.
TEST(TariffRateToken, IsUsedUpExactlyWhereItsRateIsInForce) {
  bool was_accepted = false;
  for (std::uint64_t steps = 0; !was_accepted; ++steps) {
    Ordered bench;
    bench.price_by(three_rates(7));
    bench.flash.cut_after(steps);
    ASSERT_LT(steps, 1000U);
    was_accepted = choose(bench, 1000, 2) == TokenResult::accept;
    bench.power_cycle();
    const bool is_in_force = bench.look().price == Price::of(20'000);
    EXPECT_TRUE(is_in_force || !was_accepted) << steps;
    EXPECT_EQ(choose(bench, 1000, 2), is_in_force ? TokenResult::used : TokenResult::accept) << steps;
  }
}

TEST(PhaseUnbalanceToken, IsNoFunctionOfAMeterWithOnePhase) {
  Bench bench;
  const sts::Management token{phase_unbalance, 5, 1000, *sts::encode_units(3000)};
  EXPECT_EQ(bench.enter(bench.made(token)).result, TokenResult::function);
  EXPECT_EQ(bench.read(Id::token_unbalance_limit), 0);
  constexpr std::uint64_t unbalance_test = 1ULL << 10U;
  EXPECT_EQ(bench.enter(sts::encode(sts::Test{0, unbalance_test, 0})).result, TokenResult::function);
  EXPECT_EQ(bench.buy(1000, quantity::units(1)).result, TokenResult::accept) << "it was not used up";
}

}  // namespace
}  // namespace lk::meter
