// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/wave_fold.hpp"

namespace lk::metrology {
namespace {

constexpr std::int32_t one_q24 = 1 << 24;

std::int32_t product_q24(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>((std::int64_t{a} * b) >> 24U);
}

}  // namespace

// With d the place: w0 = −d(1−d)(2−d)/6, w1 = (1+d)(1−d)(2−d)/2, w2 = (1+d)d(2−d)/2, w3 = −(1+d)d(1−d)/6.
Interpolation interpolation_at(std::int32_t place_q24) {
  const std::int32_t after = place_q24;
  const std::int32_t before = one_q24 - place_q24;
  const std::int32_t inner = product_q24(after, before);
  const std::int32_t outer = product_q24(one_q24 + after, one_q24 + before);
  const std::int32_t w0 = -product_q24(inner, one_q24 + before) / 6;
  const std::int32_t w2 = product_q24(outer, after) / 2;
  const std::int32_t w3 = -product_q24(inner, one_q24 + after) / 6;
  return {{w0, one_q24 - w0 - w2 - w3, w2, w3}, product_q24(inner, outer)};
}

}  // namespace lk::metrology
