// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/guard.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lk::guard {
namespace {

using quantity::Instant;
using quantity::Power;

constexpr Power watts(std::int64_t count) {
  return Power::of(count * 1000);
}

Instant at_s(std::int64_t seconds) {
  return Instant::of(seconds * 1000);
}

LoadPolicySettings policy() {
  LoadPolicySettings settings;
  settings.action = Action::trip;
  settings.watched = {{{{watts(100), watts(3000)}}}, 1};
  settings.allowed = {{{{watts(450), watts(550)}}}, 1};
  settings.workday = {{{{22 * 60, 7 * 60}, {12 * 60, 14 * 60}}}, 2};
  return settings;
}

TEST(LoadPolicy, JudgesByBandWhiteListAndHour) {
  struct Row {
    const char* name;
    std::int64_t power;
    LocalTime time;
    Action action;
  };
  for (const Row& row : {
           Row{"in a band, at night", 1500, {1, 23 * 60, false}, Action::trip},
           Row{"after midnight", 1500, {1, 10, false}, Action::trip},
           Row{"at noon", 1500, {1, 13 * 60, false}, Action::trip},
           Row{"the end is not within", 1500, {1, 14 * 60, false}, Action::off},
           Row{"outside the hours", 1500, {1, 9 * 60, false}, Action::off},
           Row{"a holiday is watched all day", 1500, {1, 9 * 60, true}, Action::trip},
           Row{"below the band", 99, {1, 10, false}, Action::off},
           Row{"above the band", 3001, {1, 10, false}, Action::off},
           Row{"on the white list", 500, {1, 10, false}, Action::off},
       }) {
    EXPECT_EQ(action_for(policy(), watts(row.power), row.time), row.action) << row.name;
  }
}

TEST(LoadPolicy, RefusesSettingsOutOfRange) {
  EXPECT_TRUE(is_valid(policy()));
  LoadPolicySettings bad = policy();
  bad.watched.items[0].least = watts(29);
  EXPECT_FALSE(is_valid(bad)) << "below 30 W";
  bad = policy();
  bad.allowed.items[0] = {watts(600), watts(500)};
  EXPECT_FALSE(is_valid(bad)) << "upside down";
  bad = policy();
  bad.workday.items[1].from = 1440;
  EXPECT_FALSE(is_valid(bad)) << "no minute of a day";
  bad = policy();
  bad.watched.count = 7;
  EXPECT_FALSE(is_valid(bad)) << "more bands than there are";
}

TEST(TripLatch, RestoresAfterItsDelayAsOftenAsItMayThenLocks) {
  TripLatch latch{{.delay_s = 60, .restores_per_day = 2}};
  for (int round = 0; round < 2; ++round) {
    const std::int64_t from = round * 1000;
    latch.trip(at_s(from));
    EXPECT_TRUE(latch.holds());
    EXPECT_FALSE(latch.poll(false, 1, at_s(from + 59)));
    EXPECT_TRUE(latch.poll(false, 1, at_s(from + 60)));
    EXPECT_FALSE(latch.holds());
  }
  latch.trip(at_s(3000));
  EXPECT_TRUE(latch.is_locked());
  EXPECT_FALSE(latch.poll(false, 1, at_s(9000)));
  EXPECT_FALSE(latch.poll(false, 2, at_s(90'000))) << "a new day does not unlock unless it is set so";
  latch.unlock();
  EXPECT_FALSE(latch.holds());
}

TEST(TripLatch, WaitsForItsCauseToGoAndSurvivesAPowerCut) {
  TripLatch latch{{.delay_s = 60, .restores_per_day = 255}};
  latch.trip(at_s(0));
  EXPECT_FALSE(latch.poll(true, 1, at_s(500)));
  EXPECT_FALSE(latch.poll(false, 1, at_s(559)));
  TripLatch after{{.delay_s = 60, .restores_per_day = 255}};
  after.restore(latch.state(), at_s(1000));
  EXPECT_TRUE(after.holds());
  EXPECT_FALSE(after.poll(false, 1, at_s(1059)));
  EXPECT_TRUE(after.poll(false, 1, at_s(1060)));
}

std::vector<std::string> taken(Guard& guard) {
  constexpr std::array<const char*, 7> kinds = {"started", "ended",    "was_while_off", "malicious_load",
                                                "tripped", "restored", "locked"};
  std::vector<std::string> names;
  while (const auto event = guard.take_event()) {
    std::string name = kinds[static_cast<std::size_t>(event->kind)];
    if (event->kind <= EventKind::was_while_off) name += " " + std::string{row_of(event->condition).name};
    if (event->kind >= EventKind::tripped) name += " " + std::string{name_of(event->reason)};
    names.push_back(name);
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(Guard, TripsForAMaliciousLoadRestoresAndLocks) {
  GuardSettings settings;
  settings.load = policy();
  settings.restore[static_cast<std::size_t>(TripReason::malicious_load)] = {.delay_s = 180,
                                                                            .restores_per_day = 1};
  Guard guard{settings};
  const LocalTime night{1, 23 * 60, false};
  const Finding kettle{.power = watts(1500), .cycles_ago = 40, .kind = LoadKind::resistive};
  guard.take(kettle, 0, night, at_s(100));
  EXPECT_TRUE(guard.reasons().has(TripReason::malicious_load));
  EXPECT_EQ(taken(guard), (Names{"malicious_load", "tripped malicious_load"}));
  guard.poll(night, at_s(279));
  EXPECT_FALSE(guard.reasons().none());
  guard.poll(night, at_s(280));
  EXPECT_TRUE(guard.reasons().none());
  EXPECT_EQ(taken(guard), (Names{"restored malicious_load"}));
  guard.take(kettle, 0, night, at_s(400));
  EXPECT_EQ(taken(guard), (Names{"malicious_load", "tripped malicious_load", "locked malicious_load"}));
  guard.poll(night, at_s(4000));
  EXPECT_FALSE(guard.reasons().none());
  guard.unlock(at_s(4001));
  EXPECT_TRUE(guard.reasons().none());
  EXPECT_EQ(guard.alarms(), 0U);
}

TEST(Guard, ToleratesWhatThePolicyAllows) {
  GuardSettings settings;
  settings.load = policy();
  Guard guard{settings};
  guard.take(Finding{.power = watts(500)}, 0, {1, 0, false}, at_s(1));
  guard.take(Finding{.power = watts(1500)}, 0, {1, 600, false}, at_s(2));
  EXPECT_TRUE(taken(guard).empty());
  EXPECT_TRUE(guard.reasons().none());
}

TEST(Guard, HoldsTheSupplyWhileACauseLastsThatTrips) {
  GuardSettings settings;
  settings.conditions[static_cast<std::size_t>(ConditionId::over_voltage)] = {Action::trip, 12'000, 300, 1000,
                                                                              1000};
  settings.restore[static_cast<std::size_t>(TripReason::voltage)] = {.delay_s = 30, .restores_per_day = 255};
  Guard guard{settings};
  const auto window = [](std::int64_t volts) {
    return Observation{.phase = {PhaseObservation{.voltage = quantity::Voltage::of(volts * 1000)}}};
  };
  for (std::int64_t t = 0; t < 100; ++t) {
    guard.take(window(t >= 10 && t < 50 ? 290 : 230), at_s(t));
    guard.poll({1, 0, false}, at_s(t));
    const bool is_held = t >= 11 && t < 80;
    EXPECT_EQ(guard.reasons().has(TripReason::voltage), is_held) << t;
  }
  EXPECT_EQ(taken(guard),
            (Names{"started over_voltage", "tripped voltage", "ended over_voltage", "restored voltage"}));
}

TEST(Guard, RecordsCoversAlsoOpenedWithoutPower) {
  Guard guard{GuardSettings{}};
  guard.note_while_off(ConditionId::terminal_cover, at_s(0));
  guard.take(Inputs{.meter_cover = true}, at_s(1));
  guard.take(Inputs{.meter_cover = true}, at_s(2));
  EXPECT_EQ(guard.alarms(), 1U << static_cast<unsigned>(ConditionId::meter_cover));
  guard.take(Inputs{}, at_s(3));
  guard.take(Inputs{}, at_s(5));
  EXPECT_EQ(taken(guard),
            (Names{"was_while_off terminal_cover", "started meter_cover", "ended meter_cover"}));
}

TEST(Guard, CountsEventsThatNobodyTook) {
  Guard guard{GuardSettings{}};
  for (int n = 0; n < 20; ++n) guard.note_while_off(ConditionId::meter_cover, at_s(n));
  EXPECT_EQ(taken(guard).size(), 16U);
  EXPECT_EQ(guard.missed_events(), 4U);
}

TEST(Guard, RefusesSettingsThatAreOutOfRange) {
  EXPECT_TRUE(is_valid(GuardSettings{}));
  GuardSettings bad;
  bad.nominal = quantity::Voltage::of(1000);
  EXPECT_FALSE(is_valid(bad));
  bad = {};
  bad.step_power_factor_e4 = 10'000;
  EXPECT_FALSE(is_valid(bad));
  bad = {};
  bad.restore[0].delay_s = 86'401;
  EXPECT_FALSE(is_valid(bad));
  bad = {};
  bad.conditions[0].threshold = 0;
  EXPECT_FALSE(is_valid(bad));
}

}  // namespace
}  // namespace lk::guard
