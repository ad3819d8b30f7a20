// SPDX-License-Identifier: Apache-2.0
#include "sim/front_end/front_end.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace lk::sim {
namespace {

FrontEndType quiet_type() {
  FrontEndType type = direct_type();
  type.snr_db = 300;
  return type;
}

Waveform sine(long double volts, long double amperes) {
  Waveform waveform;
  Line& line = waveform.line_at(1);
  line.peak[0] = volts * std::numbers::sqrt2_v<long double>;
  line.peak[1] = amperes * std::numbers::sqrt2_v<long double>;
  return waveform;
}

std::vector<Counts> sampled(const FrontEndUnit& unit, const Waveform& waveform, std::size_t count,
                            double temperature_c = reference_temperature_c) {
  std::vector<Counts> samples(count);
  FrontEnd{unit, waveform, temperature_c, 1}.sample(samples);
  return samples;
}

// The unit with everything right but what a test sets.
FrontEndUnit perfect_unit(const FrontEndType& type) {
  FrontEndUnit unit{.type = type, .seed = 0, .clock_ppm = 0, .channels = {}};
  for (ChannelUnit& channel : unit.channels) channel = ChannelUnit{};
  return unit;
}

TEST(FrontEnd, SamplesASineExactly) {
  const FrontEndUnit unit = perfect_unit(quiet_type());
  const auto samples = sampled(unit, sine(230, 5), 1000);
  for (std::size_t k = 0; k < samples.size(); ++k) {
    const double angle = 2 * std::numbers::pi * 50 * static_cast<double>(k) / 8000;
    const double volts = 230 * std::numbers::sqrt2 * std::cos(angle);
    ASSERT_NEAR(samples[k][0], volts * nominal_counts_per_volt(unit.type), 0.51) << k;
    ASSERT_EQ(samples[k][2], 0) << "a channel the type does not have";
  }
}

TEST(FrontEnd, GivesTheSameSamplesForAnyBlocksAndTheSameSeed) {
  const FrontEndUnit unit = draw_unit(direct_type(), 5);
  const auto whole = sampled(unit, sine(230, 5), 2000);
  EXPECT_EQ(whole, sampled(draw_unit(direct_type(), 5), sine(230, 5), 2000));
  EXPECT_NE(whole, sampled(draw_unit(direct_type(), 6), sine(230, 5), 2000));
}

TEST(FrontEnd, KeepsItsPhaseOverAMinute) {
  FrontEndUnit unit = perfect_unit(quiet_type());
  Waveform waveform = sine(230, 5);
  waveform.frequency_hz = 49.7L;
  std::vector<Counts> samples(8000);
  FrontEnd front_end{unit, waveform, reference_temperature_c, 1};
  for (int second = 0; second < 60; ++second) front_end.sample(samples);
  const long double t = (60 * 8000 - 1) * front_end.seconds_per_sample();
  const double volts =
      static_cast<double>(230 * std::numbers::sqrt2_v<long double> *
                          std::cos(2 * std::numbers::pi_v<long double> * waveform.frequency_hz * t));
  EXPECT_NEAR(samples.back()[0], volts * nominal_counts_per_volt(unit.type), 1);
}

TEST(FrontEnd, HasTheNoiseOfItsType) {
  struct {
    const char* name;
    double snr_db;
    unsigned bits;
  } const rows[] = {{"80 dB", 80, 24}, {"92 dB", 92, 24}, {"101 dB", 101, 24}, {"80 dB in 16 bits", 80, 16}};
  for (const auto& row : rows) {
    FrontEndType type = direct_type();
    type.snr_db = row.snr_db;
    type.bits = row.bits;
    const auto samples = sampled(perfect_unit(type), Waveform{}, 80'000);
    double square = 0;
    for (const Counts& counts : samples) square += static_cast<double>(counts[1]) * counts[1];
    const double rms_a = std::sqrt(square / 80'000) / nominal_counts_per_ampere(type);
    // Rounding to whole counts adds a twelfth of a count squared.
    const double rounding_a = 1 / nominal_counts_per_ampere(type) / std::sqrt(12.0);
    EXPECT_NEAR(rms_a, std::hypot(current_noise(type), rounding_a), 0.01 * current_noise(type)) << row.name;
  }
}

TEST(FrontEnd, ClipsAtFullScale) {
  FrontEndType type = quiet_type();
  type.bits = 16;
  std::int32_t most = 0;
  std::int32_t least = 0;
  for (const Counts& counts : sampled(perfect_unit(type), sine(230, 200), 1000)) {
    most = std::max(most, counts[1]);
    least = std::min(least, counts[1]);
  }
  EXPECT_EQ(most, 32767);
  EXPECT_EQ(least, -32768);
}

TEST(FrontEnd, TransformerLeadsMoreAtSmallCurrentsAndShowsNoDirectCurrent) {
  const FrontEndType type = direct_type();
  ChannelUnit channel{.ct_lead = 0.075, .ct_curve = 0.01};
  const auto lead_degrees = [&](double amperes) {
    return static_cast<double>(std::arg(response(channel, false, 50, amperes, type.ct_curve_knee, 23))) *
           180 / std::numbers::pi;
  };
  EXPECT_NEAR(lead_degrees(1e9), 4.289, 0.001);
  EXPECT_NEAR(lead_degrees(0), 4.332, 0.001);
  EXPECT_GT(lead_degrees(0.05), lead_degrees(5));
  EXPECT_EQ(response(channel, false, 0, 5, type.ct_curve_knee, 23), Phasor{});
}

TEST(FrontEnd, DriftsWithTemperature) {
  const ChannelUnit channel{.ppm_per_k = 20, .ppm_per_k2 = -0.5};
  const auto gain = [&](double celsius) {
    return static_cast<double>(response(channel, true, 50, 0, 1, celsius).real());
  };
  EXPECT_DOUBLE_EQ(gain(23), 1);
  EXPECT_NEAR(gain(43), 1 + (20 * 20 - 0.5 * 400) * 1e-6, 1e-12);
  EXPECT_NEAR(gain(-7), 1 + (-20 * 30 - 0.5 * 900) * 1e-6, 1e-12);
}

TEST(FrontEnd, UnitsStayWithinTheirType) {
  const FrontEndType type = direct_type();
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const FrontEndUnit unit = draw_unit(type, seed);
    EXPECT_LE(std::abs(unit.clock_ppm), type.clock_ppm_spread) << "seed " << seed;
    for (std::size_t k = 0; k < channel_count; ++k) {
      const double spread = is_voltage(k) ? type.voltage_gain_spread : type.current_gain_spread;
      EXPECT_LE(std::abs(unit.channels[k].gain - 1), spread) << "seed " << seed;
      EXPECT_LE(std::abs(unit.channels[k].offset), type.offset_spread) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace lk::sim
