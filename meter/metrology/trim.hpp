// SPDX-License-Identifier: Apache-2.0
// Small corrections of gain, as what is to be added to 1, in 2^-40.
#pragma once

#include <cstdint>

#include "meter/metrology/board_calibration.hpp"

namespace lk::metrology {

using TrimQ40 = std::int64_t;

// The trim that undoes a channel's error: 1 / (1 + error) − 1, for an error in 10^-9 of less than a half.
[[nodiscard]] TrimQ40 trim_against(std::int64_t error_ppb);
// One after the other: (1 + a)(1 + b) − 1.
[[nodiscard]] TrimQ40 both(TrimQ40 a, TrimQ40 b);
// value · (1 + trim), rounded to the nearest.
[[nodiscard]] std::int64_t trimmed(std::int64_t value, TrimQ40 trim);

// The error of gain that a temperature brings, in 10^-9.
[[nodiscard]] std::int64_t drift_ppb(const Drift& drift, std::int32_t difference_millikelvin);

// A sensor's errors at a current, by its curve.
struct SensorError {
  std::int64_t gain_ppb = 0;
  std::int64_t lead_microdegrees = 0;
};
[[nodiscard]] SensorError sensor_error_at(const CurrentCalibration& calibration, std::int64_t microamperes);

}  // namespace lk::metrology
