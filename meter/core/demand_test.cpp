// SPDX-License-Identifier: Apache-2.0
// Maximum demands by tariff rate: only of windows that were wholly in a rate, kept over power cuts, reset by
// authority and by the billing period, and read where the standards have them.
#include <gtest/gtest.h>

#include "meter/core/testing/ordered.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using dictionary::OrderResult;
using metrology::Energies;
using quantity::minutes;
using quantity::Price;
using quantity::wh;

// Rate 1, and rate 2 from `second_from` to `second_to`, in minutes of the day.
tariff::TariffSet two_rates(std::uint16_t second_from, std::uint16_t second_to) {
  tariff::TariffSet set = tariff::flat_set(Price::of(10'000), 7);
  set.rate_count = 2;
  set.prices[0][1] = Price::of(20'000);
  set.day_tables[0] = {3, {{{0, 0}, {second_from, 1}, {second_to, 0}}}};
  return set;
}

struct RateDemandMeter : testing::Test {
  static constexpr std::int64_t day_ms = 86'400'000;
  static constexpr std::int64_t minute_ms = 60'000;

  void pass(quantity::Duration time) {
    bench.now = bench.now + time;
    bench.meter->poll(bench.now);
  }
  // Without use, so that the window after this minute is the first whole one.
  void begin_at(std::int64_t minute_of_day) {
    const std::int64_t ahead = (minute_of_day - 20) * minute_ms - bench.look().clock.unix_ms() % day_ms;
    pass(quantity::milliseconds(ahead < 0 ? ahead + day_ms : ahead));
    use_until(minute_of_day, {});
  }
  // From now on to this minute of the day, the next one that comes, with these energies each minute.
  void use_until(std::int64_t minute_of_day, const Energies& each_minute) {
    do {
      bench.meter->count(each_minute, bench.now);
      pass(minutes(1));
    } while (bench.look().clock.unix_ms() % day_ms / minute_ms != minute_of_day);
  }
  std::int64_t demand(Id id, int rate) { return bench.read(id, static_cast<std::uint16_t>(rate - 1)); }
  std::int64_t minute_of(Id id, int rate) { return demand(id, rate) % 86'400 / 60; }

  Ordered bench{test_configuration(), true};
};

TEST_F(RateDemandMeter, KeepsTheMaximaOfEachRateWithTheirTimes) {
  bench.price_by(two_rates(8 * 60, 9 * 60));
  begin_at(7 * 60 + 30);
  use_until(8 * 60, {wh(50)});                                    // 3 kW
  use_until(8 * 60 + 30, {wh(20), wh(2), wh(4), {}, {}, wh(1)});  // 1.2 kW in the second rate
  use_until(9 * 60, {});
  use_until(9 * 60 + 30, {wh(30)});  // 1.8 kW in the first again
  EXPECT_EQ(demand(Id::rate_max_demand, 1), 30'000);
  EXPECT_EQ(minute_of(Id::rate_max_demand_time, 1), 7 * 60 + 45);
  EXPECT_EQ(demand(Id::rate_max_demand, 2), 12'000);
  EXPECT_EQ(minute_of(Id::rate_max_demand_time, 2), 8 * 60 + 15);
  EXPECT_EQ(demand(Id::rate_max_export_demand, 2), 1'200);
  EXPECT_EQ(demand(Id::rate_max_reactive_import_demand, 2), 2'400);
  EXPECT_EQ(demand(Id::rate_max_reactive_export_demand, 2), 600);
  EXPECT_EQ(demand(Id::rate_max_export_demand, 1), 0);
  EXPECT_EQ(demand(Id::rate_max_demand, 3), 0);
  EXPECT_EQ(bench.read(Id::max_demand), 30'000) << "of all rates";
}

TEST_F(RateDemandMeter, AWindowOfTwoRatesIsNoRates) {
  bench.price_by(two_rates(8 * 60 + 5, 8 * 60 + 25));  // no window of 15 minutes is wholly in it
  begin_at(8 * 60);
  use_until(8 * 60 + 30, {wh(50)});
  use_until(9 * 60, {});
  EXPECT_EQ(bench.read(Id::max_demand), 30'000);
  EXPECT_EQ(demand(Id::rate_max_demand, 1), 0);
  EXPECT_EQ(demand(Id::rate_max_demand, 2), 0);
}

TEST_F(RateDemandMeter, SlidingWindowsCountForTheRateThatTheyAreWhollyIn) {
  ASSERT_EQ(bench.set(dictionary::row(Id::demand_slide).address, 5).result, OrderResult::done);
  bench.price_by(two_rates(8 * 60 + 5, 8 * 60 + 25));
  begin_at(8 * 60);
  use_until(8 * 60 + 30, {wh(50)});
  EXPECT_EQ(demand(Id::rate_max_demand, 2), 30'000);
  EXPECT_EQ(minute_of(Id::rate_max_demand_time, 2), 8 * 60 + 20);
}

TEST_F(RateDemandMeter, SurvivesAPowerCutAndIsResetByAuthorityOnly) {
  begin_at(8 * 60);
  use_until(9 * 60, {wh(50)});
  ASSERT_EQ(demand(Id::rate_max_demand, 1), 30'000) << "a flat price is the first rate";
  const std::int64_t at = demand(Id::rate_max_demand_time, 1);
  pass(bench.configuration.checkpoint_interval);
  bench.power_cycle();
  EXPECT_EQ(demand(Id::rate_max_demand, 1), 30'000);
  EXPECT_EQ(demand(Id::rate_max_demand_time, 1), at);
  EXPECT_EQ(bench.set(dictionary::row(Id::rate_max_demand).address, 0).result, OrderResult::refused)
      << "it is no parameter";
  bench.flash.cut_after(0);
  EXPECT_EQ(bench.order(order::ResetDemand{}).result, OrderResult::not_ready);
  EXPECT_EQ(demand(Id::rate_max_demand, 1), 30'000) << "not without storage";
  bench.flash.restore_power();
  ASSERT_EQ(bench.order(order::ResetDemand{}).result, OrderResult::done);
  EXPECT_EQ(demand(Id::rate_max_demand, 1), 0);
  bench.power_cycle();
  EXPECT_EQ(demand(Id::rate_max_demand, 1), 0);
}

TEST_F(RateDemandMeter, BeginsAnewWithTheBillingPeriod) {
  begin_at(8 * 60);
  use_until(9 * 60, {wh(50)});
  ASSERT_EQ(demand(Id::rate_max_demand, 1), 30'000);
  bench.now = bench.now + minutes(32 * 24 * 60);
  bench.meter->poll(bench.now);
  pass(minutes(1));
  EXPECT_EQ(demand(Id::rate_max_demand, 1), 0);
}

// Each cut of a write with new maxima finds them before or after, and the energy with them.
TEST_F(RateDemandMeter, APowerCutFindsMaximaAndStateTogether) {
  bool is_written = false;
  for (std::uint64_t steps = 0; !is_written; ++steps) {
    ASSERT_LT(steps, 400U);
    Ordered other{test_configuration(), true};
    const std::int64_t to_window = 900'000 - other.look().clock.unix_ms() % 900'000;
    other.now = other.now + quantity::milliseconds(to_window);
    other.meter->poll(other.now);
    for (int minute = 0; minute < 15; ++minute) {
      other.meter->count({wh(50)}, other.now);
      other.now = other.now + minutes(1);
      if (minute == 14) other.flash.cut_after(steps);
      other.meter->poll(other.now);
    }
    other.meter->power_failing(other.now);
    is_written = other.look().alarms == 0;
    const std::int64_t energy = other.read(Id::import_energy);
    other.power_cycle();
    const bool has_energy = other.read(Id::import_energy) == energy;
    const std::int64_t seen = other.read(Id::rate_max_demand);
    EXPECT_TRUE(seen == 0 || seen == 30'000) << steps << ": " << seen;
    if (seen != 0) {
      EXPECT_TRUE(has_energy) << steps;
      EXPECT_EQ(other.read(Id::max_demand), seen) << steps;
    }
    if (is_written) {
      EXPECT_EQ(seen, 30'000);
    }
  }
}

TEST_F(RateDemandMeter, FreezesAndProfileHoldReactiveAndApparentEnergy) {
  std::uint16_t slot = 0;
  for (const records::Channel channel :
       {records::Channel::reactive_q1, records::Channel::reactive_q2, records::Channel::reactive_q3,
        records::Channel::reactive_q4, records::Channel::apparent_import,
        records::Channel::apparent_export}) {
    const std::uint16_t address = dictionary::row(Id::profile_channel).address_of(slot++);
    ASSERT_EQ(bench.set(address, static_cast<std::int64_t>(channel)).result, OrderResult::done);
  }
  Energies energies{};
  for (std::size_t i = 0; i < energies.size(); ++i) energies[i] = wh(static_cast<std::int64_t>(10 * (i + 1)));
  bench.meter->count(energies, bench.now);
  for (int minute = 0; minute < 61; ++minute) pass(minutes(1));
  const auto newest = [this](records::Log log, std::span<std::byte> room) {
    const records::Ring& ring = bench.meter->archive().ring(log);
    ASSERT_TRUE(ring.read(ring.next() - 1, room));
  };
  records::StoredFreeze frozen{};
  newest(records::Log::hourly, frozen);
  const records::Freeze freeze = records::decode_freeze(frozen);
  EXPECT_EQ(freeze.reactive, (std::array{wh(30), wh(40), wh(50), wh(60)}));
  EXPECT_EQ(freeze.apparent_import, wh(70));
  EXPECT_EQ(freeze.apparent_export, wh(80));
  std::array<std::byte, records::entry_max_bytes> room{};
  newest(records::Log::profile, room);
  bytes::Reader reader{std::span{room}.subspan(records::profile_head_bytes)};
  for (const std::uint32_t tenths : {300U, 400U, 500U, 600U, 700U, 800U})
    EXPECT_EQ(reader.little<std::uint32_t>(), tenths);
}

}  // namespace
}  // namespace lk::meter
