// SPDX-License-Identifier: Apache-2.0
// The calls to QEMU that a board without screen and power switch needs (Arm's semihosting, BKPT ABh). Only
// for starting and ending programs; a meter does without.
#pragma once

#include <cstdint>

namespace lk::mps2 {

// Writes a text that ends in zero to QEMU's console.
void print(const char* text);
// Seconds since 1970-01-01 UTC by the host's clock.
[[nodiscard]] std::uint32_t host_time_s();
// Ends QEMU with that exit status. Any context.
[[noreturn]] void exit_with(std::int32_t status);

}  // namespace lk::mps2
