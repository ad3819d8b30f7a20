// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/condition_table.hpp"

namespace lk::guard {
namespace {

constexpr std::uint32_t day_ms = 86'400'000;
constexpr std::uint32_t minute_ms = 60'000;
constexpr Range voltage_range{500, 20'000};
constexpr Range share_range{10, 10'000};
constexpr Range current_range{10'000, 10'000'000'000};    // 10 mA to 10 kA: behind transformers too
constexpr Range power_range{1'000, 100'000'000'000'000};  // 1 W to 100 GW
constexpr Range flag_range{0, 0};

constexpr ConditionSettings flag(Action action, std::uint32_t delay_ms) {
  return {action, 0, 0, delay_ms, 1000};
}

// Thresholds as the State Grid of China's meters have them (Q/GDW 1354, DL/T 645) where there is no standard.
constexpr std::array<ConditionRow, condition_count> rows = {{
    {"voltage_dip",
     Unit::share_e4,
     Sense::below,
     TripReason::voltage,
     {Action::record, 9000, 200, 0, 0},
     voltage_range},
    {"voltage_swell",
     Unit::share_e4,
     Sense::above,
     TripReason::voltage,
     {Action::record, 11'000, 200, 0, 0},
     voltage_range},
    {"voltage_interruption",
     Unit::share_e4,
     Sense::below,
     TripReason::voltage,
     {Action::record, 500, 200, 0, 0},
     {50, 5000}},
    {"over_voltage",
     Unit::share_e4,
     Sense::above,
     TripReason::voltage,
     {Action::alarm, 12'000, 300, minute_ms, 5000},
     voltage_range},
    {"under_voltage",
     Unit::share_e4,
     Sense::below,
     TripReason::voltage,
     {Action::record, 7800, 700, minute_ms, 5000},
     voltage_range},
    {"over_current",
     Unit::microampere,
     Sense::above,
     TripReason::overload,
     {Action::alarm, 72'000'000, 3'000'000, 10'000, 5000},
     current_range},
    {"overload",
     Unit::milliwatt,
     Sense::above,
     TripReason::overload,
     {Action::alarm, 16'500'000, 500'000, minute_ms, 5000},
     power_range},
    {"phase_loss",
     Unit::share_e4,
     Sense::below,
     TripReason::voltage,
     {Action::alarm, 6000, 700, minute_ms, 5000},
     voltage_range},
    {"voltage_unbalance",
     Unit::share_e4,
     Sense::above,
     TripReason::voltage,
     {Action::record, 3000, 300, minute_ms, 5000},
     share_range},
    {"current_unbalance",
     Unit::share_e4,
     Sense::above,
     TripReason::overload,
     {Action::record, 5000, 500, minute_ms, 5000},
     share_range},
    {"reversed_sequence", Unit::flag, Sense::above, TripReason::tamper, flag(Action::alarm, minute_ms),
     flag_range},
    {"missing_neutral",
     Unit::share_e4,
     Sense::above,
     TripReason::tamper,
     {Action::alarm, 2000, 300, 10'000, 5000},
     share_range},
    {"neutral_difference",
     Unit::share_e4,
     Sense::above,
     TripReason::tamper,
     {Action::alarm, 500, 100, minute_ms, 5000},
     share_range},
    {"reversed_current",
     Unit::milliwatt,
     Sense::above,
     TripReason::tamper,
     {Action::record, 12'000, 3000, minute_ms, 5000},
     power_range},
    {"magnetic_field", Unit::flag, Sense::above, TripReason::tamper, flag(Action::alarm, 3000), flag_range},
    {"meter_cover", Unit::flag, Sense::above, TripReason::tamper, flag(Action::alarm, 200), flag_range},
    {"terminal_cover", Unit::flag, Sense::above, TripReason::tamper, flag(Action::alarm, 200), flag_range},
    {"clock_battery", Unit::flag, Sense::above, TripReason::tamper, flag(Action::alarm, minute_ms),
     flag_range},
    {"measuring_channel", Unit::flag, Sense::above, TripReason::tamper, flag(Action::alarm, 1000),
     flag_range},
    {"memory", Unit::flag, Sense::above, TripReason::tamper, flag(Action::alarm, 0), flag_range},
    {"relay_feedback", Unit::flag, Sense::above, TripReason::tamper, flag(Action::alarm, 0), flag_range},
}};

}  // namespace

const ConditionRow& row_of(ConditionId id) {
  return rows[static_cast<std::size_t>(id)];
}

bool is_valid(ConditionId id, const ConditionSettings& settings) {
  const Range range = row_of(id).threshold;
  return settings.action <= Action::trip && settings.threshold >= range.least &&
         settings.threshold <= range.most && settings.hysteresis >= 0 && settings.hysteresis <= range.most &&
         settings.delay_ms <= day_ms && settings.end_delay_ms <= day_ms;
}

ConditionTable usual_conditions() {
  ConditionTable table;
  for (std::size_t index = 0; index < condition_count; ++index) table[index] = rows[index].usual;
  return table;
}

}  // namespace lk::guard
