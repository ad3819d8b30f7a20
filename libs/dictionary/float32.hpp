// SPDX-License-Identifier: Apache-2.0
// IEEE 754 single precision made of integers, for the tongues that want it; the meter itself never computes
// with it.
#pragma once

#include <cstdint>
#include <optional>

namespace lk::dictionary {

// The bits of numerator ÷ denominator, rounded to nearest, ties to even. `denominator` is 1 to 2^63.
[[nodiscard]] std::uint32_t float32_bits(std::int64_t numerator, std::uint64_t denominator);

// The number that these bits are, where it is whole and below 2^24 in magnitude; else nothing.
[[nodiscard]] std::optional<std::int64_t> integer_of_float32(std::uint32_t bits);

}  // namespace lk::dictionary
