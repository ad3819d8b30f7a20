// SPDX-License-Identifier: Apache-2.0
// What a unit's converter shows at one load point: raw samples of a few seconds made into the figures that a
// calibration is computed from. Works in double on the raw counts, apart from the meter's own metrology, so
// that a fault of one does not hide in the other. Pure functions.
#pragma once

#include <array>
#include <expected>
#include <span>
#include <string>

#include "sim/front_end/front_end.hpp"

namespace lk::tools {

struct ChannelFigures {
  double mean = 0;           // counts: the channel's offset
  double rms = 0;            // counts, of the alternating part, the noise taken out
  double angle_degrees = 0;  // of the fundamental, ahead of the first voltage
  double noise = 0;          // RMS counts of what is neither direct part nor harmonic 1 to 21
};

struct Capture {
  double frequency_hz = 0;                                  // by the unit's own clock
  std::array<ChannelFigures, sim::channel_count> channels;  // channels as in sim/front_end/waveform.hpp
};

// `samples` hold at least a second of a steady load near `frequency_hz`; `rate_hz` is what the unit believes.
// Says what is wrong where there is no voltage to measure by.
[[nodiscard]] std::expected<Capture, std::string> analyse(std::span<const sim::Counts> samples,
                                                          double rate_hz, double frequency_hz);

}  // namespace lk::tools
