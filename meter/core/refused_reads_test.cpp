// SPDX-License-Identifier: Apache-2.0
// A flash that does not answer for a while (a bus fault), at the start or later: the meter waits for it,
// takes nothing for lost or older that is there, and gives no energy away meanwhile.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "meter/core/testing/ordered.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using quantity::minutes;
using quantity::Money;
using quantity::Price;
using quantity::seconds;
using quantity::units;

constexpr std::uint32_t for_long = 1'000'000'000;

TEST(RefusedReads, AMemoryThatAnswersLateIsTakenUpWhenItDoes) {
  Ordered bench;
  const tariff::TariffSet set = tariff::flat_set(Price::of(70'000), 9);
  bench.price_by(set);
  ASSERT_EQ(bench.buy(100, units(20)).result, sts::TokenResult::accept);
  bench.meter->power_failing(bench.now);
  const Snapshot before = bench.look();

  bench.meter.reset();
  bench.flash.restore_power();
  bench.flash.fail_reads(for_long);
  bench.power_on();
  EXPECT_NE(bench.look().alarms & dictionary::alarm_memory, 0);
  EXPECT_EQ(bench.look().balance, Money{}) << "nothing is known, and nothing made up";
  EXPECT_EQ(bench.buy(101, units(20)).result, sts::TokenResult::not_ready);
  const auto size_bytes =
      modbus::read_request(bench.request, 1, modbus::Function::read_holding_registers, 0x5000, 4);
  EXPECT_EQ(bench.meter->serve(std::span{bench.request}.first(size_bytes), bench.answer, bench.now), 0U)
      << "silence, and not registers of zero";
  const int pulses = bench.relay.pulse_count;
  bench.meter->count({quantity::wh(500), {}}, bench.now);
  bench.wait(seconds(20));
  EXPECT_EQ(bench.relay.pulse_count, pulses) << "the supply is left as it is";

  bench.flash.fail_reads(0);
  bench.wait(seconds(40));
  const Snapshot after = bench.look();
  EXPECT_EQ(after.alarms & dictionary::alarm_memory, 0);
  EXPECT_EQ(after.start_count, before.start_count + 1) << "one start, not one for each try";
  EXPECT_EQ(after.tariff_version, 9U);
  EXPECT_EQ(after.credited, before.credited);
  EXPECT_EQ(after.import_energy, before.import_energy + quantity::wh(500)) << "what flowed is counted";
  EXPECT_EQ((after.deducted - before.deducted).count(), 350'000) << "and priced: 0.5 kWh at 7";
  EXPECT_EQ(bench.buy(100, units(20)).result, sts::TokenResult::used);
  EXPECT_EQ(bench.buy(101, units(20)).result, sts::TokenResult::accept);
  bool is_told = false;
  for (std::uint32_t n = before.event_count + 1; n <= after.event_count; ++n) {
    const records::Event event = bench.event(n);
    if (event.code != EventCode::storage_fault) continue;
    is_told = true;
    EXPECT_EQ(event.detail, 1);
    EXPECT_GE(event.value, 20'000);
    EXPECT_LE(event.value, 40'000) << "ms that it was waited for";
  }
  EXPECT_TRUE(is_told);
}

// The reads fail from any one on, and for any while: a start finds all, or waits and finds all later.
TEST(RefusedReads, AtAnyReadOfTheStartNothingIsLostOrOlder) {
  Ordered bench;
  bench.price_by(tariff::flat_set(Price::of(70'000), 9));
  ASSERT_EQ(bench.bring(tariff::flat_set(Price::of(80'000), 10), bench.now + minutes(600)).result,
            dictionary::OrderResult::done);
  for (std::uint32_t i = 0; i < 30; ++i) {
    bench.meter->count({quantity::wh(40), {}}, bench.now);
    bench.wait(bench.configuration.checkpoint_interval + seconds(1));
  }
  ASSERT_EQ(bench.buy(100, units(20)).result, sts::TokenResult::accept);
  bench.meter->power_failing(bench.now);
  const Snapshot before = bench.look();
  const std::vector<std::byte> kept(bench.flash.bytes().begin(), bench.flash.bytes().end());
  const std::uint64_t first = bench.flash.read_count();
  bench.power_cycle();
  const auto reads = static_cast<std::uint32_t>(bench.flash.read_count() - first);
  const std::uint32_t stride = sizeof(void*) == 4 ? reads / 3 : reads / 60;
  for (std::uint32_t from = 0; from <= reads; from += stride) {
    for (const std::uint32_t count : {std::uint32_t{1}, std::uint32_t{40}, for_long}) {
      bench.meter.reset();
      std::ranges::copy(kept, bench.flash.bytes().begin());
      bench.flash.fail_reads(count, from);
      bench.power_on();
      bench.flash.fail_reads(0);
      bench.wait(seconds(11));
      const Snapshot after = bench.look();
      ASSERT_EQ(after.credited, before.credited) << from << "+" << count;
      ASSERT_EQ(after.import_energy, before.import_energy) << from << "+" << count;
      ASSERT_EQ(after.token_count, before.token_count);
      ASSERT_EQ(after.order_sequence, before.order_sequence);
      ASSERT_EQ(after.tariff_version, 9U) << from << "+" << count;
      ASSERT_TRUE(bench.meter->tariff_sets().has_spare) << from << "+" << count;
      ASSERT_EQ(after.alarms & dictionary::alarm_memory, 0) << from << "+" << count;
    }
  }
  EXPECT_EQ(bench.look().price, Price::of(70'000));
}

TEST(RefusedReads, AMemoryThatNeverAnswersIsToldByTheLinksToo) {
  Bench bench;
  bench.meter.reset();
  bench.flash.fail_reads(for_long);
  bench.power_on();
  bench.wait(seconds(61));
  EXPECT_NE(bench.read(Id::alarms) & dictionary::alarm_memory, 0);
  EXPECT_EQ(bench.relay.pulse_count, 0);
  const std::uint64_t reads = bench.flash.read_count();
  bench.wait(minutes(30));
  EXPECT_LT(bench.flash.read_count() - reads, 2000U) << "it is asked more and more seldom";
}

TEST(RefusedReads, WhileItRunsNothingIsAcceptedAndNothingForgotten) {
  Ordered bench;
  bench.price_by(tariff::flat_set(Price::of(70'000), 9));
  const Snapshot before = bench.look();
  bench.flash.fail_reads(for_long);
  EXPECT_EQ(bench.buy(100, units(20)).result, sts::TokenResult::not_ready);
  EXPECT_EQ(bench.bring(tariff::flat_set(Price::of(80'000), 10), bench.now + minutes(600)).result,
            dictionary::OrderResult::not_ready);
  bench.meter->count({quantity::wh(100), {}}, bench.now);
  EXPECT_EQ(bench.look().price, Price::of(70'000)) << "the price does not change with the flash";
  bench.wait(seconds(5));
  bench.flash.fail_reads(0);
  bench.wait(minutes(2));
  EXPECT_EQ(bench.look().alarms & dictionary::alarm_memory, 0);
  EXPECT_EQ(bench.look().credited, before.credited);
  const TokenAnswer bought = bench.buy(100, units(20));
  EXPECT_EQ(bought.result, sts::TokenResult::accept);
  bench.power_cycle();
  EXPECT_EQ(bench.look().credited, before.credited + bought.amount);
  EXPECT_EQ(bench.look().import_energy, before.import_energy + quantity::wh(100));
  EXPECT_EQ(bench.look().price, Price::of(70'000));
}

TEST(RefusedReads, TheLongRecordsWaitToo) {
  Bench bench(test_configuration(), 1, true);
  bench.wait(seconds(1));
  for (std::uint32_t i = 1; i <= 20; ++i) (void)bench.send(i, order::SetLowCredit{units(i)});
  const std::uint32_t count = bench.look().event_count;
  const auto next_of = [&bench](records::Log log) { return bench.meter->archive().ring(log).next(); };
  const std::uint32_t hourly = next_of(records::Log::hourly);
  ASSERT_EQ(next_of(records::Log::all), count + 1);
  bench.meter.reset();
  bench.records->fail_reads(for_long);
  bench.power_on();
  EXPECT_NE(bench.look().alarms & dictionary::alarm_records, 0);
  EXPECT_EQ(bench.buy(100, units(20)).result, sts::TokenResult::accept) << "credit does not wait for them";
  bench.wait(seconds(5));
  bench.records->fail_reads(0);
  bench.wait(minutes(2));
  EXPECT_EQ(bench.look().alarms & dictionary::alarm_records, 0);
  EXPECT_EQ(next_of(records::Log::all), bench.look().event_count + 1) << "none twice, none missing";
  EXPECT_EQ(next_of(records::Log::hourly), hourly) << "no hour is frozen twice";
}

}  // namespace
}  // namespace lk::meter
