// SPDX-License-Identifier: Apache-2.0
// What is on a meter's terminals, exactly: a sum of spectral lines, so that everything about it (power,
// energy over any time, RMS) has a closed form, and a sampling front end can be applied to each line by
// itself.
//
//   x(t) = Re Σ peak · e^(2πi · ratio · f · t)      ratio 0: direct part; 0.25, 0.75 …: sub- and
//   inter-harmonics
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <vector>

namespace lk::sim {

// Voltage and current of three phases, then the neutral current.
inline constexpr std::size_t channel_count = 7;
inline constexpr std::size_t neutral_channel = 6;
[[nodiscard]] constexpr std::size_t voltage_channel(std::size_t phase) {
  return 2 * phase;
}
[[nodiscard]] constexpr std::size_t current_channel(std::size_t phase) {
  return 2 * phase + 1;
}
[[nodiscard]] constexpr bool is_voltage(std::size_t channel) {
  return channel != neutral_channel && channel % 2 == 0;
}

using Phasor = std::complex<long double>;

struct Line {
  long double ratio = 1;                     // its frequency as a multiple of the fundamental
  std::array<Phasor, channel_count> peak{};  // volts and amperes, √2 · RMS
};

struct Waveform {
  long double frequency_hz = 50;
  std::vector<Line> lines;  // no two with the same ratio

  // The line at `ratio`, added where there is none.
  Line& line_at(long double ratio) {
    for (Line& line : lines) {
      if (line.ratio == ratio) return line;
    }
    return lines.emplace_back(Line{ratio, {}});
  }
};

}  // namespace lk::sim
