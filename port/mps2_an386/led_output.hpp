// SPDX-License-Identifier: Apache-2.0
// The meter's multi-function output is the board's second LED.
#pragma once

#include "port/mps2_an386/registers.hpp"

namespace lk::mps2 {

inline void turn_output_led() {
  constexpr std::uintptr_t leds = 0x4002'8000;  // FPGAIO LED register of AN386
  constexpr std::uint32_t second = 2;
  at(leds) = at(leds) ^ second;
}

}  // namespace lk::mps2
