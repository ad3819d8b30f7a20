// SPDX-License-Identifier: Apache-2.0
// The measuring front end of one simulated unit: from the waveform on its terminals to counts of its
// converter, with all that a real one gets wrong. A `FrontEndType` says how a design spreads, `draw_unit`
// makes one unit of it by chance from a seed, a `FrontEnd` samples. Everything linear is applied to each
// spectral line as a complex factor, so it is exact; noise, offset, rounding and clipping come sample by
// sample. One thread each.
//
//   terminals ─► divider │ current transformer ─► anti-alias RC ─► gain(T) ─► + offset + noise ─► round, clip
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "sim/front_end/noise.hpp"
#include "sim/front_end/waveform.hpp"

namespace lk::sim {

// Values are means of the type, a `_spread` the largest departure of a unit from it (evenly distributed).
struct FrontEndType {
  std::string name = "direct 5(100) A";
  unsigned phase_count = 1;  // 1 or 3; the neutral current is always sampled
  std::uint32_t rate_hz = 8000;
  unsigned bits = 24;
  double snr_db = 92;               // of a full-scale sine to the noise in half the sampling rate
  double voltage_full_scale = 300;  // RMS of the sine that just does not clip
  double current_full_scale = 120;

  double voltage_gain_spread = 0.01;
  double current_gain_spread = 0.02;
  double offset_spread = 0.002;  // of full scale's peak
  double rc_delay_us = 8;        // anti-alias filter: about 20 kHz
  double rc_delay_spread_us = 1;
  double clock_ppm_spread = 100;

  // Current transformer: it leads by atan(lead · 50 Hz / f) and shows no direct current. At small currents
  // its core is weaker and the lead grows: lead · (1 + curve / (1 + √(I / curve_knee))).
  double ct_lead = 0.075;  // 4.3°, a direct-current-tolerant core
  double ct_lead_spread = 0.003;
  double ct_curve = 0.008;
  double ct_curve_spread = 0.003;
  double ct_curve_knee = 2;  // amperes

  // By kelvin from 23 °C, and by kelvin squared.
  double voltage_ppm_per_k = 18;
  double current_ppm_per_k = -25;
  double ppm_per_k_spread = 8;
  double ppm_per_k2 = -0.15;
  double ppm_per_k2_spread = 0.05;
  double ct_lead_per_k = 0.0004;  // share of the lead
  double ct_lead_per_k_spread = 0.0002;
};

// A meter for 5(100) A with direct-current-tolerant transformers, and one for 5(10) A behind instrument
// transformers: larger burden, better core. Both measure 230 V.
[[nodiscard]] FrontEndType direct_type();
[[nodiscard]] FrontEndType transformer_operated_type();

struct ChannelUnit {
  double gain = 1;
  double offset = 0;  // of full scale's peak
  double rc_delay_us = 0;
  double ppm_per_k = 0;
  double ppm_per_k2 = 0;
  double ct_lead = 0;  // current channels
  double ct_curve = 0;
  double ct_lead_per_k = 0;
};

struct FrontEndUnit {
  FrontEndType type;
  std::uint64_t seed = 0;
  double clock_ppm = 0;  // how much faster its converter samples than it believes
  std::array<ChannelUnit, channel_count> channels;
};

[[nodiscard]] FrontEndUnit draw_unit(const FrontEndType& type, std::uint64_t seed);

// Nominal counts of a converter for one volt or ampere, before the unit's own gain.
[[nodiscard]] double nominal_counts_per_volt(const FrontEndType& type);
[[nodiscard]] double nominal_counts_per_ampere(const FrontEndType& type);
// RMS of the noise in volts or amperes.
[[nodiscard]] double voltage_noise(const FrontEndType& type);
[[nodiscard]] double current_noise(const FrontEndType& type);

inline constexpr double reference_temperature_c = 23;

// What the unit's analogue path makes of a line at `frequency_hz`: complex gain, 1 for a perfect one.
// `amperes` is the RMS current in that channel's transformer (ignored for a voltage).
[[nodiscard]] Phasor response(const ChannelUnit& channel, bool is_voltage_channel, double frequency_hz,
                              double amperes, double curve_knee, double temperature_c);

// One sample of all channels; channels that the type does not have read 0.
using Counts = std::array<std::int32_t, channel_count>;

class FrontEnd {
 public:
  // `noise_seed` makes one run differ from the next on the same unit.
  FrontEnd(const FrontEndUnit& unit, const Waveform& waveform, double temperature_c,
           std::uint64_t noise_seed);

  // The next samples of all channels. The first sample ever is at t = 0 of the waveform.
  void sample(std::span<Counts> samples);
  // Of the true, not the believed, clock.
  [[nodiscard]] long double seconds_per_sample() const { return seconds_per_sample_; }

 private:
  static constexpr std::size_t block_size = 256;
  static constexpr std::size_t lane_count = 8;
  struct Oscillator {
    long double turns_per_sample;
    std::array<double, lane_count> lane_cosine;  // e^(i · angle · lane)
    std::array<double, lane_count> lane_sine;
    double step_cosine;  // e^(i · angle · lane_count)
    double step_sine;
    std::array<double, channel_count> in_phase;  // counts
    std::array<double, channel_count> quadrature;
  };

  void add_line(const Line& line, const std::array<Phasor, channel_count>& counts, long double frequency_hz);
  void synthesise(std::size_t count);
  void oscillate(const Oscillator& oscillator);

  long double seconds_per_sample_;
  double noise_counts_;
  double limit_;
  std::array<double, channel_count> offset_{};
  std::array<bool, channel_count> is_present_{};
  std::vector<Oscillator> oscillators_;
  std::array<std::array<double, block_size>, channel_count> block_{};
  std::array<double, block_size> cosine_{};
  std::array<double, block_size> sine_{};
  std::uint64_t sample_index_ = 0;
  Noise noise_;
};

}  // namespace lk::sim
