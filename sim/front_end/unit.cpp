// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>

#include "sim/front_end/front_end.hpp"
#include "sim/mains/random.hpp"

namespace lk::sim {
namespace {

double counts_per_unit(unsigned bits, double full_scale) {
  return std::exp2(static_cast<double>(bits) - 1) / (full_scale * std::numbers::sqrt2);
}

double noise_of(double full_scale, double snr_db) {
  return full_scale * std::pow(10, -snr_db / 20);
}

}  // namespace

FrontEndType direct_type() {
  return {};
}

FrontEndType transformer_operated_type() {
  FrontEndType type;
  type.name = "transformer operated 5(10) A";
  type.current_full_scale = 12;
  type.ct_lead = 0.0030;  // 0.17°, a core of high permeability
  type.ct_lead_spread = 0.0008;
  type.ct_curve = 0.5;
  type.ct_curve_spread = 0.15;
  type.ct_curve_knee = 0.1;
  type.ct_lead_per_k = 0.002;
  type.ct_lead_per_k_spread = 0.001;
  return type;
}

double nominal_counts_per_volt(const FrontEndType& type) {
  return counts_per_unit(type.bits, type.voltage_full_scale);
}
double nominal_counts_per_ampere(const FrontEndType& type) {
  return counts_per_unit(type.bits, type.current_full_scale);
}
double voltage_noise(const FrontEndType& type) {
  return noise_of(type.voltage_full_scale, type.snr_db);
}
double current_noise(const FrontEndType& type) {
  return noise_of(type.current_full_scale, type.snr_db);
}

FrontEndUnit draw_unit(const FrontEndType& type, std::uint64_t seed) {
  Random random{seed};
  const auto around = [&](double mean, double spread) {
    return random.between(mean - spread, mean + spread);
  };
  FrontEndUnit unit{
      .type = type, .seed = seed, .clock_ppm = around(0, type.clock_ppm_spread), .channels = {}};
  for (std::size_t k = 0; k < channel_count; ++k) {
    const bool voltage = is_voltage(k);
    ChannelUnit& channel = unit.channels[k];
    channel.gain = around(1, voltage ? type.voltage_gain_spread : type.current_gain_spread);
    channel.offset = around(0, type.offset_spread);
    channel.rc_delay_us = around(type.rc_delay_us, type.rc_delay_spread_us);
    channel.ppm_per_k =
        around(voltage ? type.voltage_ppm_per_k : type.current_ppm_per_k, type.ppm_per_k_spread);
    channel.ppm_per_k2 = around(type.ppm_per_k2, type.ppm_per_k2_spread);
    if (voltage) continue;
    channel.ct_lead = around(type.ct_lead, type.ct_lead_spread);
    channel.ct_curve = around(type.ct_curve, type.ct_curve_spread);
    channel.ct_lead_per_k = around(type.ct_lead_per_k, type.ct_lead_per_k_spread);
  }
  return unit;
}

Phasor response(const ChannelUnit& channel, bool is_voltage_channel, double frequency_hz, double amperes,
                double curve_knee, double temperature_c) {
  const double kelvin = temperature_c - reference_temperature_c;
  const double drift = 1 + (channel.ppm_per_k * kelvin + channel.ppm_per_k2 * kelvin * kelvin) * 1e-6;
  const double delay_turns = frequency_hz * channel.rc_delay_us * 1e-6;
  Phasor result = Phasor(channel.gain * drift) /
                  Phasor(1, 2 * std::numbers::pi_v<long double> * static_cast<long double>(delay_turns));
  if (is_voltage_channel) return result;
  if (frequency_hz == 0) return 0;
  const double lead = channel.ct_lead * (1 + channel.ct_lead_per_k * kelvin) *
                      (1 + channel.ct_curve / (1 + std::sqrt(amperes / curve_knee)));
  return result / Phasor(1, -static_cast<long double>(lead * 50 / frequency_hz));
}

}  // namespace lk::sim
