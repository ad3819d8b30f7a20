// SPDX-License-Identifier: Apache-2.0
// The formulas are held against plain sums over fine samples of the same lines, and against the textbook.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "sim/reference/exact.hpp"
#include "sim/reference/load.hpp"

namespace lk::sim {
namespace {

constexpr long double pi = std::numbers::pi_v<long double>;

long double value_at(const Waveform& waveform, std::size_t channel, long double t) {
  long double sum = 0;
  for (const Line& line : waveform.lines) {
    const long double angle = 2 * pi * line.ratio * waveform.frequency_hz * t;
    sum +=
        line.ratio == 0 ? line.peak[channel].real() : (line.peak[channel] * std::polar(1.0L, angle)).real();
  }
  return sum;
}

Load shaped(Shape shape, long double amperes, long double lag_degrees = 0) {
  Load load = balanced(1, 230, amperes, lag_degrees);
  load.shape = shape;
  load.start_turns = 0.123L;
  return load;
}

TEST(Reference, PowerIsTheTextbooks) {
  struct {
    const char* name;
    Load load;
    long double watts;
    long double vars;
    long double amperes;
  } const rows[] = {
      {"resistive", balanced(1, 230, 10, 0), 2300, 0, 10},
      {"half inductive", balanced(1, 230, 10, 60), 1150, 2300 * std::sin(pi / 3), 10},
      {"capacitive export", balanced(1, 230, 10, -135), -2300 * std::sqrt(0.5L), -2300 * std::sqrt(0.5L), 10},
      {"fifth harmonic", shaped(Shape::fifth_harmonic, 10), 2300 * 1.04L, 0, 10 * std::sqrt(1.16L)},
      {"half wave", shaped(Shape::half_wave, 10), 1150, 0, 10 * std::sqrt(0.5L)},
      {"burst", shaped(Shape::burst, 10), 2300 * std::sqrt(0.5L), 0, 10},
  };
  for (const auto& row : rows) {
    const Waveform waveform = waveform_of(row.load);
    EXPECT_NEAR(static_cast<double>(active_power(waveform, 0) / row.watts), 1, 2e-5) << row.name;
    EXPECT_NEAR(static_cast<double>(reactive_power(waveform, 0) - row.vars), 0, 0.05) << row.name;
    EXPECT_NEAR(static_cast<double>(rms(waveform, 1) / row.amperes), 1, 3e-4) << row.name;
  }
}

TEST(Reference, EnergyIsTheIntegralOfThePowerForAnyPieceOfAnyShape) {
  const Shape shapes[] = {Shape::sine,  Shape::fifth_harmonic, Shape::phase_fired,
                          Shape::burst, Shape::half_wave,      Shape::peaked};
  for (const Shape shape : shapes) {
    const Waveform waveform = waveform_of(shaped(shape, 7, 33));
    constexpr long double from_s = 0.0123L;
    constexpr long double duration_s = 0.0371L;
    constexpr int step_count = 20'000;
    long double sum = 0;
    for (int k = 0; k < step_count; ++k) {
      const long double t = from_s + (k + 0.5L) * duration_s / step_count;
      sum += value_at(waveform, 0, t) * value_at(waveform, 1, t);
    }
    sum *= duration_s / step_count;
    EXPECT_NEAR(static_cast<double>(active_energy(waveform, 0, from_s, duration_s) / sum), 1, 1e-5)
        << static_cast<int>(shape);
    const long double long_time_s = 400 / waveform.frequency_hz;
    EXPECT_NEAR(static_cast<double>(active_energy(waveform, 0, from_s, long_time_s) /
                                    (long_time_s * active_power(waveform, 0))),
                1, 1e-12)
        << static_cast<int>(shape);
  }
}

TEST(Reference, ThreePhasesFollowEachOther) {
  Load load = balanced(3, 230, 10, 30);
  const Waveform forward = waveform_of(load);
  load.is_reversed_sequence = true;
  const Waveform reversed = waveform_of(load);
  const auto angle = [](const Waveform& waveform, std::size_t channel) {
    const Phasor turned = waveform.lines[0].peak[channel] / waveform.lines[0].peak[voltage_channel(0)];
    return static_cast<double>(std::arg(turned) * 180 / pi);
  };
  EXPECT_NEAR(angle(forward, voltage_channel(1)), -120, 1e-9);
  EXPECT_NEAR(angle(reversed, voltage_channel(1)), 120, 1e-9);
  EXPECT_NEAR(angle(forward, current_channel(0)), -30, 1e-9);
  EXPECT_NEAR(static_cast<double>(rms(forward, neutral_channel)), 0, 1e-9);
  for (std::size_t phase = 0; phase < 3; ++phase) {
    EXPECT_NEAR(static_cast<double>(active_power(reversed, phase)), 2300 * std::sqrt(3.0) / 2, 1e-6);
  }
}

TEST(Reference, DistortionIsOfTheHarmonicsAsked) {
  const Waveform waveform = waveform_of(shaped(Shape::fifth_harmonic, 10));
  EXPECT_NEAR(static_cast<double>(distortion(waveform, 0, 21)), 0.1, 1e-12);
  EXPECT_NEAR(static_cast<double>(distortion(waveform, 1, 21)), 0.4, 1e-12);
  EXPECT_NEAR(static_cast<double>(distortion(waveform, 1, 4)), 0, 1e-12);
  EXPECT_NEAR(static_cast<double>(harmonic(waveform, 1, 5)), 4, 1e-9);
}

}  // namespace
}  // namespace lk::sim
