// SPDX-License-Identifier: Apache-2.0
// What a PC gives a meter besides flash: the time of day and entropy. Any thread.
#pragma once

#include <cstddef>
#include <span>

#include "quantity/quantity.hpp"

namespace lk::posix {

// The system clock, UTC.
[[nodiscard]] quantity::Instant now();

// Fills `to` with random bytes of the kernel (getrandom); waits only in the first moments of a machine's
// life.
void fill_random(std::span<std::byte> to);

}  // namespace lk::posix
