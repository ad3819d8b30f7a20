// SPDX-License-Identifier: Apache-2.0
#include "sim/front_end/front_end.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sim/mains/random.hpp"

namespace lk::sim {
namespace {

constexpr long double two_pi = 2 * std::numbers::pi_v<long double>;

double current_rms(const Waveform& waveform, std::size_t channel) {
  long double square = 0;
  for (const Line& line : waveform.lines) {
    if (line.ratio != 0) square += std::norm(line.peak[channel]) / 2;
  }
  return static_cast<double>(std::sqrt(square));
}

}  // namespace

FrontEnd::FrontEnd(const FrontEndUnit& unit, const Waveform& waveform, double temperature_c,
                   std::uint64_t noise_seed)
    : seconds_per_sample_(1 / (unit.type.rate_hz * (1 + static_cast<long double>(unit.clock_ppm) * 1e-6L))),
      limit_(std::exp2(static_cast<double>(unit.type.bits) - 1)),
      noise_(seed_of(unit.seed, noise_seed)) {
  const double full_scale_rms = limit_ / std::numbers::sqrt2;
  noise_counts_ = full_scale_rms * std::pow(10, -unit.type.snr_db / 20);
  std::array<double, channel_count> amperes{};
  for (std::size_t k = 0; k < channel_count; ++k) {
    is_present_[k] = k == neutral_channel || k / 2 < unit.type.phase_count;
    offset_[k] = unit.channels[k].offset * limit_;
    amperes[k] = is_voltage(k) ? 0 : current_rms(waveform, k);
  }
  for (const Line& line : waveform.lines) {
    const long double frequency_hz = line.ratio * waveform.frequency_hz;
    std::array<Phasor, channel_count> counts{};
    for (std::size_t k = 0; k < channel_count; ++k) {
      const double scale =
          is_voltage(k) ? nominal_counts_per_volt(unit.type) : nominal_counts_per_ampere(unit.type);
      counts[k] = line.peak[k] * static_cast<long double>(scale) *
                  response(unit.channels[k], is_voltage(k), static_cast<double>(frequency_hz), amperes[k],
                           unit.type.ct_curve_knee, temperature_c);
    }
    add_line(line, counts, frequency_hz);
  }
}

void FrontEnd::add_line(const Line& line, const std::array<Phasor, channel_count>& counts,
                        long double frequency_hz) {
  if (line.ratio == 0) {
    for (std::size_t k = 0; k < channel_count; ++k) offset_[k] += static_cast<double>(counts[k].real());
    return;
  }
  Oscillator oscillator{};
  oscillator.turns_per_sample = frequency_hz * seconds_per_sample_;
  const long double angle = two_pi * oscillator.turns_per_sample;
  for (std::size_t lane = 0; lane < lane_count; ++lane) {
    oscillator.lane_cosine[lane] = static_cast<double>(std::cos(angle * static_cast<long double>(lane)));
    oscillator.lane_sine[lane] = static_cast<double>(std::sin(angle * static_cast<long double>(lane)));
  }
  oscillator.step_cosine = static_cast<double>(std::cos(angle * lane_count));
  oscillator.step_sine = static_cast<double>(std::sin(angle * lane_count));
  for (std::size_t k = 0; k < channel_count; ++k) {
    oscillator.in_phase[k] = static_cast<double>(counts[k].real());
    oscillator.quadrature[k] = -static_cast<double>(counts[k].imag());
  }
  oscillators_.push_back(oscillator);
}

// Cosine and sine of the block's angles by rotation, eight samples side by side; begun anew for each block
// from the exact angle, so that nothing drifts.
void FrontEnd::oscillate(const Oscillator& oscillator) {
  long double turns = static_cast<long double>(sample_index_) * oscillator.turns_per_sample;
  turns -= std::floor(turns);
  const auto cosine = static_cast<double>(std::cos(two_pi * turns));
  const auto sine = static_cast<double>(std::sin(two_pi * turns));
  for (std::size_t lane = 0; lane < lane_count; ++lane) {
    cosine_[lane] = cosine * oscillator.lane_cosine[lane] - sine * oscillator.lane_sine[lane];
    sine_[lane] = sine * oscillator.lane_cosine[lane] + cosine * oscillator.lane_sine[lane];
  }
  for (std::size_t k = lane_count; k < block_size; ++k) {
    const double c = cosine_[k - lane_count];
    const double s = sine_[k - lane_count];
    cosine_[k] = c * oscillator.step_cosine - s * oscillator.step_sine;
    sine_[k] = s * oscillator.step_cosine + c * oscillator.step_sine;
  }
}

void FrontEnd::synthesise(std::size_t count) {
  for (std::size_t k = 0; k < channel_count; ++k) block_[k].fill(offset_[k]);
  for (const Oscillator& oscillator : oscillators_) {
    oscillate(oscillator);
    for (std::size_t k = 0; k < channel_count; ++k) {
      const double a = oscillator.in_phase[k];
      const double b = oscillator.quadrature[k];
      if (!is_present_[k] || (a == 0 && b == 0)) continue;
      std::array<double, block_size>& block = block_[k];
      for (std::size_t n = 0; n < block_size; ++n) block[n] += a * cosine_[n] + b * sine_[n];
    }
  }
  sample_index_ += count;
}

void FrontEnd::sample(std::span<Counts> samples) {
  while (!samples.empty()) {
    const std::size_t count = std::min(samples.size(), block_size);
    synthesise(count);
    for (std::size_t k = 0; k < channel_count; ++k) {
      for (std::size_t n = 0; n < count; ++n) {
        if (!is_present_[k]) {
          samples[n][k] = 0;
          continue;
        }
        const double value = std::clamp(block_[k][n] + noise_counts_ * noise_.next(), -limit_, limit_ - 1);
        samples[n][k] = static_cast<std::int32_t>(std::floor(value + 0.5));
      }
    }
    samples = samples.subspan(count);
  }
}

}  // namespace lk::sim
