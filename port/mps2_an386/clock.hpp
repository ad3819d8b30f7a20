// SPDX-License-Identifier: Apache-2.0
// The time of day: the host's at the start (semihosting), then counted by SysTick in milliseconds. Main loop
// only.
#pragma once

#include "quantity/quantity.hpp"

namespace lk::mps2 {

void clock_start();
[[nodiscard]] quantity::Instant now();
// Sleeps until the next interrupt, a millisecond at most.
void wait();

}  // namespace lk::mps2
