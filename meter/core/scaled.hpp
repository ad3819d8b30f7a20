// SPDX-License-Identifier: Apache-2.0
// Measured quantities in the scales of the dictionary's rows.
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"

namespace lk::meter {

// Rounded to the nearest, halves away from zero.
constexpr std::int64_t scaled_down(std::int64_t value, std::int64_t divisor) {
  const std::int64_t half = value < 0 ? -(divisor / 2) : divisor / 2;
  return (value + half) / divisor;
}

constexpr std::int64_t milliamperes(quantity::Current current) {
  return scaled_down(current.count(), 1000);
}

// Of W, var or VA.
constexpr std::int64_t tenths(quantity::Power power) {
  return scaled_down(power.count(), 100);
}

// A share in 1/10 000 that a register of 16 bits holds.
constexpr std::int64_t share(std::int64_t share_e4) {
  return share_e4 < 0 ? 0 : share_e4 > 0xFFFF ? 0xFFFF : share_e4;
}

}  // namespace lk::meter
