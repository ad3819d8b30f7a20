// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/wide.hpp"

#include <bit>

#include "assert/assert.hpp"

namespace lk::metrology {
namespace {

constexpr std::uint64_t half_mask = 0xffff'ffffU;

[[nodiscard]] Wide absolute(Wide value) {
  return value.is_negative() ? -value : value;
}

// One 32-bit digit of a long division: floor((remainder · 2^32 + digit) / divisor) for a divisor whose top
// bit is set and remainder < divisor. The estimate from the upper half of the divisor is at most 2 too large.
[[nodiscard]] std::uint64_t next_digit(std::uint64_t& remainder, std::uint64_t digit, std::uint64_t divisor) {
  const std::uint64_t divisor_high = divisor >> 32U;
  const std::uint64_t divisor_low = divisor & half_mask;
  std::uint64_t quotient = remainder / divisor_high;
  std::uint64_t rest = remainder % divisor_high;
  while (quotient > half_mask || quotient * divisor_low > ((rest << 32U) | digit)) {
    --quotient;
    rest += divisor_high;
    if (rest > half_mask) break;
  }
  remainder = ((remainder << 32U) | digit) - quotient * divisor;
  return quotient;
}

// (high · 2^64 + low) / divisor for high < divisor.
[[nodiscard]] std::uint64_t divide_low(std::uint64_t high, std::uint64_t low, std::uint64_t divisor) {
  const auto shift = static_cast<unsigned>(std::countl_zero(divisor));
  const Wide scaled = shift_left({high, low}, shift);
  const std::uint64_t normal = divisor << shift;
  std::uint64_t remainder = scaled.high;
  const std::uint64_t upper = next_digit(remainder, scaled.low >> 32U, normal);
  const std::uint64_t lower = next_digit(remainder, scaled.low & half_mask, normal);
  return (upper << 32U) | lower;
}

}  // namespace

Wide multiply(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t a_high = a >> 32U;
  const std::uint64_t a_low = a & half_mask;
  const std::uint64_t b_high = b >> 32U;
  const std::uint64_t b_low = b & half_mask;
  const std::uint64_t low = a_low * b_low;
  const std::uint64_t middle = a_high * b_low + (low >> 32U);
  const std::uint64_t cross = a_low * b_high + (middle & half_mask);
  return {a_high * b_high + (middle >> 32U) + (cross >> 32U), (cross << 32U) | (low & half_mask)};
}

Wide multiply(std::int64_t a, std::int64_t b) {
  const Wide product = multiply(magnitude(a), magnitude(b));
  return (a < 0) != (b < 0) ? -product : product;
}

Wide shift_left(Wide value, unsigned bits) {
  if (bits == 0) return value;
  if (bits >= 64) return {value.low << (bits - 64), 0};
  return {(value.high << bits) | (value.low >> (64 - bits)), value.low << bits};
}

Wide shift_right_rounded(Wide value, unsigned bits) {
  if (bits == 0) return value;
  if (bits > 127) return {};
  const Wide half = shift_left({0, 1}, bits - 1);
  const Wide sum = absolute(value) + half;
  const Wide shifted = bits >= 64 ? Wide{0, sum.high >> (bits - 64)}
                                  : Wide{sum.high >> bits, (sum.high << (64 - bits)) | (sum.low >> bits)};
  return value.is_negative() ? -shifted : shifted;
}

Wide divide(Wide value, std::uint64_t divisor) {
  ensure(!value.is_negative() && divisor != 0);
  return {value.high / divisor, divide_low(value.high % divisor, value.low, divisor)};
}

std::int64_t divide_rounded(Wide value, std::uint64_t divisor) {
  const std::int64_t quotient = narrow(divide(absolute(value) + Wide{0, divisor / 2}, divisor));
  return value.is_negative() ? -quotient : quotient;
}

std::int64_t narrow(Wide value) {
  const auto low = static_cast<std::int64_t>(value.low);
  ensure(Wide::of(low) == value);
  return low;
}

std::uint32_t square_root(std::uint64_t value) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 62U; bit != 0; bit >>= 2U) {
    const std::uint64_t trial = root + bit;
    root >>= 1U;
    if (value >= trial) {
      value -= trial;
      root += bit;
    }
  }
  return static_cast<std::uint32_t>(root);
}

}  // namespace lk::metrology
