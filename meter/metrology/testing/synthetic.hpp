// SPDX-License-Identifier: Apache-2.0
// Signals of known figures for the tests of metrology, computed in long double: the reference is the formula
// of the signal, never another measurement.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "meter/metrology/sample.hpp"

namespace lk::metrology::synthetic {

inline constexpr long double two_pi = 2 * std::numbers::pi_v<long double>;

struct Harmonic {
  int order;
  long double voltage_share;  // of the fundamental
  long double current_share;
  long double angle;  // of the current against the voltage, rad, leading positive
};

struct Signal {
  long double volts = 230;  // RMS of the fundamental
  long double amperes = 10;
  long double lag_degrees = 0;  // of the current's fundamental
  long double frequency_hz = 50;
  std::vector<Harmonic> harmonics;
  long double voltage_dc = 0;
  long double current_dc = 0;
  int cycles_on = 1;  // burst: cycles with current, then cycles without
  int cycles_off = 0;
  long double start_turn = 0.37L;

  [[nodiscard]] long double voltage(long double t) const {
    const long double angle = two_pi * (frequency_hz * t + start_turn);
    long double sum = std::sin(angle);
    for (const Harmonic& h : harmonics) sum += h.voltage_share * std::sin(h.order * angle);
    return volts * std::numbers::sqrt2_v<long double> * sum + voltage_dc;
  }
  [[nodiscard]] long double current(long double t) const {
    const long double turns = frequency_hz * t + start_turn;
    const auto cycle = static_cast<long long>(std::floor(turns));
    if (cycle % (cycles_on + cycles_off) >= cycles_on) return current_dc;
    const long double angle = two_pi * turns;
    long double sum = std::sin(angle - lag_degrees * two_pi / 360);
    for (const Harmonic& h : harmonics) sum += h.current_share * std::sin(h.order * angle + h.angle);
    return amperes * std::numbers::sqrt2_v<long double> * sum + current_dc;
  }

  [[nodiscard]] long double duty() const {
    return static_cast<long double>(cycles_on) / (cycles_on + cycles_off);
  }
  [[nodiscard]] long double voltage_rms() const {
    long double square = 1;
    for (const Harmonic& h : harmonics) square += h.voltage_share * h.voltage_share;
    return volts * std::sqrt(square);
  }
  [[nodiscard]] long double current_rms() const {
    long double square = 1;
    for (const Harmonic& h : harmonics) square += h.current_share * h.current_share;
    return amperes * std::sqrt(square * duty());
  }
  [[nodiscard]] long double active() const {
    long double sum = std::cos(lag_degrees * two_pi / 360);
    for (const Harmonic& h : harmonics) sum += h.voltage_share * h.current_share * std::cos(h.angle);
    return volts * amperes * sum * duty();
  }
  [[nodiscard]] long double reactive() const {
    return volts * amperes * std::sin(lag_degrees * two_pi / 360) * duty();
  }
};

// 16-bit converter with a little head room: 70 counts per volt, 300 per ampere (to 77 A RMS).
inline constexpr Calibration calibration_16{6400, 70'000'000, 300'000'000, {}};
// 24-bit converter: 12 000 counts per volt, 50 000 per ampere.
inline constexpr Calibration calibration_24{6400, 12'000'000'000, 50'000'000'000, {}};

// `clock_ppm`: how much faster the converter's clock runs than it says.
[[nodiscard]] inline std::vector<Sample> sampled(const Signal& signal, const Calibration& calibration,
                                                 long double seconds, long double clock_ppm = 0) {
  const auto count = static_cast<std::size_t>(seconds * calibration.rate_hz);
  const long double rate = calibration.rate_hz * (1 + clock_ppm / 1e6L);
  std::vector<Sample> samples;
  samples.reserve(count);
  for (std::size_t k = 0; k < count; ++k) {
    const long double t = static_cast<long double>(k) / rate;
    const auto counts = [](long double value, std::int64_t microcounts) {
      return static_cast<std::int32_t>(std::lround(value * static_cast<long double>(microcounts) / 1e6L));
    };
    samples.push_back({counts(signal.voltage(t), calibration.voltage_microcounts_per_volt),
                       counts(signal.current(t), calibration.current_microcounts_per_ampere)});
  }
  return samples;
}

}  // namespace lk::metrology::synthetic
