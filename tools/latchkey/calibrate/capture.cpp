// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/calibrate/capture.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

namespace lk::tools {
namespace {

using Complex = std::complex<double>;
constexpr double two_pi = 2 * std::numbers::pi;
constexpr int highest_harmonic = 21;

// A Hann window: the side lobes of one line at the others are below 10^-8 after a second.
std::vector<double> hann(std::size_t count) {
  std::vector<double> weights(count);
  for (std::size_t k = 0; k < count; ++k) {
    weights[k] = 1 - std::cos(two_pi * (static_cast<double>(k) + 0.5) / static_cast<double>(count));
  }
  return weights;
}

// Peak phasor of the line at `turns_per_sample`, its angle at the first sample.
Complex line_of(std::span<const sim::Counts> samples, std::size_t channel, const std::vector<double>& weights,
                double turns_per_sample) {
  const Complex step = std::polar(1.0, -two_pi * turns_per_sample);
  Complex turn = 1;
  Complex sum = 0;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    if (k % 1024 == 0)
      turn = std::polar(1.0, -two_pi * std::fmod(turns_per_sample * static_cast<double>(k), 1.0));
    sum += weights[k] * samples[k][channel] * turn;
    turn *= step;
  }
  return sum * (turns_per_sample == 0 ? 1.0 : 2.0) / static_cast<double>(samples.size());
}

// From how far the phase moves between the two halves.
double refined(std::span<const sim::Counts> samples, double turns_per_sample) {
  const std::size_t half = samples.size() / 2;
  const std::vector<double> weights = hann(half);
  const Complex first = line_of(samples.first(half), 0, weights, turns_per_sample);
  const Complex second = line_of(samples.subspan(half, half), 0, weights, turns_per_sample);
  const double advance = turns_per_sample * static_cast<double>(half);
  const double moved = std::arg(second / first * std::polar(1.0, -two_pi * std::fmod(advance, 1.0)));
  return turns_per_sample + moved / two_pi / static_cast<double>(half);
}

struct ChannelLines {
  std::array<Complex, highest_harmonic + 1> lines;  // 0 is the mean
  double noise = 0;
};

ChannelLines lines_of(std::span<const sim::Counts> samples, std::size_t channel, double turns_per_sample) {
  const std::vector<double> weights = hann(samples.size());
  ChannelLines result{};
  const auto is_zero = [&](const sim::Counts& counts) { return counts[channel] == 0; };
  if (std::all_of(samples.begin(), samples.end(), is_zero))
    return result;  // a channel the board does not have
  std::vector<double> residue(samples.size());
  for (std::size_t k = 0; k < samples.size(); ++k) residue[k] = samples[k][channel];
  for (int order = 0; order <= highest_harmonic && order * turns_per_sample < 0.5; ++order) {
    const double turns = order * turns_per_sample;
    const Complex line = line_of(samples, channel, weights, turns);
    result.lines[static_cast<std::size_t>(order)] = line;
    const Complex step = std::polar(1.0, two_pi * turns);
    Complex turn = line;
    for (std::size_t k = 0; k < samples.size(); ++k) {
      if (k % 1024 == 0)
        turn = line * std::polar(1.0, two_pi * std::fmod(turns * static_cast<double>(k), 1.0));
      residue[k] -= turn.real();
      turn *= step;
    }
  }
  double square = 0;
  for (const double value : residue) square += value * value;
  result.noise = std::sqrt(square / static_cast<double>(samples.size()));
  return result;
}

ChannelFigures figures_of(const ChannelLines& found, Complex reference) {
  ChannelFigures figures;
  figures.mean = found.lines[0].real();
  figures.noise = found.noise;
  double square = 0;
  for (std::size_t order = 1; order < found.lines.size(); ++order)
    square += std::norm(found.lines[order]) / 2;
  figures.rms = std::sqrt(square);
  if (found.lines[1] != Complex{})
    figures.angle_degrees = std::arg(found.lines[1] / reference) * 360 / two_pi;
  return figures;
}

}  // namespace

std::expected<Capture, std::string> analyse(std::span<const sim::Counts> samples, double rate_hz,
                                            double frequency_hz) {
  if (static_cast<double>(samples.size()) < rate_hz) return std::unexpected("less than a second of samples");
  double turns_per_sample = frequency_hz / rate_hz;
  for (int round = 0; round < 3; ++round) turns_per_sample = refined(samples, turns_per_sample);
  if (!(std::abs(turns_per_sample * rate_hz - frequency_hz) < frequency_hz / 100)) {
    return std::unexpected(
        "the voltage of the first phase has not the frequency of the reference: is it connected?");
  }
  Capture capture{.frequency_hz = turns_per_sample * rate_hz, .channels = {}};
  const Complex reference = lines_of(samples, 0, turns_per_sample).lines[1];
  for (std::size_t k = 0; k < sim::channel_count; ++k) {
    capture.channels[k] = figures_of(lines_of(samples, k, turns_per_sample), reference);
  }
  return capture;
}

}  // namespace lk::tools
