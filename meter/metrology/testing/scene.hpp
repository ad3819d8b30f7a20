// SPDX-License-Identifier: Apache-2.0
// Whole meters' signals of known figures: phases a third of a turn apart, a neutral current, and a front end
// with known errors.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "meter/metrology/board_calibration.hpp"
#include "meter/metrology/sample_set.hpp"
#include "meter/metrology/testing/synthetic.hpp"

namespace lk::metrology::synthetic {

// What a front end does to one channel.
struct ChannelError {
  long double gain = 1;
  long double lead_degrees = 0;  // of a current's fundamental; harmonic h leads by an h-th of it
  long double delay_s = 0;
  long double offset_counts = 0;
  long double noise_counts = 0;
};

template <std::size_t phase_count>
struct Scene {
  std::array<Signal, phase_count> phase{};  // start_turn of phase p is moved back by p thirds
  std::optional<Signal> neutral;            // only its current
  std::array<ChannelError, 2 * phase_count + 1> error{};
  bool is_reversed = false;  // phases follow the other way round
  long double clock_ppm = 0;
  std::uint32_t seed = 1;
};

template <std::size_t phase_count>
[[nodiscard]] Scene<phase_count> balanced(const Signal& signal) {
  Scene<phase_count> scene;
  scene.phase.fill(signal);
  return scene;
}

// 24 bits: 12 000 counts per volt, 50 000 per ampere, at 8 kHz.
[[nodiscard]] inline BoardCalibration board_24(std::uint8_t phase_count, bool has_neutral = true,
                                               std::uint32_t rate_hz = 8000) {
  return design_calibration(phase_count, has_neutral, rate_hz, 12'000'000'000, 50'000'000'000);
}
// 16 bits: 70 counts per volt, 300 per ampere.
[[nodiscard]] inline BoardCalibration board_16(std::uint8_t phase_count, bool has_neutral = true,
                                               std::uint32_t rate_hz = 8000) {
  BoardCalibration board = design_calibration(phase_count, has_neutral, rate_hz, 70'000'000, 300'000'000);
  board.full_scale_count = 32'767;
  return board;
}

// `start_s`: the time of the first set, to go on where another call ended.
template <std::size_t phase_count>
[[nodiscard]] std::vector<SampleSet<phase_count>> sampled(const Scene<phase_count>& scene,
                                                          const BoardCalibration& board, long double seconds,
                                                          long double start_s = 0) {
  const auto count = static_cast<std::size_t>(seconds * board.rate_hz);
  const long double rate = board.rate_hz * (1 + scene.clock_ppm / 1e6L);
  std::mt19937_64 random{scene.seed};
  std::normal_distribution<double> normal{0, 1};
  const auto counts = [&](long double value, std::int64_t microcounts, const ChannelError& error) {
    const long double exact = value * error.gain * static_cast<long double>(microcounts) / 1e6L +
                              error.offset_counts +
                              (error.noise_counts > 0 ? error.noise_counts * normal(random) : 0);
    const auto full_scale = static_cast<long double>(board.full_scale_count);
    return static_cast<std::int32_t>(std::lround(std::fmin(std::fmax(exact, -full_scale), full_scale)));
  };
  std::vector<SampleSet<phase_count>> sets(count);
  for (std::size_t k = 0; k < count; ++k) {
    const long double t = start_s + static_cast<long double>(k) / rate;
    for (std::size_t p = 0; p < phase_count; ++p) {
      Signal signal = scene.phase[p];
      const long double third = static_cast<long double>(p) / 3;
      signal.start_turn += scene.is_reversed ? third : -third;
      const ChannelError& of_voltage = scene.error[voltage_channel(p)];
      const ChannelError& of_current = scene.error[current_channel(p)];
      sets[k].phase[p].voltage_count =
          counts(signal.voltage(t - of_voltage.delay_s), board.voltage[p].microcounts_per_volt, of_voltage);
      Signal leading = signal;
      leading.lag_degrees -= of_current.lead_degrees;
      for (Harmonic& h : leading.harmonics) h.angle += of_current.lead_degrees / h.order * two_pi / 360;
      sets[k].phase[p].current_count = counts(leading.current(t - of_current.delay_s),
                                              board.current[p].microcounts_per_ampere, of_current);
    }
    if (scene.neutral) {
      sets[k].neutral_count = counts(scene.neutral->current(t), board.neutral.microcounts_per_ampere,
                                     scene.error[2 * phase_count]);
    }
  }
  return sets;
}

}  // namespace lk::metrology::synthetic
