// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/calibrate/simulated_bench.hpp"

#include <cmath>
#include <numbers>

#include "sim/reference/exact.hpp"
#include "sim/reference/load.hpp"

namespace lk::tools {
namespace {

LoadPoint reference_point(const sim::Waveform& waveform, unsigned phase_count) {
  const auto degrees = [&](std::size_t voltage, std::size_t current) {
    const sim::Line& line = waveform.lines.front();
    return static_cast<double>(std::arg(line.peak[voltage] / line.peak[current])) * 180 / std::numbers::pi;
  };
  LoadPoint point;
  point.reference.frequency_hz = static_cast<double>(waveform.frequency_hz);
  point.reference.temperature_c = sim::reference_temperature_c;
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    point.reference.voltage_v[phase] = static_cast<double>(sim::rms(waveform, sim::voltage_channel(phase)));
    point.reference.current_a[phase] = static_cast<double>(sim::rms(waveform, sim::current_channel(phase)));
    point.reference.lag_degrees[phase] = degrees(sim::voltage_channel(phase), sim::current_channel(phase));
  }
  point.reference.neutral_a = static_cast<double>(sim::rms(waveform, sim::neutral_channel));
  point.reference.neutral_lag_degrees = degrees(sim::voltage_channel(0), sim::neutral_channel);
  return point;
}

}  // namespace

Design design_of(const sim::FrontEndType& type) {
  Design design;
  design.phase_count = type.phase_count;
  design.rate_hz = type.rate_hz;
  design.full_scale_count = (1 << (type.bits - 1)) - 1;
  design.counts_per_volt = sim::nominal_counts_per_volt(type);
  design.counts_per_ampere = sim::nominal_counts_per_ampere(type);
  design.voltage_ppm_per_k = type.voltage_ppm_per_k;
  design.current_ppm_per_k = type.current_ppm_per_k;
  design.ppm_per_k2 = type.ppm_per_k2;
  design.lead_microdegrees_per_k =
      type.ct_lead_per_k * std::atan(type.ct_lead) * 180 / std::numbers::pi * 1e6;
  return design;
}

std::expected<std::vector<LoadPoint>, std::string> measure(const sim::FrontEndUnit& unit,
                                                           const BenchPlan& plan) {
  std::vector<LoadPoint> points;
  const auto sample_count = static_cast<std::size_t>(plan.seconds * unit.type.rate_hz);
  std::vector<sim::Counts> samples(sample_count);
  for (const double amperes : plan.amperes) {
    sim::Load load = sim::balanced(unit.type.phase_count, static_cast<long double>(plan.volts),
                                   static_cast<long double>(amperes), 0);
    load.frequency_hz = static_cast<long double>(plan.frequency_hz);
    sim::Waveform waveform = sim::waveform_of(load);
    sim::Line& line = waveform.lines.front();
    line.peak[sim::neutral_channel] = line.peak[sim::current_channel(0)];
    sim::FrontEnd{unit, waveform, sim::reference_temperature_c, points.size()}.sample(samples);
    auto capture = analyse(samples, unit.type.rate_hz, plan.frequency_hz);
    if (!capture) return std::unexpected(capture.error());
    LoadPoint point = reference_point(waveform, unit.type.phase_count);
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "%g A", amperes);
    point.name = name.data();
    point.measured = *capture;
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace lk::tools
