// SPDX-License-Identifier: Apache-2.0
// What a utility or an approval decides about measuring, as against what a factory finds out about a board.
#pragma once

#include <cstdint>

#include "meter/metrology/board_calibration.hpp"
#include "quantity/quantity.hpp"

namespace lk::metrology {

// How the registers of all phases together count (active energy; reactive and apparent follow the phases).
enum class SumMode : std::uint8_t {
  arithmetic,  // the sum of the phases' powers, import or export by its sign: phases net against each other
  per_phase,   // each phase's import into import, each phase's export into export
  absolute,    // the magnitude of every phase into import
};

// Whose energy counts in a single-phase meter with a sensor in the neutral.
enum class NeutralPolicy : std::uint8_t {
  live,    // always the live conductor's
  larger,  // the larger one's where they differ by more than neutral_difference_percent
};

struct Ratio {
  std::uint32_t primary = 1;    // 1 to 1 000 000
  std::uint32_t secondary = 1;  // 1 to 1 000 000, not more than the primary
};

struct MeteringSettings {
  quantity::Voltage nominal_voltage = quantity::Voltage::of(230'000);  // at the terminals
  std::uint32_t nominal_frequency_hz = 50;                             // 50 or 60
  // The starting current of the class, at the terminals (direct: 0.004 Ib). 0 counts everything.
  quantity::Current starting_current = quantity::Current::of(20'000);
  // A phase's active (reactive) power counts from this share of nominal voltage times starting current.
  std::uint8_t creep_percent = 30;
  Ratio voltage_ratio;  // of an external transformer; figures and energy are primary
  Ratio current_ratio;
  SumMode sum_mode = SumMode::arithmetic;
  bool in_one_direction = false;  // what would be export counts as import
  bool expects_export = false;    // a generator is meant to be there: its currents are not taken for mixed up
  NeutralPolicy neutral_policy = NeutralPolicy::live;
  std::uint8_t neutral_difference_percent = 6;
  std::uint32_t pulses_per_kwh = 1000;  // of the test output, primary; 1 to 1 000 000
  bool with_harmonics = true;           // harmonics, THD, and the phase correction of harmonic power
};

// True where every field is in its range, and what the board can measure at full scale is less than 10^12 VA
// behind these transformers. The board must have passed `check`.
[[nodiscard]] bool is_valid(const MeteringSettings& settings, const BoardCalibration& board);

}  // namespace lk::metrology
