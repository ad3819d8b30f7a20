// SPDX-License-Identifier: Apache-2.0
// The time of day: the host's at the start (semihosting), then counted by SysTick in milliseconds; and the
// microseconds since the start, for what is timed on a line.
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"

namespace lk::mps2 {

void clock_start();
// Main loop only.
[[nodiscard]] quantity::Instant now();
// Since `clock_start`; also from interrupts. Does not go back.
[[nodiscard]] std::int64_t microseconds();
// Sleeps until the next interrupt, a millisecond at most.
void wait();

}  // namespace lk::mps2
