// SPDX-License-Identifier: Apache-2.0
// Unsigned numbers of 128 bits from two words: currency tokens reach 1.8e35 steps, and a Cortex-M4's compiler
// has no such type. Only what amounts need.
#pragma once

#include <compare>
#include <cstdint>

namespace lk::sts {

struct Wide {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  constexpr auto operator<=>(const Wide&) const = default;

  // Sums, differences and products are modulo 2^128; the callers' numbers stay below.
  friend constexpr Wide operator+(Wide a, Wide b) {
    const std::uint64_t sum = a.low + b.low;
    return {a.high + b.high + (sum < b.low ? 1U : 0U), sum};
  }
  friend constexpr Wide operator-(Wide a, Wide b) {
    return {a.high - b.high - (a.low < b.low ? 1U : 0U), a.low - b.low};
  }
  // by: 0 to 63
  friend constexpr Wide operator<<(Wide a, unsigned by) {
    if (by == 0) return a;
    return {(a.high << by) | (a.low >> (64U - by)), a.low << by};
  }
  friend constexpr Wide operator*(Wide a, std::uint32_t factor) {
    const std::uint64_t lower = (a.low & 0xFFFF'FFFFU) * factor;
    const std::uint64_t upper = (a.low >> 32U) * factor + (lower >> 32U);
    return {a.high * factor + (upper >> 32U), (upper << 32U) | (lower & 0xFFFF'FFFFU)};
  }
  // Divides in place and returns the remainder; divisor below 2^32, not 0.
  constexpr std::uint32_t divide(std::uint32_t divisor) {
    std::uint64_t remainder = high % divisor;
    high /= divisor;
    const std::uint64_t upper = (remainder << 32U) | (low >> 32U);
    remainder = upper % divisor;
    const std::uint64_t lower = (remainder << 32U) | (low & 0xFFFF'FFFFU);
    low = ((upper / divisor) << 32U) | (lower / divisor);
    return static_cast<std::uint32_t>(lower % divisor);
  }
};

}  // namespace lk::sts
