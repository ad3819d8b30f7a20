// SPDX-License-Identifier: Apache-2.0
// The latest cycles of one phase, made comparable: the current is what it would be at the nominal voltage if
// every load were a resistor, so that a change of the mains' voltage does not look like one that was switched
// on. Groups of four cycles are compared: four is even, so a load that runs one cycle and rests one looks
// steady. About 1.4 KiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/guard/cycle_wave.hpp"
#include "meter/guard/step_shape.hpp"
#include "quantity/quantity.hpp"

namespace lk::guard {

class CycleHistory {
 public:
  static constexpr std::size_t cycle_count = 17;
  static constexpr std::size_t group_size = 4;  // cycles that are summed
  // Ages count cycles from 0, the latest.

  // The nominal voltage: from 50 to 500 V.
  explicit CycleHistory(quantity::Voltage nominal);

  void add(const CycleWave& cycle);
  // Forgets everything.
  void clear();
  // Whether all cycles are there.
  [[nodiscard]] bool is_full() const { return stored_count_ == cycle_count; }

  // Whether the voltage of the last cycle is so far from nominal (under 70 %, over 130 %), or so far from the
  // cycle's before (12 %: more than cold tungsten of 2 kW makes on a long line), that currents tell nothing:
  // a disturbance of the mains.
  [[nodiscard]] bool is_disturbed() const { return is_disturbed_; }

  // The sum of the group whose latest cycle has this age, less the sum of the group of another age.
  [[nodiscard]] Change change(std::size_t after_age, std::size_t before_age) const {
    return change_of(after_age, before_age, group_size, 0);
  }
  // The same of groups twice as long; half of their sum, so that a change is in the same unit.
  [[nodiscard]] Change wide_change(std::size_t after_age, std::size_t before_age) const {
    return change_of(after_age, before_age, 2 * group_size, 1);
  }
  // The mean current of `count` (a power of 2) cycles, the latest of this age, in point units.
  [[nodiscard]] Wave mean(std::size_t age, std::size_t count = group_size) const;
  [[nodiscard]] const Wave& cycle(std::size_t age) const { return cycles_[slot(age)]; }
  // The current of the latest cycle.
  [[nodiscard]] const Wave& latest() const { return cycles_[slot(0)]; }
  // Voltage of the latest cycles, at its nominal size.
  [[nodiscard]] const Wave& voltage() const { return voltage_; }
  // Nominal voltage over the cycle's, times 10 000.
  [[nodiscard]] std::int32_t level_e4(std::size_t age) const { return levels_e4_[slot(age)]; }
  // Power at nominal voltage of one cycle, and the mean of a group.
  [[nodiscard]] std::int32_t cycle_power_mw(std::size_t age) const { return powers_mw_[slot(age)]; }
  [[nodiscard]] std::int64_t power_mw(std::size_t age) const;

 private:
  [[nodiscard]] std::size_t slot(std::size_t age) const {
    return (next_ + cycle_count - 1 - age) % cycle_count;
  }

  [[nodiscard]] Change change_of(std::size_t after_age, std::size_t before_age, std::size_t count,
                                 unsigned shift) const;

  std::int64_t nominal_square_;  // of the RMS, in point units
  std::uint32_t nominal_;
  std::array<Wave, cycle_count> cycles_{};
  std::array<std::int16_t, cycle_count> levels_e4_{};
  std::array<std::int32_t, cycle_count> powers_mw_{};
  std::size_t next_ = 0;
  std::size_t stored_count_ = 0;
  std::array<std::int32_t, point_count> voltage_sums_{};
  Wave voltage_{};
  std::int64_t last_square_ = 0;
  bool is_disturbed_ = false;
};

}  // namespace lk::guard
