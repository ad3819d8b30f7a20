// SPDX-License-Identifier: Apache-2.0
// The meter as a whole: energy becomes money, money runs out, the relay opens, a token closes it, and all
// survives.
#include "meter/core/meter.hpp"

#include <gtest/gtest.h>

#include "meter/core/testing/bench.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using port::Contact;
using quantity::Money;
using quantity::seconds;
using quantity::units;

constexpr std::int32_t big_load = 300'000;  // A: 13.8 MJ, 3.83 kWh a window

TEST(Meter, CreditRunsOutAndATokenClosesAgain) {
  Bench bench;
  bench.wait(seconds(1));
  while (bench.look().balance > Money{}) bench.draw(big_load / 10);
  bench.wait(seconds(1));
  EXPECT_EQ(bench.relay.contact(), Contact::open);
  EXPECT_EQ(bench.look().hold_reasons, dictionary::hold_credit);
  EXPECT_EQ(bench.look().alarms, dictionary::alarm_low_credit | dictionary::alarm_no_credit);
  EXPECT_EQ(bench.event(bench.look().event_count).code, EventCode::supply_opened);
  EXPECT_EQ(bench.event(bench.look().event_count).detail, dictionary::hold_credit);
  EXPECT_EQ(bench.event(bench.look().event_count - 1).code, EventCode::low_credit);

  EXPECT_EQ(bench.buy(100, units(20)).result, sts::TokenResult::accept);
  bench.wait(seconds(1));
  EXPECT_EQ(bench.relay.contact(), Contact::closed);
  EXPECT_EQ(bench.look().alarms, 0);
  EXPECT_EQ(bench.relay.pulse_count, 2);
}

TEST(Meter, ATokenTooSmallKeepsTheSupplyOpen) {
  Bench bench;
  while (bench.look().balance >= Money{}) bench.draw(big_load);
  bench.wait(seconds(1));
  ASSERT_LT(bench.look().balance, Money{});
  EXPECT_EQ(bench.buy(100, Money::of(1)).result, sts::TokenResult::accept);
  bench.wait(seconds(1));
  EXPECT_EQ(bench.relay.contact(), Contact::open);
}

TEST(Meter, AnOrderHoldsAlsoWithCredit) {
  Bench bench;
  (void)bench.send(1, order::Open{});
  while (bench.look().balance >= Money{}) bench.draw(big_load);
  bench.wait(seconds(1));
  EXPECT_EQ(bench.look().hold_reasons, dictionary::hold_credit | dictionary::hold_order);
  (void)bench.buy(100, units(100));
  bench.wait(seconds(1));
  EXPECT_EQ(bench.relay.contact(), Contact::open) << "reason order still holds";
  (void)bench.send(2, order::Close{});
  bench.wait(seconds(1));
  EXPECT_EQ(bench.relay.contact(), Contact::closed);
}

TEST(Meter, AFeederNeverSwitchesOffForCredit) {
  Configuration configuration = test_configuration();
  configuration.credit_controlled = false;
  configuration.preset_credit = Money{};
  Bench bench{configuration};
  for (int i = 0; i < 3; ++i) bench.draw(big_load);
  bench.wait(seconds(1));
  EXPECT_LT(bench.look().balance, Money{}) << "the account still counts";
  EXPECT_EQ(bench.look().hold_reasons, 0);
  EXPECT_EQ(bench.look().alarms, 0);
  EXPECT_EQ(bench.relay.contact(), Contact::closed);
}

TEST(Meter, AWarnedPowerCutLosesNoEnergy) {
  Bench bench;
  bench.draw(1000);
  bench.meter->feed(half_cycle(230'000, 1000, 1000), bench.now);  // a window under way
  bench.meter->power_failing(bench.now);
  const Snapshot before = bench.look();
  bench.power_cycle();
  EXPECT_EQ(bench.look().priced_energy, before.priced_energy);
  EXPECT_EQ(bench.look().import_energy, before.import_energy);
  EXPECT_EQ(bench.look().balance, before.balance);
}

TEST(Meter, AnUnwarnedPowerCutLosesOneIntervalAtMost) {
  Bench bench;
  bench.draw(1000);
  const Snapshot early = bench.look();
  bench.wait(bench.configuration.checkpoint_interval + seconds(1));
  bench.draw(1000);
  bench.power_cycle();
  EXPECT_GE(bench.look().priced_energy, early.priced_energy);
  EXPECT_EQ(bench.look().start_count, 2U);
  EXPECT_EQ(bench.look().balance, bench.look().credited - bench.look().deducted);
}

TEST(Meter, PresetCreditIsGivenOnce) {
  Bench bench;
  EXPECT_EQ(bench.look().credited, units(5));
  bench.configuration.preset_credit = units(50);
  bench.power_cycle();
  EXPECT_EQ(bench.look().credited, units(5));
  EXPECT_EQ(bench.event(1).code, EventCode::power_returned);
  EXPECT_EQ(bench.event(2).value, 2);
}

TEST(Meter, AfterPowerReturnsTheRelayGoesWhereItShould) {
  Bench bench;
  bench.wait(seconds(1));
  EXPECT_EQ(bench.send(1, order::Open{}).result, dictionary::OrderResult::done);
  EXPECT_EQ(bench.relay.pulse_count, 1) << "stored, then pulsed at once";
  bench.relay.pulse_close();  // somebody's hand, while the power is away
  bench.power_cycle();
  bench.wait(seconds(1));
  EXPECT_EQ(bench.relay.contact(), Contact::open);
  EXPECT_EQ(bench.event(bench.look().event_count).code, EventCode::supply_opened)
      << "told although the power went before it was confirmed";
}

TEST(Meter, AWeldedRelayIsTold) {
  Bench bench;
  bench.wait(seconds(1));
  bench.relay.is_stuck = true;
  (void)bench.send(1, order::Open{});
  bench.wait(seconds(10));
  EXPECT_EQ(bench.relay.pulse_count, 3);
  EXPECT_EQ(bench.look().alarms, dictionary::alarm_relay_does_not_follow);
  const records::Event event = bench.event(bench.look().event_count);
  EXPECT_EQ(event.code, EventCode::relay_does_not_follow);
  EXPECT_EQ(event.detail, 1);
  EXPECT_TRUE(bench.look().is_supply_closed) << "what it is, not what it should be";

  const std::uint32_t told = bench.look().event_count;
  bench.wait(seconds(40));
  EXPECT_EQ(bench.relay.pulse_count, 3) << "it rests";
  bench.relay.is_stuck = false;
  bench.wait(seconds(20));
  EXPECT_EQ(bench.relay.pulse_count, 4) << "and is tried again";
  EXPECT_EQ(bench.look().alarms, 0);
  EXPECT_FALSE(bench.look().is_supply_closed);
  EXPECT_EQ(bench.event(told + 1).code, EventCode::supply_opened);
}

TEST(Meter, AMemoryThatCannotBeReadIsNoNewMeter) {
  Bench bench;
  (void)bench.buy(100, units(20));
  bench.meter.reset();
  for (std::byte& b : bench.flash.bytes()) b = static_cast<std::byte>(std::to_integer<unsigned>(b) & 0x5AU);
  bench.power_on();
  bench.wait(seconds(30));
  EXPECT_EQ(bench.look().balance, Money{}) << "no second preset credit";
  EXPECT_NE(bench.look().alarms & dictionary::alarm_memory, 0);
  EXPECT_EQ(bench.buy(101, units(20)).result, sts::TokenResult::not_ready);
  EXPECT_EQ(bench.send(1, order::Open{}).result, dictionary::OrderResult::not_ready);
  EXPECT_EQ(bench.relay.pulse_count, 0) << "the supply is left as it is";
}

TEST(Meter, MeasuredValuesStandInTheirRegisters) {
  Bench bench;
  for (int i = 0; i < 5; ++i) bench.draw(10);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::voltage)), 230'000, 100);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::current)), 10'000, 10);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::active_power)), 23'000, 30);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::frequency)), 50'000, 50);
  EXPECT_EQ(bench.read(Id::import_energy), bench.look().import_energy.count());
  EXPECT_NEAR(static_cast<int>(bench.read(Id::power_factor)), 10'000, 10);
  const auto sdm = bench.exchange(
      modbus::read_request(bench.request, 1, modbus::Function::read_input_registers, 0x0046, 2));
  EXPECT_EQ(sdm.register_at(0), 0x4248) << "about 50 as IEEE 754";
}

// One frame from 5000 to 5025, again and again while the meter is used, sold to and ordered: never half of a
// change.
TEST(Meter, TheAccountReadAtOnceIsOneConsistentPicture) {
  Bench bench;
  for (std::uint32_t i = 1; i <= 40; ++i) {
    bench.draw(static_cast<std::int32_t>(i * 4321));
    if (i % 5 == 0) (void)bench.buy(i, Money::of(i * 12'345));
    if (i % 7 == 0) (void)bench.send(i, order::SetLowCredit{units(i)});
    const std::size_t asked =
        modbus::read_request(bench.request, 1, modbus::Function::read_input_registers, 0x5000, 0x26);
    const auto registers = bench.exchange(asked).data;
    const auto value = [&registers](Id id) {
      const dictionary::Row& row = dictionary::row(id);
      const auto at = static_cast<std::size_t>(row.address - 0x5000) * 2;
      return dictionary::decode(row, registers.subspan(at, std::size_t{2} * row.register_count));
    };
    EXPECT_EQ(value(Id::balance), value(Id::credited) - value(Id::deducted));
    EXPECT_EQ(value(Id::deducted), value(Id::priced_energy) / 30'000) << "12 000 · 10 ÷ 3 600 000 000";
    EXPECT_EQ((value(Id::hold_reasons) & dictionary::hold_credit) != 0, value(Id::balance) <= 0);
    EXPECT_EQ((value(Id::alarms) & dictionary::alarm_no_credit) != 0, value(Id::balance) <= 0);
    EXPECT_EQ(value(Id::token_count), i / 5);
    EXPECT_EQ(value(Id::price), 12'000);
  }
}

TEST(Meter, TellsWhenItWantsToBeCalled) {
  Bench bench;
  bench.wait(seconds(1));
  const auto next = bench.meter->poll(bench.now);
  EXPECT_EQ(next.unix_ms() % 60'000, 0) << "nothing to do before the next minute of the clock";
  EXPECT_GT(next, bench.now);
  (void)bench.send(1, order::Open{});
  EXPECT_EQ(bench.meter->poll(bench.now), bench.now + supply::Switch::settling_time);
}

}  // namespace
}  // namespace lk::meter
