// SPDX-License-Identifier: Apache-2.0
// The guard in the meter: parameters by order, events, alarms, reasons, restores, locks; and what a power cut
// must not undo.
#include <gtest/gtest.h>

#include "meter/core/testing/bench.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using dictionary::OrderResult;
using guard::Action;
using guard::ConditionId;
using guard::TripReason;
using supply::Reason;

constexpr std::int64_t trip = static_cast<std::int64_t>(Action::trip);

std::uint16_t address(Id id, std::size_t slot = 0) {
  return dictionary::row(id).address_of(static_cast<std::uint16_t>(slot));
}

// Of a dormitory: a resistive load above 300 W trips, is restored after a minute, once a day.
order::SetParameters dormitory() {
  const auto malicious = static_cast<std::size_t>(TripReason::malicious_load);
  return {4,
          {{{address(Id::load_action), trip},
            {address(Id::load_watched_least), 300},
            {address(Id::trip_restore_delay, malicious), 60},
            {address(Id::trip_restores, malicious), 1}}}};
}

struct GuardedMeter : testing::Test {
  void draw_for(int seconds, std::int32_t amperes) {
    for (int i = 0; i < 5 * seconds; ++i) bench.draw(amperes);
  }
  // A kettle on top of half an ampere: 4 A at 230 V.
  void boil() {
    draw_for(3, 1);
    draw_for(3, 5);
  }
  bool is_off_for(Reason reason) const { return bench.meter->state().reasons.has(reason); }
  int events_of(EventCode code) {
    int count = 0;
    for (std::uint32_t number = 1; number <= bench.look().event_count; ++number) {
      const records::Event event = bench.event(number);
      count += event.number == number && event.code == code ? 1 : 0;
    }
    return count;
  }
  std::uint32_t sequence = 0;
  Bench bench{test_configuration(), 1, false, direct_measuring()};
};

TEST_F(GuardedMeter, AKettleOnADormitoryCircuitTripsAndIsRestoredOnceThenLocked) {
  ASSERT_EQ(bench.send(++sequence, dormitory()).result, OrderResult::done);
  boil();
  ASSERT_TRUE(is_off_for(Reason::malicious_load));
  EXPECT_EQ(bench.relay.contact(), port::Contact::open);
  EXPECT_EQ(bench.read(Id::guard_held), 1 << static_cast<int>(TripReason::malicious_load));
  EXPECT_NE(bench.look().alarms & dictionary::alarm_guard, 0);
  EXPECT_EQ(events_of(EventCode::malicious_load), 1);
  EXPECT_EQ(events_of(EventCode::tripped), 1);

  draw_for(50, 0);
  EXPECT_TRUE(is_off_for(Reason::malicious_load)) << "not before the minute is over";
  draw_for(20, 0);
  EXPECT_FALSE(is_off_for(Reason::malicious_load));
  EXPECT_EQ(bench.relay.contact(), port::Contact::closed);

  boil();
  EXPECT_EQ(bench.read(Id::guard_locked), 1 << static_cast<int>(TripReason::malicious_load));
  draw_for(120, 0);
  EXPECT_TRUE(is_off_for(Reason::malicious_load)) << "no restore is left today";
  bench.power_cycle();
  bench.wait(quantity::seconds(5));
  EXPECT_TRUE(is_off_for(Reason::malicious_load)) << "a power cut must not unlock";
  ASSERT_EQ(bench.send(++sequence, order::ReleaseLimit{}).result, OrderResult::done);
  bench.wait(quantity::seconds(5));
  EXPECT_FALSE(is_off_for(Reason::malicious_load));
  EXPECT_EQ(bench.relay.contact(), port::Contact::closed);
  EXPECT_EQ(bench.read(Id::guard_locked), 0);
}

TEST_F(GuardedMeter, LeavesAKettleAloneUntilAnOrderForbidsIt) {
  boil();
  EXPECT_TRUE(bench.meter->state().reasons.none());
  EXPECT_EQ(events_of(EventCode::malicious_load), 0);
}

TEST_F(GuardedMeter, AMagnetThatTripsHoldsOverAPowerCutUntilTheClearTamperToken) {
  const auto magnet = static_cast<std::size_t>(ConditionId::magnetic_field);
  const auto tamper = static_cast<std::size_t>(TripReason::tamper);
  ASSERT_EQ(bench
                .send(++sequence, order::SetParameters{2,
                                                       {{{address(Id::condition_action, magnet), trip},
                                                         {address(Id::trip_restores, tamper), 0}}}})
                .result,
            OrderResult::done);
  bench.meter->sense({.magnetic_field = true}, bench.now);
  bench.wait(quantity::seconds(2));
  EXPECT_FALSE(is_off_for(Reason::tamper)) << "it has to be there for three seconds";
  bench.wait(quantity::seconds(4));
  ASSERT_TRUE(is_off_for(Reason::tamper));
  EXPECT_EQ(bench.relay.contact(), port::Contact::open);
  EXPECT_EQ(bench.meter->display_code(), 3);
  bench.meter->sense({}, bench.now);
  bench.power_cycle();
  bench.wait(quantity::seconds(600));
  ASSERT_TRUE(is_off_for(Reason::tamper)) << "no restores are given";
  constexpr std::uint8_t clear_tamper = 5;
  ASSERT_EQ(bench.enter(bench.made(sts::Management{clear_tamper, 0, 5000, 0})).result,
            sts::TokenResult::accept);
  bench.wait(quantity::seconds(5));
  EXPECT_FALSE(is_off_for(Reason::tamper));
  EXPECT_EQ(bench.relay.contact(), port::Contact::closed);
}

TEST_F(GuardedMeter, RecordsAndAlarmsAsItsParametersSay) {
  const auto cover = static_cast<std::size_t>(ConditionId::terminal_cover);
  struct {
    Action action;
    int events;
    bool has_alarm;
  } constexpr rows[] = {{Action::off, 0, false}, {Action::record, 1, false}, {Action::alarm, 1, true}};
  for (const auto& row : rows) {
    SCOPED_TRACE(static_cast<int>(row.action));
    const int before = events_of(EventCode::condition_began);
    const order::SetParameters set{
        1, {{{address(Id::condition_action, cover), static_cast<std::int64_t>(row.action)}}}};
    ASSERT_EQ(bench.send(++sequence, set).result, OrderResult::done);
    bench.meter->sense({.terminal_cover = true}, bench.now);
    bench.wait(quantity::seconds(3));
    EXPECT_EQ(events_of(EventCode::condition_began) - before, row.events);
    EXPECT_EQ((bench.look().alarms & dictionary::alarm_guard) != 0, row.has_alarm);
    EXPECT_EQ(bench.read(Id::guard_alarms), row.has_alarm ? 1LL << cover : 0);
    EXPECT_TRUE(bench.meter->state().reasons.none());
    bench.meter->sense({}, bench.now);
    bench.wait(quantity::seconds(3));
    bench.power_cycle();
  }
}

TEST_F(GuardedMeter, AConditionHasThresholdHysteresisAndDelaysByOrderAndItsEventsTellItsBeginEndAndExtreme) {
  const auto over_current = static_cast<std::size_t>(ConditionId::over_current);
  const order::SetParameters set{4,
                                 {{{address(Id::condition_threshold, over_current), 20'000'000},
                                   {address(Id::condition_hysteresis, over_current), 2'000'000},
                                   {address(Id::condition_delay, over_current), 1'000},
                                   {address(Id::condition_end_delay, over_current), 1'000}}}};
  ASSERT_EQ(bench.send(++sequence, set).result, OrderResult::done);
  const auto last = [this](EventCode code) {
    records::Event found;
    for (std::uint32_t number = 1; number <= bench.look().event_count; ++number) {
      if (const records::Event event = bench.event(number); event.code == code) found = event;
    }
    return found;
  };
  draw_for(3, 19);
  for (int i = 0; i < 3; ++i) bench.draw(25);
  draw_for(2, 19);
  EXPECT_EQ(last(EventCode::condition_began).number, 0U) << "below it, or shorter than the delay";
  draw_for(2, 25);
  const records::Event began = last(EventCode::condition_began);
  EXPECT_EQ(began.detail, over_current);
  EXPECT_NEAR(static_cast<double>(began.value), 25e6, 1e4);
  EXPECT_NE(bench.read(Id::guard_alarms) & 1LL << over_current, 0);
  draw_for(1, 30);
  draw_for(3, 19);
  EXPECT_EQ(last(EventCode::condition_ended).number, 0U) << "not back by the hysteresis";
  draw_for(3, 17);
  const records::Event ended = last(EventCode::condition_ended);
  EXPECT_EQ(ended.detail, over_current);
  EXPECT_NEAR(static_cast<double>(ended.value), 30e6, 1e4) << "the extreme";
  EXPECT_GE(ended.time_s - began.time_s, 5U);
  EXPECT_EQ(bench.read(Id::guard_alarms) & 1LL << over_current, 0);
}

TEST_F(GuardedMeter, ParametersThatMakeNoGuardAreRefusedAndSayWhich) {
  const struct {
    std::uint16_t address;
    std::int64_t value;
    std::uint16_t refused;
  } rows[] = {
      {address(Id::condition_action, 3), 4, address(Id::condition_action, 3)},
      {address(Id::condition_threshold, 3), 1, address(Id::condition_threshold, 3)},
      {address(Id::load_action), 4, address(Id::load_action)},
      {address(Id::load_watched_least), 10, address(Id::load_watched_least)},
      {address(Id::load_power_factor), 10'000, address(Id::load_power_factor)},
      {address(Id::trip_restore_delay), 86'401, address(Id::trip_restore_delay)},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.address);
    const OrderAnswer answer = bench.send(++sequence, order::SetParameters{1, {{{row.address, row.value}}}});
    EXPECT_EQ(answer.result, OrderResult::refused);
    EXPECT_EQ(answer.value, row.refused);
  }
}

}  // namespace
}  // namespace lk::meter
