// SPDX-License-Identifier: Apache-2.0
// Everything that the guard watches besides the malicious load, as rows: name, unit, sense, what trips belong
// to, the usual settings and the range of each. The parameters of the meter's dictionary and the keys of a
// guard file (docs/formats/guard-file.md) are these rows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "meter/guard/condition.hpp"

namespace lk::guard {

enum class ConditionId : std::uint8_t {
  // each half cycle (IEC 61000-4-30 class S)
  voltage_dip,
  voltage_swell,
  voltage_interruption,
  // each window
  over_voltage,
  under_voltage,
  over_current,
  overload,
  phase_loss,
  voltage_unbalance,
  current_unbalance,
  reversed_sequence,
  missing_neutral,
  neutral_difference,
  reversed_current,
  // inputs
  magnetic_field,
  meter_cover,
  terminal_cover,
  clock_battery,
  measuring_channel,
  memory,
  relay_feedback,
};
inline constexpr std::size_t condition_count = 21;

enum class Unit : std::uint8_t {
  share_e4,  // 1/10 000 of the nominal voltage, or of what is compared
  microampere,
  milliwatt,
  flag,  // 0 or 1
};

// What a trip is shown as; kept apart, so that each has restores of its own.
enum class TripReason : std::uint8_t { voltage, overload, tamper, malicious_load };
inline constexpr std::size_t trip_reason_count = 4;

struct Range {
  std::int64_t least, most;
};

struct ConditionRow {
  std::string_view name;
  Unit unit;
  Sense sense;
  TripReason reason;
  ConditionSettings usual;
  Range threshold;  // of settings from outside; for flags the threshold stays 0
};

[[nodiscard]] const ConditionRow& row_of(ConditionId id);

// Whether the settings are in the ranges of the row: threshold, hysteresis of 0 to the largest threshold,
// delays to a day.
[[nodiscard]] bool is_valid(ConditionId id, const ConditionSettings& settings);

using ConditionTable = std::array<ConditionSettings, condition_count>;
// Every condition with its usual settings.
[[nodiscard]] ConditionTable usual_conditions();

}  // namespace lk::guard
