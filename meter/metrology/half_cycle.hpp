// SPDX-License-Identifier: Apache-2.0
// RMS over one cycle, new every half cycle: U_rms(1/2) of IEC 61000-4-30, for dips, swells and interruptions,
// and the same of the currents for what trips fast. Half cycles go on by the last frequency while the mains
// is gone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "quantity/quantity.hpp"

namespace lk::metrology {

template <std::size_t phase_count>
struct HalfCycle {
  std::uint64_t end_sample = 0;  // sample sets since the start, up to the end of the cycle
  std::array<quantity::Voltage, phase_count> voltage{};
  std::array<quantity::Current, phase_count> current{};
};

// The newest half cycles until someone takes them; who feeds less than 16 half cycles at once misses none.
template <std::size_t phase_count>
class HalfCycles {
 public:
  static constexpr std::size_t room = 16;

  // The oldest one not taken yet.
  [[nodiscard]] std::optional<HalfCycle<phase_count>> take() {
    if (count_ == 0) return std::nullopt;
    const HalfCycle<phase_count>& oldest = ring_[(next_ + room - count_) % room];
    --count_;
    return oldest;
  }
  // How many were overwritten before anyone took them.
  [[nodiscard]] std::uint32_t missed_count() const { return missed_count_; }

  void put(const HalfCycle<phase_count>& half_cycle) {
    ring_[next_] = half_cycle;
    next_ = (next_ + 1) % room;
    if (count_ == room) {
      ++missed_count_;
    } else {
      ++count_;
    }
  }

 private:
  std::array<HalfCycle<phase_count>, room> ring_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::uint32_t missed_count_ = 0;
};

}  // namespace lk::metrology
