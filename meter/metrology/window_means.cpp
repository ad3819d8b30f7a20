// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/window_means.hpp"

#include <algorithm>
#include <bit>

#include "meter/metrology/sine.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

// Σ(x − x0)(y − y0) = Σxy − x0 (Σy − y0 n) − y0 Σx, in whole counts².
std::int64_t centred(std::int64_t sum_xy, std::int64_t sum_x, std::int64_t x0_q16, std::int64_t sum_y,
                     std::int64_t y0_q16, std::int64_t weight_q16) {
  const std::int64_t y_weight_q16 = narrow(shift_right_rounded(multiply(y0_q16, weight_q16), 16));
  const std::int64_t rest_q16 = sum_y * whole_q16 - y_weight_q16;
  const Wide taken_q16 = multiply(y0_q16, sum_x) + shift_right_rounded(multiply(x0_q16, rest_q16), 16);
  return sum_xy - narrow(shift_right_rounded(taken_q16, 16));
}

}  // namespace

Offset mean_of(const WindowSums& sums) {
  return {mean(sums.terms[sum_v], sums.weight_q16, 16), mean(sums.terms[sum_i], sums.weight_q16, 16)};
}

std::int64_t mean(std::int64_t sum, std::int64_t weight_q16, unsigned fraction_bits) {
  return divide_rounded(shift_left(Wide::of(sum), 16 + fraction_bits),
                        static_cast<std::uint64_t>(weight_q16));
}

std::int64_t centred_vi(const WindowSums& sums, std::int64_t voltage_q16) {
  return centred(sums.terms[sum_vi], sums.terms[sum_v], voltage_q16, sums.terms[sum_i], 0, sums.weight_q16);
}

std::int64_t centred_square(std::int64_t sum_xx, std::int64_t sum_x, std::int64_t x0_q16,
                            std::int64_t weight_q16) {
  return std::max<std::int64_t>(0, centred(sum_xx, sum_x, x0_q16, sum_x, x0_q16, weight_q16));
}

std::int64_t root_mean(std::int64_t sum, std::int64_t weight_q16, const Scale& scale) {
  if (sum == 0) return 0;
  const int sum_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(sum)));
  const int weight_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(weight_q16)));
  const int spare_bits = std::clamp(61 - (sum_bits + 16 - weight_bits + 1), 0, 48) & ~1;
  const std::int64_t square = mean(sum, weight_q16, static_cast<unsigned>(spare_bits));
  return scale.apply(square_root(static_cast<std::uint64_t>(square)), spare_bits / 2);
}

std::int64_t phasor_part(std::int64_t sum, std::int64_t weight_q16) {
  const Wide twice = shift_left(Wide::of(sum), 16 + phasor_bits + 1);
  return divide_rounded(twice, static_cast<std::uint64_t>(weight_q16 * sine_amplitude));
}

std::int64_t against_slip(std::int64_t product, std::int64_t slip_q16) {
  constexpr std::int64_t third_of_pi_squared_q16 = 215'608;
  if (magnitude(slip_q16) > whole_q16 / 2) return product;
  const std::int64_t gain_q16 = slip_q16 * slip_q16 / whole_q16 * third_of_pi_squared_q16 / whole_q16;
  return product + narrow(shift_right_rounded(multiply(product, gain_q16), 16));
}

std::int32_t power_factor(std::int64_t active, std::int64_t apparent) {
  if (apparent == 0) return 0;
  const std::int64_t ratio =
      divide_rounded(multiply(active, std::int64_t{10'000}), static_cast<std::uint64_t>(apparent));
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(ratio, -10'000, 10'000));
}

}  // namespace lk::metrology
