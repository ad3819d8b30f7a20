// SPDX-License-Identifier: Apache-2.0
// The energies of one phase, or of all together, counted to 2^-64 mJ; they only ever rise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/metrology/wide.hpp"
#include "quantity/quantity.hpp"

namespace lk::metrology {

enum class Register : std::uint8_t {
  active_import,
  active_export,
  reactive_q1,  // magnitudes, in mvar·s
  reactive_q2,
  reactive_q3,
  reactive_q4,
  apparent_import,  // mVA·s while the active power is imported
  apparent_export,
};
inline constexpr std::size_t register_count = 8;

// Whole units of each register, in the order of Register.
using Energies = std::array<quantity::Energy, register_count>;

class EnergyRegisters {
 public:
  // Adds a magnitude in 2^-64 of the unit.
  void add(Register which, Wide amount);
  // The whole units counted so far; what is below stays and is not lost.
  [[nodiscard]] quantity::Energy whole(Register which) const;
  // The whole units since the last take; the rest stays.
  [[nodiscard]] Energies take();
  // Exactly what is in a register since the last take.
  [[nodiscard]] Wide exact(Register which) const { return sums_[static_cast<std::size_t>(which)]; }

 private:
  std::array<Wide, register_count> sums_{};  // never negative
};

}  // namespace lk::metrology
