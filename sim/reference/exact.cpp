// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/exact.hpp"

#include <cmath>
#include <numbers>

namespace lk::sim {
namespace {

constexpr long double two_pi = 2 * std::numbers::pi_v<long double>;

// ∫ Re(amplitude · e^(i · omega · t)) dt over the duration.
long double integral(Phasor amplitude, long double omega, long double from_s, long double duration_s) {
  if (omega == 0) return amplitude.real() * duration_s;
  // The mid-point form keeps its figures where omega is small.
  const long double half = omega * duration_s / 2;
  const Phasor middle = std::polar(1.0L, omega * (from_s + duration_s / 2));
  return (amplitude * middle).real() * duration_s * (std::sin(half) / half);
}

long double mean_square(const Line& line, std::size_t channel) {
  return line.ratio == 0 ? line.peak[channel].real() * line.peak[channel].real()
                         : std::norm(line.peak[channel]) / 2;
}

}  // namespace

long double active_power(const Waveform& waveform, std::size_t phase) {
  long double sum = 0;
  for (const Line& line : waveform.lines) {
    const Phasor product = line.peak[voltage_channel(phase)] * std::conj(line.peak[current_channel(phase)]);
    sum += line.ratio == 0 ? product.real() : product.real() / 2;
  }
  return sum;
}

long double reactive_power(const Waveform& waveform, std::size_t phase) {
  for (const Line& line : waveform.lines) {
    if (line.ratio != 1) continue;
    return (line.peak[voltage_channel(phase)] * std::conj(line.peak[current_channel(phase)])).imag() / 2;
  }
  return 0;
}

long double active_energy(const Waveform& waveform, std::size_t phase, long double from_s,
                          long double duration_s) {
  long double joules = 0;
  for (const Line& v : waveform.lines) {
    // A direct part is a real number, not half of a pair of turning ones.
    const Phasor voltage =
        v.ratio == 0 ? v.peak[voltage_channel(phase)].real() : v.peak[voltage_channel(phase)];
    if (voltage == Phasor{}) continue;
    const long double omega_v = two_pi * v.ratio * waveform.frequency_hz;
    for (const Line& i : waveform.lines) {
      const Phasor current =
          i.ratio == 0 ? i.peak[current_channel(phase)].real() : i.peak[current_channel(phase)];
      if (current == Phasor{}) continue;
      const long double omega_i = two_pi * i.ratio * waveform.frequency_hz;
      joules += integral(voltage * current / 2.0L, omega_v + omega_i, from_s, duration_s);
      joules += integral(voltage * std::conj(current) / 2.0L, omega_v - omega_i, from_s, duration_s);
    }
  }
  return joules;
}

long double rms(const Waveform& waveform, std::size_t channel, bool alternating) {
  long double square = 0;
  for (const Line& line : waveform.lines) {
    if (!alternating || line.ratio != 0) square += mean_square(line, channel);
  }
  return std::sqrt(square);
}

long double harmonic(const Waveform& waveform, std::size_t channel, int order) {
  for (const Line& line : waveform.lines) {
    if (line.ratio == order) return std::sqrt(mean_square(line, channel));
  }
  return 0;
}

long double distortion(const Waveform& waveform, std::size_t channel, int order_most) {
  long double square = 0;
  for (int order = 2; order <= order_most; ++order) {
    const long double value = harmonic(waveform, channel, order);
    square += value * value;
  }
  const long double fundamental = harmonic(waveform, channel, 1);
  return fundamental == 0 ? 0 : std::sqrt(square) / fundamental;
}

}  // namespace lk::sim
