// SPDX-License-Identifier: Apache-2.0
// What the guard is shown, in plain figures, of a meter with one or three phases; and the one value that each
// condition watches in it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "meter/guard/condition_table.hpp"
#include "quantity/quantity.hpp"

namespace lk::guard {

inline constexpr std::size_t max_phases = 3;

// RMS over one cycle, new every half cycle: U_rms(1/2) of IEC 61000-4-30.
struct HalfCycleVoltages {
  std::uint8_t phase_count = 1;
  std::array<quantity::Voltage, max_phases> voltage{};
};

struct PhaseObservation {
  quantity::Voltage voltage;
  quantity::Current current;
  quantity::Power active;  // import positive
};

// One window of metrology.
struct Observation {
  std::uint8_t phase_count = 1;
  std::array<PhaseObservation, max_phases> phase{};
  bool has_neutral = false;
  quantity::Current neutral;
  bool is_sequence_reversed = false;
};

// Contacts and self-checks: true where something is wrong.
struct Inputs {
  bool magnetic_field = false;
  bool meter_cover = false;
  bool terminal_cover = false;
  bool clock_battery = false;
  std::uint32_t measuring_channel = 0;  // 0, or what is wrong: the word that the event is to carry
  bool memory = false;
  bool relay_feedback = false;
};

// Values are in the unit of the condition's row; nothing where the condition cannot be judged (unbalance
// without voltage, a neutral that is not measured), which leaves it as it is. Shares of voltage are of
// `nominal`.
//
// Of several phases the worst one counts. A dip so begins with the first phase that dips and ends when all
// are back; an interruption needs all phases (IEC 61000-4-30, 5.4 and 5.5).
[[nodiscard]] std::optional<std::int64_t> value_of(ConditionId id, const HalfCycleVoltages& half_cycle,
                                                   quantity::Voltage nominal);
[[nodiscard]] std::optional<std::int64_t> value_of(ConditionId id, const Observation& window,
                                                   quantity::Voltage nominal);
[[nodiscard]] std::optional<std::int64_t> value_of(ConditionId id, const Inputs& inputs);

// Which conductor's power is charged: the neutral's while its current is the larger by more than the share
// (1/10 000 of the larger), so that no bypass of the live one saves anything; the live one's again when the
// difference is below half of that.
class ChargedConductor {
 public:
  // Returns whether the neutral is charged. Below `least` of both currents nothing changes.
  bool update(quantity::Current live, quantity::Current neutral, std::int64_t share_e4,
              quantity::Current least = quantity::Current::of(100'000));
  [[nodiscard]] bool is_neutral() const { return is_neutral_; }

 private:
  bool is_neutral_ = false;
};

}  // namespace lk::guard
