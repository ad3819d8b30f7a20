// SPDX-License-Identifier: Apache-2.0
// What the factory found out about one board: gain, phase, offset, noise floor and temperature curve of every
// channel, and its clock. The bytes in which it is stored and sealed: calibration_codec.hpp,
// docs/formats/calibration.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "meter/metrology/sample_set.hpp"

namespace lk::metrology {

// The gain against temperature: 1 + first·ΔT + second·ΔT², ΔT from the calibration's reference temperature.
struct Drift {
  std::int32_t first_ppb_per_kelvin = 0;    // up to ±1 000 000
  std::int32_t second_ppb_per_kelvin2 = 0;  // up to ±2 000
};

struct VoltageCalibration {
  // Counts for one volt at the meter's terminals, in millionths; full scale is then 50 to 10 000 V.
  std::int64_t microcounts_per_volt = 0;
  std::int32_t offset_q8 = 0;  // counts that the channel shows for 0 V, in 1/256
  std::uint32_t noise_q8 = 0;  // RMS of the channel's own noise in counts, in 1/256
  Drift drift;
};

// At this current the sensor's error is this; between points a straight line, beyond the ends the end's
// value.
struct CurvePoint {
  std::uint32_t milliamperes = 0;      // rising from point to point, at the terminals
  std::int32_t gain_ppm = 0;           // how much more counts than microcounts_per_ampere says; ±50 000
  std::int32_t lead_microdegrees = 0;  // how far the counts lead the current, at the nominal frequency; ±10°
};
inline constexpr std::size_t curve_points = 4;

struct CurrentCalibration {
  // Counts for one ampere at the meter's terminals, in millionths; full scale is then 0.5 to 20 000 A.
  std::int64_t microcounts_per_ampere = 0;
  std::int32_t offset_q8 = 0;
  std::uint32_t noise_q8 = 0;
  Drift drift;
  // Time by which the counts of this channel come later than those of its phase's voltage (filters, a
  // multiplexed converter), in nanoseconds, ±200 000. Its angle grows with frequency and harmonic, where the
  // curve's lead is that of a transformer and falls with both.
  std::int32_t delay_ns = 0;
  std::int32_t lead_microdegrees_per_kelvin = 0;  // ±100 000
  std::uint8_t curve_count = 0;                   // points used, 0 to 4
  std::array<CurvePoint, curve_points> curve{};
  // Where the sensor sees direct current (a shunt) and its offset is calibrated, the direct part belongs to
  // the RMS; otherwise each window's mean is taken away as offset (a current transformer).
  bool sees_direct_current = false;
};

struct BoardCalibration {
  std::uint8_t phase_count = 1;  // 1 or 3
  bool has_neutral = false;
  std::uint32_t rate_hz = 8000;  // sample sets a second, 4 000 to 16 000
  std::int32_t clock_ppb = 0;    // how much faster the converter's clock runs than rate_hz says; ±1 000 000
  std::int32_t full_scale_count = 8'388'607;  // a count of this size or more is clipped; 1 000 to 8 388 607
  std::int32_t reference_millidegrees = 25'000;  // Celsius, of the temperature curves; −40 000 to 85 000
  std::array<VoltageCalibration, max_phases> voltage{};
  std::array<CurrentCalibration, max_phases> current{};
  CurrentCalibration neutral;
};

enum class CalibrationError : std::uint8_t {
  rate,         // the rate, the clock or the full scale is out of range
  phase_count,  // neither 1 nor 3
  gain,         // a gain is absurd: full scale would be no voltage or current of a meter
  offset,       // an offset is more than a quarter of full scale
  noise,        // a noise floor is more than a hundredth of full scale
  phase,        // a phase or delay is out of range
  drift,        // a temperature coefficient is out of range
  curve,        // too many points, or currents that do not rise
  format,       // codec: not the size or version of a calibration
  seal,         // codec: the check over the bytes is wrong
};

// What is wrong with a calibration from outside; one that passes cannot bring metrology out of range.
[[nodiscard]] std::expected<void, CalibrationError> check(const BoardCalibration& calibration);

// A board as its design says, without what a factory finds: the same gain in all channels.
[[nodiscard]] BoardCalibration design_calibration(std::uint8_t phase_count, bool has_neutral,
                                                  std::uint32_t rate_hz, std::int64_t microcounts_per_volt,
                                                  std::int64_t microcounts_per_ampere);

}  // namespace lk::metrology
