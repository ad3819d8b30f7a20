// SPDX-License-Identifier: Apache-2.0
// The last second and more of cycles, as means of four (a block), made comparable: the current is what it
// would be at the nominal voltage if every load were a resistor, so that a change of the mains' voltage does
// not look like one that was switched on. Four is even: a load that runs one cycle and rests one looks
// steady. Also the power of each single cycle, to tell how fast a change came. About 3.5 KiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/guard/cycle_wave.hpp"
#include "meter/guard/step_shape.hpp"
#include "quantity/quantity.hpp"

namespace lk::guard {

class WaveHistory {
 public:
  static constexpr std::uint32_t cycles_in_block = 4;
  static constexpr std::size_t block_count = 22;
  static constexpr std::size_t power_count = 64;  // cycles
  // Ages of blocks count from 0, the latest.
  static constexpr std::size_t group_size = 4;  // blocks that are averaged

  // The nominal voltage: from 50 to 500 V.
  explicit WaveHistory(quantity::Voltage nominal);

  // Takes a cycle; true where a block is complete with it.
  bool add(const CycleWave& cycle);
  // Forgets everything.
  void clear();
  // Whether all blocks are there.
  [[nodiscard]] bool is_full() const { return stored_count_ == block_count; }

  // Whether the voltage of the last cycle is so far from nominal (under 70 %, over 130 %), or so far from the
  // cycle's before (8 %), that currents tell nothing: a disturbance of the mains.
  [[nodiscard]] bool is_disturbed() const { return is_disturbed_; }

  // The sum of the group whose latest block has this age (0 to 18), less the sum of the group of another age.
  [[nodiscard]] Change change(std::size_t after_age, std::size_t before_age) const;
  // Twice the energy of what varies by itself in the mean of that group: the noise of a change.
  [[nodiscard]] std::int64_t noise(std::size_t age) const;
  // The current of a group, in point units.
  [[nodiscard]] Wave mean(std::size_t age) const;
  // Voltage of the latest block, at its nominal size.
  [[nodiscard]] const Wave& voltage() const { return voltage_; }
  // Nominal voltage over the block's, times 10 000.
  [[nodiscard]] std::int32_t level_e4(std::size_t age) const { return levels_e4_[slot(age)]; }
  // Power at nominal voltage of the cycle so many ago, 0 to 63.
  [[nodiscard]] std::int32_t cycle_power_mw(std::size_t age) const {
    return powers_mw_[(power_next_ + power_count - 1 - age) % power_count];
  }
  // Mean of that power over a group.
  [[nodiscard]] std::int64_t power_mw(std::size_t age) const;

 private:
  [[nodiscard]] std::size_t slot(std::size_t age) const {
    return (next_ + block_count - 1 - age) % block_count;
  }
  void take_power(const CycleWave& cycle);
  void finish_block();

  std::int64_t nominal_square_;  // of the RMS, in point units
  std::uint32_t nominal_;
  std::array<Wave, block_count> blocks_{};
  std::array<std::int32_t, block_count> levels_e4_{};
  std::size_t next_ = 0;
  std::size_t stored_count_ = 0;
  std::array<std::int32_t, point_count> current_sums_{};
  std::array<std::int32_t, point_count> voltage_sums_{};
  std::uint32_t cycle_count_ = 0;
  Wave voltage_{};
  std::array<std::int32_t, power_count> powers_mw_{};
  std::size_t power_next_ = 0;
  std::int64_t last_square_ = 0;
  bool is_disturbed_ = false;
};

}  // namespace lk::guard
