// SPDX-License-Identifier: Apache-2.0
#include "dictionary/float32.hpp"

#include "assert/assert.hpp"

namespace lk::dictionary {

// The quotient is brought to 25 bits, one more than the significand has; what is below is only known to be
// zero or not (`sticky`). Quotients lie between 2^-63 and 2^63, far inside the range of normal numbers.
std::uint32_t float32_bits(std::int64_t numerator, std::uint64_t denominator) {
  ensure(denominator >= 1 && denominator <= (std::uint64_t{1} << 63U));
  if (numerator == 0) return 0;
  constexpr std::uint64_t low = std::uint64_t{1} << 24U;
  constexpr std::uint64_t high = std::uint64_t{1} << 25U;

  const bool negative = numerator < 0;
  const std::uint64_t magnitude =
      negative ? ~static_cast<std::uint64_t>(numerator) + 1U : static_cast<std::uint64_t>(numerator);
  std::uint64_t quotient = magnitude / denominator;
  std::uint64_t remainder = magnitude % denominator;
  std::int32_t exponent = 0;  // the value is (quotient + remainder ÷ denominator) · 2^exponent
  while (quotient < low) {
    const bool carry = remainder >= denominator - remainder;
    quotient = 2 * quotient + (carry ? 1U : 0U);
    remainder = carry ? remainder - (denominator - remainder) : 2 * remainder;
    --exponent;
  }
  bool sticky = remainder != 0;
  while (quotient >= high) {
    sticky = sticky || (quotient & 1U) != 0;
    quotient >>= 1U;
    ++exponent;
  }

  const bool half = (quotient & 1U) != 0;
  std::uint64_t significand = quotient >> 1U;
  ++exponent;
  if (half && (sticky || (significand & 1U) != 0)) ++significand;
  if (significand == low) {
    significand >>= 1U;
    ++exponent;
  }
  constexpr std::int32_t bias = 127 + 23;
  const auto fraction = static_cast<std::uint32_t>(significand) & 0x7FFFFFU;
  const auto biased = static_cast<std::uint32_t>(exponent + bias);
  return (negative ? 0x80000000U : 0U) | (biased << 23U) | fraction;
}

std::optional<std::int64_t> integer_of_float32(std::uint32_t bits) {
  constexpr std::int32_t bias = 127;
  constexpr std::int32_t fraction_bits = 23;
  if ((bits & 0x7FFF'FFFFU) == 0) return 0;
  const std::int32_t exponent = static_cast<std::int32_t>(bits >> fraction_bits & 0xFFU) - bias;
  if (exponent < 0 || exponent > fraction_bits) return std::nullopt;
  const std::uint32_t significand = (bits & 0x7F'FFFFU) | 0x80'0000U;
  const auto below = static_cast<std::uint32_t>(fraction_bits - exponent);
  if ((significand & ((1U << below) - 1U)) != 0) return std::nullopt;
  const std::int64_t magnitude = significand >> below;
  return bits >> 31U != 0 ? -magnitude : magnitude;
}

}  // namespace lk::dictionary
