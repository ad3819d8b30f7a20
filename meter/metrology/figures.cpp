// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/figures.hpp"

#include <algorithm>
#include <bit>

#include "assert/assert.hpp"
#include "meter/metrology/sine.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

// sum / weight in 2^-fraction_bits.
std::int64_t mean(std::int64_t sum, std::int64_t weight_q16, unsigned fraction_bits) {
  return divide_rounded(shift_left(Wide::of(sum), 16 + fraction_bits),
                        static_cast<std::uint64_t>(weight_q16));
}

// Σ(x − x0)(y − y0) = Σxy − x0 (Σy − y0 n) − y0 Σx, in whole counts².
std::int64_t centred(std::int64_t sum_xy, std::int64_t sum_x, std::int64_t x0_q16, std::int64_t sum_y,
                     std::int64_t y0_q16, std::int64_t weight_q16) {
  const std::int64_t y_weight_q16 = narrow(shift_right_rounded(multiply(y0_q16, weight_q16), 16));
  const std::int64_t rest_q16 = sum_y * whole_q16 - y_weight_q16;
  const Wide taken_q16 = multiply(y0_q16, sum_x) + shift_right_rounded(multiply(x0_q16, rest_q16), 16);
  return sum_xy - narrow(shift_right_rounded(taken_q16, 16));
}

// A direct current does no work on a voltage without a direct part, so taking the voltage's away is enough;
// in a window that is not whole, taking the current's away too would take real energy.
std::int64_t centred_vi(const WindowSums& sums, const Offset& offset) {
  return centred(sums.terms[sum_vi], sums.terms[sum_v], offset.voltage_q16, sums.terms[sum_i], 0,
                 sums.weight_q16);
}

std::int64_t centred_square(std::int64_t sum_xx, std::int64_t sum_x, std::int64_t x0_q16,
                            std::int64_t weight_q16) {
  return std::max<std::int64_t>(0, centred(sum_xx, sum_x, x0_q16, sum_x, x0_q16, weight_q16));
}

// sqrt(sum / weight) in units of the scale. The mean is shifted up to 62 bits first, so that a small signal
// keeps as many digits as a large one.
std::int64_t root_mean(std::int64_t sum, std::int64_t weight_q16, const Scale& scale) {
  if (sum == 0) return 0;
  const int sum_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(sum)));
  const int weight_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(weight_q16)));
  const int spare_bits = std::clamp(61 - (sum_bits + 16 - weight_bits + 1), 0, 48) & ~1;
  const std::int64_t square = mean(sum, weight_q16, static_cast<unsigned>(spare_bits));
  return scale.apply(square_root(static_cast<std::uint64_t>(square)), spare_bits / 2);
}

// Half the mean product of both fundamentals in quadrature, in 2^-13 count². With v = A cos(θ + a) the sums
// are Σv cos θ = (n/2) A cos a and Σv sin θ = −(n/2) A sin a, so that their cross product is (n/2)² A B sin(a
// − b).
std::int64_t quadrature(const WindowSums& sums) {
  constexpr unsigned phasor_bits = 20;
  const auto phasor = [&sums](SumIndex index) {
    const Wide twice = shift_left(Wide::of(sums.terms[index]), 16 + phasor_bits + 1);
    return divide_rounded(twice, static_cast<std::uint64_t>(sums.weight_q16 * sine_amplitude));
  };
  const Wide cross =
      multiply(phasor(sum_v_cosine), phasor(sum_i_sine)) - multiply(phasor(sum_v_sine), phasor(sum_i_cosine));
  return narrow(shift_right_rounded(cross, 2 * phasor_bits - 12));
}

// A reference that slips by x turns over the window weakens both fundamentals by sin(πx)/(πx). Their product
// gets back what it lost, 1 + (πx)²/3 to the second order; beyond half a turn it was no reference at all.
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

// A calibration that is out of range is a bug of the body: it checks with is_valid what it was given.
std::uint64_t per_volt(const Calibration& calibration) {
  ensure(is_valid(calibration));
  return static_cast<std::uint64_t>(calibration.voltage_microcounts_per_volt);
}
std::uint64_t per_ampere(const Calibration& calibration) {
  ensure(is_valid(calibration));
  return static_cast<std::uint64_t>(calibration.current_microcounts_per_ampere);
}

}  // namespace

Offset mean_of(const WindowSums& sums) {
  return {mean(sums.terms[sum_v], sums.weight_q16, 16), mean(sums.terms[sum_i], sums.weight_q16, 16)};
}

Figures::Figures(const Calibration& calibration)
    : voltage_(Scale::of(1'000'000'000).over(per_volt(calibration))),
      current_(Scale::of(1'000'000'000'000).over(per_ampere(calibration))),
      power_(Scale::of(1'000'000'000'000'000).over(per_volt(calibration)).over(per_ampere(calibration))),
      energy_(power_.over(calibration.rate_hz)) {}

Measurement Figures::measure(const WindowSums& sums, const Offset& offset, std::int64_t slip_q16) const {
  const std::int64_t weight = sums.weight_q16;
  const std::int64_t square_v =
      centred_square(sums.terms[sum_vv], sums.terms[sum_v], offset.voltage_q16, weight);
  const std::int64_t square_i =
      centred_square(sums.terms[sum_ii], sums.terms[sum_i], offset.current_q16, weight);
  Measurement out;
  out.voltage = quantity::Voltage::of(root_mean(square_v, weight, voltage_));
  out.current = quantity::Current::of(root_mean(square_i, weight, current_));
  out.active = quantity::Power::of(power_.apply(mean(centred_vi(sums, offset), weight, 12), 12));
  out.reactive = quantity::Power::of(power_.apply(against_slip(quadrature(sums), slip_q16), 13));
  out.apparent =
      quantity::Power::of(divide_rounded(multiply(out.voltage.count(), out.current.count()), 1'000'000));
  out.power_factor_e4 = power_factor(out.active.count(), out.apparent.count());
  out.window_samples = static_cast<std::uint32_t>((weight + whole_q16 / 2) / whole_q16);
  return out;
}

Wide Figures::energy(const WindowSums& sums, const Offset& offset) const {
  return energy_.apply_wide(centred_vi(sums, offset), -64);
}

}  // namespace lk::metrology
