// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/scale.hpp"

#include <bit>

#include "assert/assert.hpp"

namespace lk::metrology {

Scale::Scale(Wide value, int exponent) {
  const int bits = value.high != 0 ? 64 + static_cast<int>(std::bit_width(value.high))
                                   : static_cast<int>(std::bit_width(value.low));
  ensure(bits > 0);
  const int shift = significant_bits - bits;
  const Wide normal = shift >= 0 ? shift_left(value, static_cast<unsigned>(shift))
                                 : shift_right_rounded(value, static_cast<unsigned>(-shift));
  ensure(normal.high == 0);
  mantissa_ = normal.low;
  exponent_ = exponent + shift;
}

}  // namespace lk::metrology
