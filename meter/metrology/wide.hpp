// SPDX-License-Identifier: Apache-2.0
// A signed integer of 128 bits for targets without one (Cortex-M4): what exact energy, power and RMS need
// once a window. Two's complement in two halves. Only the operations that metrology uses.
#pragma once

#include <cstdint>

namespace lk::metrology {

struct Wide {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  [[nodiscard]] static constexpr Wide of(std::int64_t value) {
    return {value < 0 ? ~std::uint64_t{0} : 0, static_cast<std::uint64_t>(value)};
  }
  [[nodiscard]] constexpr bool is_negative() const { return (high >> 63U) != 0; }
  constexpr bool operator==(const Wide&) const = default;
  friend constexpr Wide operator+(Wide a, Wide b) {
    const std::uint64_t low = a.low + b.low;
    return {a.high + b.high + (low < a.low ? 1U : 0U), low};
  }
  friend constexpr Wide operator-(Wide a) { return Wide{~a.high, ~a.low} + Wide{0, 1}; }
  friend constexpr Wide operator-(Wide a, Wide b) { return a + -b; }
};

// The absolute value of any int64, the smallest included.
[[nodiscard]] constexpr std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
}

// The exact product.
[[nodiscard]] Wide multiply(std::uint64_t a, std::uint64_t b);
[[nodiscard]] Wide multiply(std::int64_t a, std::int64_t b);

// Shift by 0 to 127 bits; what leaves at the top is lost.
[[nodiscard]] Wide shift_left(Wide value, unsigned bits);
// Divides by 2^bits (any count), rounding to the nearest, halves away from zero.
[[nodiscard]] Wide shift_right_rounded(Wide value, unsigned bits);

// Quotient of a value that is not negative by a divisor that is not 0, rounded down.
[[nodiscard]] Wide divide(Wide value, std::uint64_t divisor);
// Quotient of either sign, rounded to the nearest, halves away from zero. A quotient beyond int64 is a bug.
[[nodiscard]] std::int64_t divide_rounded(Wide value, std::uint64_t divisor);

// The value as int64; a bug where it does not fit.
[[nodiscard]] std::int64_t narrow(Wide value);

// The largest r with r · r <= value.
[[nodiscard]] std::uint32_t square_root(std::uint64_t value);

}  // namespace lk::metrology
