// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/condition.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "meter/guard/condition_table.hpp"
#include "meter/guard/observation.hpp"

namespace lk::guard {
namespace {

using quantity::Instant;

constexpr ConditionSettings dip{Action::record, 9000, 200, 0, 0};

TEST(Condition, ADipLastsFromItsFirstHalfCycleUntilItIsBackByTheHysteresis) {
  Condition condition;
  const std::vector<std::int64_t> shares = {10'000, 8999, 6100, 9100, 9199, 9200, 10'000};
  std::vector<Condition::Change> changes;
  for (std::size_t n = 0; n < shares.size(); ++n) {
    changes.push_back(
        condition.update(Sense::below, dip, shares[n], Instant::of(static_cast<std::int64_t>(10 * n))));
  }
  using enum Condition::Change;
  EXPECT_EQ(changes, (std::vector<Condition::Change>{none, started, none, none, none, ended, none}));
  EXPECT_EQ(condition.start(), Instant::of(10));
  EXPECT_EQ(condition.end(), Instant::of(50));
  EXPECT_EQ(condition.extreme(), 6100);
}

TEST(Condition, IsNotThereBeforeItsDelayAndNotGoneBeforeItsEndDelay) {
  constexpr ConditionSettings settings{Action::alarm, 100, 10, 1000, 500};
  Condition condition;
  using enum Condition::Change;
  struct Row {
    const char* name;
    std::int64_t ms, value;
    Condition::Change change;
    bool is_on;
  };
  for (const Row& row : {
           Row{"on the threshold is not beyond it", 0, 100, none, false},
           Row{"beyond, the delay begins", 100, 120, none, false},
           Row{"back for a moment", 500, 99, none, false},
           Row{"beyond again: the delay begins anew", 600, 105, none, false},
           Row{"not yet", 1599, 150, none, false},
           Row{"now", 1600, 130, started, true},
           Row{"not back by the hysteresis", 2000, 95, none, true},
           Row{"back", 2100, 90, none, true},
           Row{"beyond once more", 2300, 101, none, true},
           Row{"back, the end's delay begins anew", 2400, 50, none, true},
           Row{"over", 2900, 50, ended, false},
       }) {
    EXPECT_EQ(condition.update(Sense::above, settings, row.value, Instant::of(row.ms)), row.change)
        << row.name;
    EXPECT_EQ(condition.is_on(), row.is_on) << row.name;
  }
  EXPECT_EQ(condition.start(), Instant::of(600));
  EXPECT_EQ(condition.end(), Instant::of(2400));
  EXPECT_EQ(condition.extreme(), 150);
}

TEST(Condition, SwitchedOffItEndsAndNeverStarts) {
  Condition condition;
  ConditionSettings settings = dip;
  EXPECT_EQ(condition.update(Sense::below, settings, 0, Instant::of(0)), Condition::Change::started);
  settings.action = Action::off;
  EXPECT_EQ(condition.update(Sense::below, settings, 0, Instant::of(10)), Condition::Change::ended);
  EXPECT_EQ(condition.update(Sense::below, settings, 0, Instant::of(20)), Condition::Change::none);
}

TEST(ConditionTable, UsualSettingsAreValidAndOthersRefused) {
  const ConditionTable usual = usual_conditions();
  for (std::size_t index = 0; index < condition_count; ++index) {
    const auto id = static_cast<ConditionId>(index);
    EXPECT_TRUE(is_valid(id, usual[index])) << row_of(id).name;
    ConditionSettings bad = usual[index];
    bad.threshold = row_of(id).threshold.most + 1;
    EXPECT_FALSE(is_valid(id, bad)) << row_of(id).name;
    bad = usual[index];
    bad.hysteresis = -1;
    EXPECT_FALSE(is_valid(id, bad)) << row_of(id).name;
    bad = usual[index];
    bad.delay_ms = 86'400'001;
    EXPECT_FALSE(is_valid(id, bad)) << row_of(id).name;
  }
}

PhaseObservation phase(std::int64_t volts, std::int64_t amperes, std::int64_t watts) {
  return {quantity::Voltage::of(volts * 1000), quantity::Current::of(amperes * 1'000'000),
          quantity::Power::of(watts * 1000)};
}

TEST(Observation, EachConditionWatchesItsValue) {
  constexpr auto nominal = quantity::Voltage::of(230'000);
  const Observation one{
      .phase = {phase(253, 10, 2500)}, .has_neutral = true, .neutral = quantity::Current::of(8'000'000)};
  const Observation stolen{.phase = {phase(0, 10, 0)}};
  const Observation three{.phase_count = 3,
                          .phase = {phase(230, 10, 2000), phase(115, 5, -500), phase(230, 3, 600)},
                          .is_sequence_reversed = true};
  const Observation dark{.phase_count = 3};
  struct Row {
    const char* name;
    ConditionId id;
    const Observation* window;
    std::optional<std::int64_t> value;
  };
  for (const Row& row : {
           Row{"the highest voltage", ConditionId::over_voltage, &one, 11'000},
           Row{"the lowest voltage of those that are there", ConditionId::under_voltage, &three, 5000},
           Row{"no voltage is no low voltage", ConditionId::under_voltage, &dark, std::nullopt},
           Row{"the largest current", ConditionId::over_current, &three, 10'000'000},
           Row{"power of all phases", ConditionId::overload, &three, 2'100'000},
           Row{"phase loss", ConditionId::phase_loss, &three, 5000},
           Row{"one phase cannot lose one", ConditionId::phase_loss, &one, std::nullopt},
           Row{"dark is no phase loss", ConditionId::phase_loss, &dark, std::nullopt},
           Row{"voltage unbalance", ConditionId::voltage_unbalance, &three, 3999},
           Row{"current unbalance", ConditionId::current_unbalance, &three, 6666},
           Row{"sequence", ConditionId::reversed_sequence, &three, 1},
           Row{"neutral missing, three phases", ConditionId::missing_neutral, &three, 5000},
           Row{"neutral missing, one phase", ConditionId::missing_neutral, &stolen, 10'000},
           Row{"neutral there", ConditionId::missing_neutral, &one, 0},
           Row{"bypass of the neutral", ConditionId::neutral_difference, &one, 2000},
           Row{"neutral not measured", ConditionId::neutral_difference, &three, std::nullopt},
           Row{"reversed current", ConditionId::reversed_current, &three, 500'000},
           Row{"not of a window", ConditionId::meter_cover, &one, std::nullopt},
       }) {
    EXPECT_EQ(value_of(row.id, *row.window, nominal), row.value) << row.name;
  }
  const HalfCycleVoltages half{
      .phase_count = 3,
      .voltage = {quantity::Voltage::of(230'000), quantity::Voltage::of(23'000), quantity::Voltage::of(0)}};
  EXPECT_EQ(value_of(ConditionId::voltage_dip, half, nominal), 0);
  EXPECT_EQ(value_of(ConditionId::voltage_interruption, half, nominal), 10'000) << "one phase is still there";
  EXPECT_EQ(value_of(ConditionId::meter_cover, Inputs{.meter_cover = true}), 1);
  EXPECT_EQ(value_of(ConditionId::terminal_cover, Inputs{.meter_cover = true}), 0);
  EXPECT_EQ(value_of(ConditionId::overload, Inputs{}), std::nullopt);
}

TEST(ChargedConductor, IsTheOneWithTheLargerCurrent) {
  const auto amperes = [](std::int64_t milliamperes) { return quantity::Current::of(milliamperes * 1000); };
  ChargedConductor charged;
  EXPECT_FALSE(charged.update(amperes(10'000), amperes(10'300), 500)) << "within the tolerance";
  EXPECT_TRUE(charged.update(amperes(5'000), amperes(10'000), 500)) << "half of the live current goes around";
  EXPECT_TRUE(charged.update(amperes(50), amperes(20), 500)) << "too little to judge: as it was";
  EXPECT_TRUE(charged.update(amperes(9'650), amperes(10'000), 500)) << "hysteresis";
  EXPECT_FALSE(charged.update(amperes(9'900), amperes(10'000), 500));
  EXPECT_FALSE(charged.update(amperes(10'000), amperes(2'000), 500)) << "the live one is larger";
}

}  // namespace
}  // namespace lk::guard
