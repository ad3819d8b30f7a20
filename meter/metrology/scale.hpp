// SPDX-License-Identifier: Apache-2.0
// A factor between two units as mantissa · 2^-exponent with 62 significant bits: from counts of the converter
// to millivolts, milliwatts or millijoules. Built once from a calibration, applied once a window.
#pragma once

#include <cstdint>

#include "meter/metrology/wide.hpp"

namespace lk::metrology {

class Scale {
 public:
  // The factor `value`; refine it with `over` and `times`. None may be 0.
  [[nodiscard]] static Scale of(std::uint64_t value) { return Scale{{0, value}, 0}; }
  [[nodiscard]] Scale over(std::uint64_t divisor) const {
    return Scale{divide({mantissa_, 0}, divisor), exponent_ + 64};
  }

  [[nodiscard]] Scale times(std::uint64_t factor) const {
    return Scale{multiply(mantissa_, factor), exponent_};
  }

  // value · 2^-fraction_bits times the factor, rounded to the nearest whole unit.
  [[nodiscard]] std::int64_t apply(std::int64_t value, int fraction_bits = 0) const {
    return narrow(apply_wide(value, fraction_bits));
  }
  // The same with 128 bits; a negative count of fraction bits asks for a result in 2^fraction_bits of the
  // unit.
  [[nodiscard]] Wide apply_wide(std::int64_t value, int fraction_bits) const {
    const Wide product = multiply(value, static_cast<std::int64_t>(mantissa_));
    const int shift = exponent_ + fraction_bits;
    return shift >= 0 ? shift_right_rounded(product, static_cast<unsigned>(shift))
                      : shift_left(product, static_cast<unsigned>(-shift));
  }

 private:
  static constexpr int significant_bits = 62;
  Scale(Wide value, int exponent);

  std::uint64_t mantissa_ = 0;
  int exponent_ = 0;
};

}  // namespace lk::metrology
