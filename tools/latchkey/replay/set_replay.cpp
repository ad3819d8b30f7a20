// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/replay/set_replay.hpp"

#include <algorithm>
#include <memory>

#include "meter/metrology/metering.hpp"

namespace lk::tools {
namespace {

using metrology::Metering;
using metrology::Sample;
using metrology::SampleSet;

Sample sample_at(std::span<const std::int32_t> set, std::size_t phase, const Layout& layout) {
  const std::int32_t first = set[2 * phase];
  const std::int32_t second = set[2 * phase + 1];
  return layout.is_voltage_first ? Sample{first, second} : Sample{second, first};
}

std::vector<Sample> pairs_of(std::span<const std::int32_t> counts, std::size_t phase, const Layout& layout) {
  std::vector<Sample> samples;
  samples.reserve(counts.size() / layout.channel_count());
  for (; !counts.empty(); counts = counts.subspan(layout.channel_count())) {
    samples.push_back(sample_at(counts, phase, layout));
  }
  return samples;
}

// The neutral's current with the first phase's voltage.
std::vector<Sample> neutral_pairs_of(std::span<const std::int32_t> counts, const Layout& layout) {
  std::vector<Sample> samples = pairs_of(counts, 0, layout);
  for (std::size_t k = 0; k < samples.size(); ++k) {
    samples[k].current_count = counts[k * layout.channel_count() + layout.channel_count() - 1];
  }
  return samples;
}

template <std::size_t phase_count>
SampleSet<phase_count> set_of(std::span<const std::int32_t> counts, const Layout& layout) {
  SampleSet<phase_count> set;
  for (std::size_t p = 0; p < phase_count; ++p) set.phase[p] = sample_at(counts, p, layout);
  if (layout.has_neutral) set.neutral_count = counts[layout.channel_count() - 1];
  return set;
}

template <std::size_t phase_count>
metrology::WindowFigures<3> widened(const metrology::WindowFigures<phase_count>& from) {
  metrology::WindowFigures<3> to;
  std::copy(from.phase.begin(), from.phase.end(), to.phase.begin());
  to.neutral = from.neutral;
  to.total = from.total;
  to.frequency = from.frequency;
  to.sequence = from.sequence;
  to.faults = from.faults;
  to.is_whole = from.is_whole;
  to.cycles = from.cycles;
  to.window_samples = from.window_samples;
  to.end_sample = from.end_sample;
  return to;
}

template <std::size_t phase_count>
std::vector<SetWindow> windows_of(std::span<const std::int32_t> counts, const Layout& layout,
                                  const metrology::BoardCalibration& board) {
  metrology::MeteringSettings settings;
  settings.starting_current = {};  // a recording is measured as it is
  const auto metering = std::make_unique<Metering<phase_count>>(board, settings);
  std::vector<SetWindow> windows;
  double t_s = 0;
  const auto add = [&] {
    SetWindow window;
    window.figures = widened(metering->latest());
    window.t_s = t_s;
    window.seconds = static_cast<double>(window.figures.window_samples) / board.rate_hz;
    t_s += window.seconds;
    for (std::size_t channel = 0; channel < layout.channel_count(); ++channel) {
      for (std::size_t order = 0; order <= metrology::highest_harmonic; ++order) {
        window.harmonics[channel][order] = metering->harmonic(channel, order);
      }
    }
    windows.push_back(window);
  };
  for (; !counts.empty(); counts = counts.subspan(layout.channel_count())) {
    const SampleSet<phase_count> set = set_of<phase_count>(counts, layout);
    if (metering->feed({&set, 1}) > 0) add();
  }
  if (metering->close_window()) add();
  return windows;
}

metrology::Calibration calibration_of(const metrology::BoardCalibration& board) {
  return {board.rate_hz, board.voltage[0].microcounts_per_volt, board.current[0].microcounts_per_ampere, {}};
}

ReplaySummary total_of(std::span<const ReplaySummary> phases) {
  ReplaySummary total = phases[0];
  for (const ReplaySummary& phase : phases.subspan(1)) {
    total.v_rms += phase.v_rms;
    total.i_rms += phase.i_rms;
    total.p_w += phase.p_w;
    total.q_var += phase.q_var;
    total.s_va += phase.s_va;
    total.energy_wh += phase.energy_wh;
    if (total.f_hz == 0) total.f_hz = phase.f_hz;
    total.events.insert(total.events.end(), phase.events.begin(), phase.events.end());
  }
  total.v_rms /= static_cast<double>(phases.size());
  total.i_rms /= static_cast<double>(phases.size());
  total.pf = total.s_va > 0 ? total.p_w / total.s_va : 0;
  std::ranges::stable_sort(total.events, {}, &ReplayEvent::t_s);
  return total;
}

}  // namespace

SetReplay replay_sets(std::span<const std::int32_t> counts, const Layout& layout,
                      const metrology::BoardCalibration& board, bool with_windows) {
  SetReplay out;
  const metrology::Calibration calibration = calibration_of(board);
  for (std::size_t p = 0; p < layout.phase_count; ++p) {
    out.phases.push_back(replay(pairs_of(counts, p, layout), calibration));
    if (layout.phase_count == 1) continue;
    for (ReplayEvent& event : out.phases.back().events) event.phase = static_cast<int>(p) + 1;
  }
  if (layout.has_neutral) out.neutral_i_rms = replay(neutral_pairs_of(counts, layout), calibration).i_rms;
  out.total = total_of(out.phases);
  if (with_windows) {
    out.windows =
        layout.phase_count == 1 ? windows_of<1>(counts, layout, board) : windows_of<3>(counts, layout, board);
  }
  return out;
}

}  // namespace lk::tools
