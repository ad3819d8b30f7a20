// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/load.hpp"

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

namespace lk::sim {
namespace {

constexpr long double pi = std::numbers::pi_v<long double>;
constexpr long double root_2 = std::numbers::sqrt2_v<long double>;
constexpr int order_most = 39;  // of a wave with edges: what passes any anti-alias filter at 4 kHz

// One line of a shape: sin(2π · ratio · turns + angle) has the phasor share · e^(i(angle − 90°)).
struct Part {
  long double ratio;
  Phasor phasor;  // relative to a sine of peak 1, whose phasor is −i
};

using Shapes = std::vector<Part>;

// The spectrum of `wave`, a function of turns with a period of `cycles` turns.
Shapes spectrum(const std::function<long double(long double)>& wave, int cycles) {
  constexpr int point_count = 1 << 12;
  std::vector<long double> values(point_count);
  for (int k = 0; k < point_count; ++k) {
    values[static_cast<std::size_t>(k)] = wave((k + 0.5L) * cycles / point_count);
  }
  Shapes parts;
  for (int index = 0; index <= order_most * cycles; ++index) {
    Phasor sum = 0;
    for (int k = 0; k < point_count; ++k) {
      const auto at = static_cast<long double>(((2LL * k + 1) * index) % (2LL * point_count));
      sum += values[static_cast<std::size_t>(k)] * std::polar(1.0L, -pi * at / point_count);
    }
    sum /= index == 0 ? point_count : point_count / 2;
    if (std::abs(sum) < 1e-9L) continue;
    parts.push_back({static_cast<long double>(index) / cycles, sum});
  }
  return parts;
}

Part sine_part(long double order, long double share, long double degrees = 0) {
  return {order, share * std::polar(1.0L, (degrees - 90) * pi / 180)};
}

Shapes scaled_to_rms_one(Shapes parts) {
  long double square = 0;
  for (const Part& part : parts) square += std::norm(part.phasor) / (part.ratio == 0 ? 1 : 2);
  for (Part& part : parts) part.phasor /= std::sqrt(square) * root_2;
  return parts;
}

const Shapes& peaked(bool voltage) {
  static const Shapes voltage_parts = {
      sine_part(1, 1),         sine_part(3, 0.05L, 20),  sine_part(5, 0.06L, 150),
      sine_part(7, 0.05L, 60), sine_part(9, 0.015L, 10), sine_part(11, 0.035L, 90),
      sine_part(13, 0.03L, 0), sine_part(2, 0.02L, 40),  sine_part(21, 0.005L, 5)};
  static const Shapes current_parts = {
      sine_part(1, 1),          sine_part(3, 0.6L, 190),  sine_part(5, 0.4L, 20),   sine_part(7, 0.25L, 200),
      sine_part(9, 0.15L, 10),  sine_part(11, 0.1L, 190), sine_part(13, 0.08L, 20), sine_part(15, 0.05L, 200),
      sine_part(17, 0.04L, 40), sine_part(19, 0.03L, 10), sine_part(21, 0.02L, 70), sine_part(2, 0.03L, 0),
      sine_part(4, 0.02L, 180)};
  return voltage ? voltage_parts : current_parts;
}

const Shapes& parts_of(Shape shape, bool voltage) {
  static const Shapes sine = {sine_part(1, 1)};
  static const Shapes fifth_voltage = {sine_part(1, 1), sine_part(5, 0.1L)};
  static const Shapes fifth_current = {sine_part(1, 1), sine_part(5, 0.4L)};
  static const Shapes fired = scaled_to_rms_one(spectrum(
      [](long double turns) {
        const long double half_turns = 2 * turns;
        return half_turns - std::floor(half_turns) < 0.5L ? 0 : std::sin(2 * pi * turns);
      },
      1));
  static const Shapes burst = scaled_to_rms_one(
      spectrum([](long double turns) { return turns < 2 ? std::sin(2 * pi * turns) : 0; }, 4));
  static const Shapes half =
      spectrum([](long double turns) { return turns < 0.5L ? std::sin(2 * pi * turns) : 0; }, 1);
  switch (shape) {
    case Shape::sine:
      return sine;
    case Shape::fifth_harmonic:
      return voltage ? fifth_voltage : fifth_current;
    case Shape::phase_fired:
      return voltage ? sine : fired;
    case Shape::burst:
      return voltage ? sine : burst;
    case Shape::half_wave:
      return voltage ? sine : half;
    case Shape::peaked:
      return peaked(voltage);
  }
  return sine;
}

void add(Waveform& waveform, std::size_t channel, const Shapes& parts, long double peak, long double turns) {
  if (peak == 0) return;
  for (const Part& part : parts) {
    waveform.line_at(part.ratio).peak[channel] +=
        peak * part.phasor * std::polar(1.0L, 2 * pi * part.ratio * turns);
  }
}

}  // namespace

Load balanced(unsigned phase_count, long double volts, long double amperes, long double lag_degrees) {
  Load load;
  load.phase_count = phase_count;
  for (PhaseLoad& phase : load.phases) phase = {volts, amperes, lag_degrees};
  return load;
}

Waveform waveform_of(const Load& load) {
  Waveform waveform{load.frequency_hz, {}};
  for (std::size_t phase = 0; phase < load.phase_count; ++phase) {
    const long double third = (load.is_reversed_sequence ? 1 : -1) * static_cast<long double>(phase) / 3;
    const PhaseLoad& at = load.phases[phase];
    const long double turns = load.start_turns + third;
    add(waveform, voltage_channel(phase), parts_of(load.shape, true), at.volts * root_2, turns);
    add(waveform, current_channel(phase), parts_of(load.shape, false), at.amperes * root_2,
        turns - at.lag_degrees / 360);
  }
  for (Line& line : waveform.lines) {
    for (std::size_t phase = 0; phase < load.phase_count; ++phase) {
      line.peak[neutral_channel] += line.peak[current_channel(phase)];
    }
  }
  return waveform;
}

}  // namespace lk::sim
