// SPDX-License-Identifier: Apache-2.0
// IEEE 754 single precision made of integers, for the tongues that want it; the meter itself never computes
// with it.
#pragma once

#include <cstdint>

namespace lk::dictionary {

// The bits of numerator ÷ denominator, rounded to nearest, ties to even. `denominator` is 1 to 2^63.
[[nodiscard]] std::uint32_t float32_bits(std::int64_t numerator, std::uint64_t denominator);

}  // namespace lk::dictionary
