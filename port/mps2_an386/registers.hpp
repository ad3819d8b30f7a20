// SPDX-License-Identifier: Apache-2.0
// A device register by its address, and the clock that all of the board's devices count.
#pragma once

#include <cstdint>

namespace lk::mps2 {

inline constexpr std::uint32_t clock_hz = 25'000'000;

inline volatile std::uint32_t& at(std::uintptr_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

}  // namespace lk::mps2
