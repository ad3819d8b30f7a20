// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/element.hpp"

#include <algorithm>
#include <bit>

#include "meter/metrology/rotation.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

// What a channel's own noise adds to Σx².
std::int64_t noise_square(std::uint32_t noise_q8, std::int64_t weight_q16) {
  const Wide square_q32 = multiply(std::int64_t{noise_q8} * noise_q8, weight_q16);
  return narrow(shift_right_rounded(square_q32, 32));
}

std::int64_t without_noise(std::int64_t square, std::uint32_t noise_q8, std::int64_t weight_q16) {
  return std::max<std::int64_t>(0, square - noise_square(noise_q8, weight_q16));
}

// Half the mean product of two fundamentals in phase and in quadrature, in 2^-13 count².
struct Product {
  std::int64_t active_q13;
  std::int64_t reactive_q13;
};
Product product_of(const FundamentalPhasor& v, const FundamentalPhasor& i) {
  const auto in_q13 = [](Wide product) { return narrow(shift_right_rounded(product, 2 * phasor_bits - 12)); };
  return {in_q13(multiply(v.real, i.real) + multiply(v.imaginary, i.imaginary)),
          in_q13(multiply(v.imaginary, i.real) - multiply(v.real, i.imaginary))};
}

// The product as it is when the current is turned back by what its counts lead.
Product turned(const Product& product, const Rotation& lead) {
  const auto in_q13 = [](Wide value) { return narrow(shift_right_rounded(value, 30)); };
  return {
      in_q13(multiply(product.active_q13, lead.cosine_q30) - multiply(product.reactive_q13, lead.sine_q30)),
      in_q13(multiply(product.reactive_q13, lead.cosine_q30) + multiply(product.active_q13, lead.sine_q30))};
}

// Mean product of two harmonics given as peak phasors in 1/64 count, in 2^-13 count².
std::int64_t mean_product_q13(const Phasor& v, const Phasor& i) {
  return std::int64_t{v.real} * i.real + std::int64_t{v.imaginary} * i.imaginary;
}

Scale scaled(Scale scale, const Ratio& ratio) {
  return scale.times(ratio.primary).over(ratio.secondary);
}

constexpr std::uint64_t giga = 1'000'000'000;

}  // namespace

Root rms_of(const FundamentalPhasor& phasor, std::int64_t slip_q16) {
  const std::uint64_t largest = std::max(magnitude(phasor.real), magnitude(phasor.imaginary));
  if (largest == 0) return {};
  const int shift = static_cast<int>(std::bit_width(largest)) - 30;
  const auto normal = [shift](std::int64_t part) {
    return shift >= 0 ? part >> shift : part * (std::int64_t{1} << -shift);
  };
  const std::int64_t real = normal(phasor.real);
  const std::int64_t imaginary = normal(phasor.imaginary);
  const std::int64_t square = against_slip((real * real + imaginary * imaginary) / 2, slip_q16);
  return {square_root(static_cast<std::uint64_t>(square)), static_cast<int>(phasor_bits) - shift};
}

Pair pair_of(const WindowSums& sums, const Offset& offset) {
  const auto part = [&sums](SumIndex index) { return phasor_part(sums.terms[index], sums.weight_q16); };
  return {centred_square(sums.terms[sum_vv], sums.terms[sum_v], offset.voltage_q16, sums.weight_q16),
          centred_square(sums.terms[sum_ii], sums.terms[sum_i], offset.current_q16, sums.weight_q16),
          centred_vi(sums, offset.voltage_q16),
          {part(sum_v_cosine), -part(sum_v_sine)},
          {part(sum_i_cosine), -part(sum_i_sine)},
          sums.weight_q16};
}

Element::Element(const BoardCalibration& board, const VoltageCalibration& voltage,
                 const CurrentCalibration& current, const MeteringSettings& settings)
    : voltage_(scaled(Scale::of(giga).over(static_cast<std::uint64_t>(voltage.microcounts_per_volt)),
                      settings.voltage_ratio)),
      current_(Scale::of(giga * 1000).over(static_cast<std::uint64_t>(current.microcounts_per_ampere))),
      primary_current_(scaled(current_, settings.current_ratio)),
      power_(scaled(scaled(Scale::of(giga * 1'000'000)
                               .over(static_cast<std::uint64_t>(voltage.microcounts_per_volt))
                               .over(static_cast<std::uint64_t>(current.microcounts_per_ampere)),
                           settings.voltage_ratio),
                    settings.current_ratio)),
      energy_(power_.times(giga)
                  .over(board.rate_hz)
                  .over(static_cast<std::uint64_t>(static_cast<std::int64_t>(giga) + board.clock_ppb))),
      rate_millihertz_(std::uint64_t{board.rate_hz} *
                       static_cast<std::uint64_t>(static_cast<std::int64_t>(giga) + board.clock_ppb) /
                       1'000'000),
      nominal_frequency_hz_(settings.nominal_frequency_hz) {}

std::int64_t Element::terminal_current(const Pair& pair, const CurrentCalibration& current) const {
  const std::int64_t square = without_noise(pair.current_square, current.noise_q8, pair.weight_q16);
  return root_mean(square, pair.weight_q16, current_);
}

Correction Element::correction(const Pair& pair, const VoltageCalibration& voltage,
                               const CurrentCalibration& current, const Conditions& conditions) const {
  const std::int32_t difference = conditions.temperature_difference_millikelvin;
  const SensorError sensor = sensor_error_at(current, terminal_current(pair, current));
  Correction out;
  out.voltage = trim_against(drift_ppb(voltage.drift, difference));
  out.current = trim_against(drift_ppb(current.drift, difference) + sensor.gain_ppb);
  if (!conditions.has_mains) return out;
  const std::int64_t nominal_mhz = std::int64_t{nominal_frequency_hz_} * 1000;
  const std::int64_t mhz = conditions.frequency.count() != 0 ? conditions.frequency.count() : nominal_mhz;
  const std::int64_t lead_microdegrees =
      sensor.lead_microdegrees + std::int64_t{current.lead_microdegrees_per_kelvin} * difference / 1000;
  constexpr std::int64_t turn = std::int64_t{1} << 32U;
  out.phase.lead = lead_microdegrees * turn / 360'000'000 * nominal_mhz / mhz;
  out.phase.delay = std::int64_t{current.delay_ns} * mhz / 1000 * turn / static_cast<std::int64_t>(giga);
  return out;
}

ElementResult Element::measure(const Pair& pair, const VoltageCalibration& voltage,
                               const CurrentCalibration& current, const Conditions& conditions,
                               const Correction& correction, const HarmonicChange& harmonics) const {
  const std::int64_t weight = pair.weight_q16;
  const TrimQ40 power_trim = both(correction.voltage, correction.current);
  const Rotation lead = rotation_of(correction.phase.at(1));
  const Product raw = product_of(pair.voltage, pair.current);
  const Product slipped = {against_slip(raw.active_q13, conditions.slip_q16),
                           against_slip(raw.reactive_q13, conditions.slip_q16)};
  const Product right = turned(slipped, lead);
  const std::int64_t change_q13 = right.active_q13 - slipped.active_q13 + harmonics.product_q13;
  const auto over_window = [weight](std::int64_t mean_q13) {
    return narrow(shift_right_rounded(multiply(mean_q13, weight), 29));
  };
  const std::int64_t product = trimmed(pair.product + over_window(change_q13), power_trim);
  const std::int64_t reactive_q13 = trimmed(right.reactive_q13, power_trim);

  ElementResult out;
  out.voltage = quantity::Voltage::of(
      trimmed(root_mean(without_noise(pair.voltage_square, voltage.noise_q8, weight), weight, voltage_),
              correction.voltage));
  const std::int64_t current_square =
      without_noise(pair.current_square + over_window(harmonics.square_q13), current.noise_q8, weight);
  out.current =
      quantity::Current::of(trimmed(root_mean(current_square, weight, primary_current_), correction.current));
  out.terminal_current =
      quantity::Current::of(trimmed(root_mean(current_square, weight, current_), correction.current));
  out.active = quantity::Power::of(power_.apply(mean(product, weight, 12), 12));
  out.reactive = quantity::Power::of(power_.apply(reactive_q13, 13));
  out.fundamental_active = quantity::Power::of(power_.apply(trimmed(right.active_q13, power_trim), 13));
  out.apparent =
      quantity::Power::of(divide_rounded(multiply(out.voltage.count(), out.current.count()), 1'000'000));
  const Root first_voltage = rms_of(pair.voltage, conditions.slip_q16);
  const Root first_current = rms_of(pair.current, conditions.slip_q16);
  out.fundamental_voltage =
      quantity::Voltage::of(voltage_of(first_voltage.value, first_voltage.fraction_bits, correction.voltage));
  out.fundamental_current =
      quantity::Current::of(current_of(first_current.value, first_current.fraction_bits, correction.current));
  out.voltage_angle = angle_of(pair.voltage.real, pair.voltage.imaginary);
  out.lag_angle =
      out.voltage_angle - angle_of(pair.current.real, pair.current.imaginary) + correction.phase.at(1);
  out.active_energy = energy_.apply_wide(product, -64);
  out.reactive_energy = energy_.apply_wide(over_window(reactive_q13), -64);
  // In two steps, to 2^-40 mJ, because one of them alone has not the room.
  const Wide apparent_samples = multiply(out.apparent.count() * 1000, weight);
  out.apparent_energy = shift_left(divide(shift_left(apparent_samples, 24), rate_millihertz_), 24);
  return out;
}

std::int64_t Element::voltage_of(std::int64_t count, int fraction_bits, TrimQ40 trim) const {
  return trimmed(voltage_.apply(count, fraction_bits), trim);
}

std::int64_t Element::current_of(std::int64_t count, int fraction_bits, TrimQ40 trim) const {
  return trimmed(primary_current_.apply(count, fraction_bits), trim);
}

HarmonicChange turn_harmonics(const Spectrum& voltage, Spectrum& current, const PhaseError& phase) {
  if (phase.lead == 0 && phase.delay == 0) return {};
  // What leads by a/h at harmonic h is a high-pass, a transformer, and passes the harmonic cos(a/h) / cos(a),
  // about 1 + a²/2 · (1 − 1/h²), times better than the fundamental, to which its gain is calibrated.
  constexpr std::int64_t half_square_of_a_turn_q12 = 80'852;  // (2π)² / 2
  const std::int64_t half_square_q30 = ((phase.lead * phase.lead) >> 22U) * half_square_of_a_turn_q12 >> 24U;
  Wide product;
  Wide square;
  for (std::uint32_t order = 1; order <= highest_harmonic; ++order) {
    const Rotation lead = rotation_of(phase.at(order));
    const std::int64_t excess_q30 = half_square_q30 - half_square_q30 / (std::int64_t{order} * order);
    const Phasor before = current[order];
    const auto part = [excess_q30](std::int64_t sum_q30) {
      const std::int64_t turned = sum_q30 >> 30U;
      return static_cast<std::int32_t>(turned - ((turned * excess_q30) >> 30U));
    };
    current[order] = {part(before.real * lead.cosine_q30 + before.imaginary * lead.sine_q30),
                      part(before.imaginary * lead.cosine_q30 - before.real * lead.sine_q30)};
    if (order == 1) continue;
    product = product + Wide::of(mean_product_q13(voltage[order], current[order])) -
              Wide::of(mean_product_q13(voltage[order], before));
    square = square + Wide::of(mean_product_q13(current[order], current[order])) -
             Wide::of(mean_product_q13(before, before));
  }
  return {narrow(product), narrow(square)};
}

}  // namespace lk::metrology
