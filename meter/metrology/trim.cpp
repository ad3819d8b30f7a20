// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/trim.hpp"

#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

constexpr std::int64_t one_q40 = std::int64_t{1} << 40U;

std::int64_t between(std::int64_t from, std::int64_t to, std::int64_t part, std::int64_t whole) {
  return from + (to - from) * part / whole;
}

}  // namespace

TrimQ40 trim_against(std::int64_t error_ppb) {
  if (error_ppb == 0) return 0;
  constexpr std::int64_t q40_per_giga = 1'099'511'628;  // 2^40 / 1 000
  const std::int64_t error = error_ppb * q40_per_giga / 1'000'000;
  const Wide inverse = divide(shift_left(Wide::of(1), 80), static_cast<std::uint64_t>(one_q40 + error));
  return narrow(inverse) - one_q40;
}

TrimQ40 both(TrimQ40 a, TrimQ40 b) {
  return trimmed(b, a) + a;
}

std::int64_t trimmed(std::int64_t value, TrimQ40 trim) {
  if (trim == 0) return value;
  return value + narrow(shift_right_rounded(multiply(value, trim), 40));
}

std::int64_t drift_ppb(const Drift& drift, std::int32_t difference_millikelvin) {
  const std::int64_t difference = difference_millikelvin;
  return drift.first_ppb_per_kelvin * difference / 1000 +
         drift.second_ppb_per_kelvin2 * difference / 1000 * difference / 1000;
}

SensorError sensor_error_at(const CurrentCalibration& calibration, std::int64_t microamperes) {
  if (calibration.curve_count == 0) return {};
  const auto error_of = [](const CurvePoint& point) {
    return SensorError{std::int64_t{point.gain_ppm} * 1000, point.lead_microdegrees};
  };
  const auto place_of = [](const CurvePoint& point) { return std::int64_t{point.milliamperes} * 1000; };
  const auto& curve = calibration.curve;
  if (microamperes <= place_of(curve[0])) return error_of(curve[0]);
  for (std::size_t index = 1; index < calibration.curve_count; ++index) {
    if (microamperes > place_of(curve[index])) continue;
    const SensorError from = error_of(curve[index - 1]);
    const SensorError to = error_of(curve[index]);
    const std::int64_t part = (microamperes - place_of(curve[index - 1])) / 1000;
    const std::int64_t whole = curve[index].milliamperes - std::int64_t{curve[index - 1].milliamperes};
    return {between(from.gain_ppb, to.gain_ppb, part, whole),
            between(from.lead_microdegrees, to.lead_microdegrees, part, whole)};
  }
  return error_of(curve[calibration.curve_count - 1U]);
}

}  // namespace lk::metrology
