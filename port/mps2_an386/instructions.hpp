// SPDX-License-Identifier: Apache-2.0
// Counts instructions in QEMU: `-icount shift=0` gives every instruction one nanosecond, and SysTick, on the
// core clock, counts 25 million ticks of that time a second: 40 instructions each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "port/mps2_an386/registers.hpp"
#include "port/mps2_an386/semihosting.hpp"

namespace lk::mps2 {

inline constexpr std::uint32_t instructions_per_tick = 40;
inline constexpr std::uint32_t tick_mask = 0x00FF'FFFF;  // SysTick has 24 bits: 670 million instructions

inline void count_instructions() {
  constexpr std::uintptr_t systick_control = 0xE000'E010;
  constexpr std::uintptr_t systick_reload = 0xE000'E014;
  constexpr std::uintptr_t systick_value = 0xE000'E018;
  constexpr std::uint32_t enabled_on_core_clock = 0b101;
  at(systick_reload) = tick_mask;
  at(systick_value) = 0;
  at(systick_control) = enabled_on_core_clock;
}

// A count of ticks, for `instructions_since`.
inline std::uint32_t instructions() {
  constexpr std::uintptr_t systick_value = 0xE000'E018;
  return tick_mask - at(systick_value);
}

inline std::uint32_t instructions_since(std::uint32_t begun) {
  return ((instructions() - begun) & tick_mask) * instructions_per_tick;
}

inline void print_number(std::uint32_t number) {
  std::array<char, 12> text{};
  std::size_t first = text.size() - 1;
  do {
    text[--first] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  print(&text[first]);
}

}  // namespace lk::mps2
