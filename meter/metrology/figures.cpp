// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/figures.hpp"

#include "assert/assert.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

// Half the mean product of both fundamentals in quadrature, in 2^-13 count²: (n/2)² A B sin(a − b).
std::int64_t quadrature(const WindowSums& sums) {
  const auto phasor = [&sums](SumIndex index) { return phasor_part(sums.terms[index], sums.weight_q16); };
  const Wide cross =
      multiply(phasor(sum_v_cosine), phasor(sum_i_sine)) - multiply(phasor(sum_v_sine), phasor(sum_i_cosine));
  return narrow(shift_right_rounded(cross, 2 * phasor_bits - 12));
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
  out.active = quantity::Power::of(power_.apply(mean(centred_vi(sums, offset.voltage_q16), weight, 12), 12));
  out.reactive = quantity::Power::of(power_.apply(against_slip(quadrature(sums), slip_q16), 13));
  out.apparent =
      quantity::Power::of(divide_rounded(multiply(out.voltage.count(), out.current.count()), 1'000'000));
  out.power_factor_e4 = power_factor(out.active.count(), out.apparent.count());
  out.window_samples = static_cast<std::uint32_t>((weight + whole_q16 / 2) / whole_q16);
  return out;
}

Wide Figures::energy(const WindowSums& sums, const Offset& offset) const {
  return energy_.apply_wide(centred_vi(sums, offset.voltage_q16), -64);
}

}  // namespace lk::metrology
