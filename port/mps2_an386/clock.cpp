// SPDX-License-Identifier: Apache-2.0
#include "port/mps2_an386/clock.hpp"

#include <cstdint>

#include "port/mps2_an386/registers.hpp"
#include "port/mps2_an386/semihosting.hpp"

namespace lk::mps2 {
namespace {

constexpr std::uintptr_t systick_control = 0xE000'E010;
constexpr std::uintptr_t systick_reload = 0xE000'E014;
constexpr std::uintptr_t systick_value = 0xE000'E018;
constexpr std::uintptr_t interrupt_state = 0xE000'ED04;
constexpr std::uint32_t systick_is_pending = 1U << 26U;
constexpr std::uint32_t enabled_with_interrupt_on_core_clock = 0b111;

volatile std::uint32_t tick_count;  // ms, by the interrupt; turns over after 49 days
std::uint32_t counted;              // of those, what is in `time`
quantity::Instant time;

}  // namespace

void clock_start() {
  time = quantity::Instant::of(std::int64_t{host_time_s()} * 1000);
  at(systick_reload) = clock_hz / 1000 - 1;
  at(systick_value) = 0;
  at(systick_control) = enabled_with_interrupt_on_core_clock;
}

quantity::Instant now() {
  const std::uint32_t ticks = tick_count;
  time = time + quantity::milliseconds(static_cast<std::uint32_t>(ticks - counted));
  counted = ticks;
  return time;
}

// A tick that waits for its interrupt (as it does in another one's) counts already; what is read on both
// sides of it is read again.
std::int64_t microseconds() {
  for (;;) {
    const std::uint32_t ticks = tick_count;
    const bool was_pending = (at(interrupt_state) & systick_is_pending) != 0;
    const std::uint32_t left = at(systick_value);
    const bool is_pending = (at(interrupt_state) & systick_is_pending) != 0;
    if (ticks != tick_count || was_pending != is_pending) continue;
    const std::uint32_t passed = (clock_hz / 1000 - 1 - left) / (clock_hz / 1'000'000);
    return std::int64_t{ticks} * 1000 + (is_pending ? 1000 : 0) + passed;
  }
}

void wait() {
  asm volatile("wfi" ::: "memory");
}

}  // namespace lk::mps2

// Named in the vector table.
extern "C" void lk_on_systick() {
  lk::mps2::tick_count = lk::mps2::tick_count + 1;
}
