// SPDX-License-Identifier: Apache-2.0
// A recording of one or three phases, with or without a neutral current: what `replay` makes of each phase,
// and every window as the whole meter's metrology measured it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "meter/metrology/board_calibration.hpp"
#include "meter/metrology/harmonics.hpp"
#include "meter/metrology/sample_set.hpp"
#include "meter/metrology/set_figures.hpp"
#include "tools/latchkey/replay/replay.hpp"

namespace lk::tools {

// Interleaved counts: for each phase a voltage and a current in the order given, then the neutral's current.
struct Layout {
  std::size_t phase_count = 1;  // 1 or 3
  bool has_neutral = false;
  bool is_voltage_first = false;
  [[nodiscard]] std::size_t channel_count() const { return 2 * phase_count + (has_neutral ? 1 : 0); }
};

// One channel's harmonics 0 to 21.
using HarmonicRow = std::array<metrology::Harmonic, metrology::highest_harmonic + 1>;

// One window of the whole meter; a single-phase one has only the first of the phases.
struct SetWindow {
  double t_s = 0;  // where it begins
  double seconds = 0;
  metrology::WindowFigures<3> figures;
  std::array<HarmonicRow, metrology::max_channels> harmonics{};  // by channel, see sample_set.hpp
};

struct SetReplay {
  std::vector<ReplaySummary> phases;
  std::optional<double> neutral_i_rms;
  ReplaySummary total;  // P, Q, S, PF and energy of all phases; the means of their voltages and currents
  std::vector<SetWindow> windows;
};

// `counts` holds at least one set. `board` is checked and of the layout's phases. `with_windows`: also every
// window.
[[nodiscard]] SetReplay replay_sets(std::span<const std::int32_t> counts, const Layout& layout,
                                    const metrology::BoardCalibration& board, bool with_windows);

// A window, and a summary, as one line of JSON each.
[[nodiscard]] std::string json_line(const SetWindow& window, const Layout& layout);
[[nodiscard]] std::string json_line(const SetReplay& replay, const Layout& layout);

}  // namespace lk::tools
