// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/rotation.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

constexpr std::int64_t one_q30 = std::int64_t{1} << 30U;

constexpr std::int64_t product_q30(std::int64_t a, std::int64_t b) {
  return (a * b) >> 30U;
}

// 1 − x/a · inner, one step of a nested series.
constexpr std::int64_t nested(std::int64_t x_q30, std::int64_t divisor, std::int64_t inner_q30) {
  return one_q30 - product_q30(x_q30, inner_q30) / divisor;
}

// atan(2^-k) in 2^-32 turn: 1/8 turn for k = 0, by its series for the rest.
constexpr std::uint32_t small_angle(unsigned k) {
  if (k == 0) return std::uint32_t{1} << 29U;
  constexpr std::int64_t per_radian = 683'565'276;  // 2^32 / (2π)
  std::int64_t sum = 0;
  for (unsigned n = 1; n * k < 34; n += 2) {
    const std::int64_t term = (std::int64_t{1} << (34 - n * k)) * 16 / static_cast<std::int64_t>(n);
    sum += (n % 4 == 1) ? term : -term;
  }
  // sum is in 2^-38.
  return static_cast<std::uint32_t>(((sum >> 8U) * per_radian + (std::int64_t{1} << 29U)) >> 30U);
}

constexpr std::size_t iterations = 28;
constexpr auto small_angles = [] {
  std::array<std::uint32_t, iterations> table{};
  for (unsigned k = 0; k < iterations; ++k) table[k] = small_angle(k);
  return table;
}();

}  // namespace

// Reduced to an eighth of a turn about the nearest axis, where the series are good to 10^-9.
Rotation rotation_of(std::uint32_t turn) {
  constexpr std::int64_t quarter_pi_q30 = 843'314'857;
  const std::uint32_t quarter = (turn + (std::uint32_t{1} << 29U)) >> 30U;
  const auto rest = static_cast<std::int32_t>(turn - (quarter << 30U));
  const std::int64_t x = (rest * quarter_pi_q30) >> 29U;
  const std::int64_t square = product_q30(x, x);
  const std::int64_t sine =
      product_q30(x, nested(square, 6, nested(square, 20, nested(square, 42, nested(square, 72, one_q30)))));
  const std::int64_t cosine = nested(
      square, 2, nested(square, 12, nested(square, 30, nested(square, 56, nested(square, 90, one_q30)))));
  switch (quarter & 3U) {
    case 0:
      return {cosine, sine};
    case 1:
      return {-sine, cosine};
    case 2:
      return {-cosine, -sine};
    default:
      return {sine, -cosine};
  }
}

// CORDIC: turns the vector onto the x axis by ever smaller known angles, adding them up.
std::uint32_t angle_of(std::int64_t x, std::int64_t y) {
  const std::uint64_t largest = std::max(magnitude(x), magnitude(y));
  if (largest == 0) return 0;
  const int shift = 58 - static_cast<int>(std::bit_width(largest));
  x = shift >= 0 ? x * (std::int64_t{1} << shift) : x >> -shift;
  y = shift >= 0 ? y * (std::int64_t{1} << shift) : y >> -shift;
  std::uint32_t angle = 0;
  if (x < 0) {
    x = -x;
    y = -y;
    angle = std::uint32_t{1} << 31U;
  }
  for (unsigned k = 0; k < iterations; ++k) {
    const std::int64_t x_part = x >> k;
    const std::int64_t y_part = y >> k;
    if (y >= 0) {
      x += y_part;
      y -= x_part;
      angle += small_angles[k];
    } else {
      x -= y_part;
      y += x_part;
      angle -= small_angles[k];
    }
  }
  return angle;
}

}  // namespace lk::metrology
