// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/replay/replay.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "meter/metrology/metrology.hpp"

namespace lk::tools {
namespace {

struct Window {
  metrology::Measurement figures;
  bool is_whole = false;
};

// Sample by sample up to the end of each window, so that none is missed.
std::vector<Window> windows_of(metrology::Metrology& meter, std::span<const metrology::Sample> samples) {
  std::vector<Window> windows;
  for (const metrology::Sample& sample : samples) {
    if (meter.feed({&sample, 1}) > 0) windows.push_back({meter.latest(), meter.is_latest_whole()});
  }
  if (meter.close_window()) windows.push_back({meter.latest(), false});
  return windows;
}

// As many whole cycles as the recording holds, from its start; all of it where there is no mains.
std::span<const metrology::Sample> whole_cycles(std::span<const metrology::Sample> samples,
                                                std::uint32_t rate_hz, double f_hz) {
  constexpr double nearly = 0.01;  // of a cycle: what the frequency may be off
  const double cycles = std::floor(static_cast<double>(samples.size()) * f_hz / rate_hz + nearly);
  if (cycles < 1) return samples;
  const auto length = static_cast<std::size_t>(std::lround(cycles * rate_hz / f_hz));
  return samples.first(std::min(length, samples.size()));
}

// The mean of one figure over windows, each with the weight of its samples.
template <class Figure>
double weighted_mean(std::span<const Window> windows, Figure figure) {
  double weight = 0;
  double sum = 0;
  for (const Window& window : windows) {
    weight += window.figures.window_samples;
    sum += window.figures.window_samples * figure(window.figures);
  }
  return weight > 0 ? sum / weight : 0;
}

// The windows of whole cycles, or all where there is none.
std::vector<Window> only_whole(std::span<const Window> windows) {
  std::vector<Window> whole;
  std::ranges::copy_if(windows, std::back_inserter(whole), &Window::is_whole);
  if (whole.empty()) whole.assign(windows.begin(), windows.end());
  return whole;
}

double frequency_of(std::span<const Window> windows) {
  return weighted_mean(only_whole(windows), [](const metrology::Measurement& m) {
    return static_cast<double>(m.frequency.count()) / 1e3;
  });
}

// What is quadratic or linear in the samples adds up over any windows; what needs the frequency, only over
// whole ones.
void average(std::span<const Window> windows, ReplaySummary& out) {
  using metrology::Measurement;
  const auto volts = [](const Measurement& m) { return static_cast<double>(m.voltage.count()) / 1e3; };
  const auto amperes = [](const Measurement& m) { return static_cast<double>(m.current.count()) / 1e6; };
  out.v_rms = std::sqrt(weighted_mean(windows, [&](const Measurement& m) { return volts(m) * volts(m); }));
  out.i_rms =
      std::sqrt(weighted_mean(windows, [&](const Measurement& m) { return amperes(m) * amperes(m); }));
  out.p_w = weighted_mean(windows,
                          [](const Measurement& m) { return static_cast<double>(m.active.count()) / 1e3; });
  out.s_va = out.v_rms * out.i_rms;
  out.pf = out.s_va > 0 ? out.p_w / out.s_va : 0;
  std::vector<Window> whole;
  std::ranges::copy_if(windows, std::back_inserter(whole), &Window::is_whole);
  const std::span<const Window> with_frequency = whole.empty() ? windows : std::span<const Window>{whole};
  out.q_var = weighted_mean(
      with_frequency, [](const Measurement& m) { return static_cast<double>(m.reactive.count()) / 1e3; });
  out.f_hz = weighted_mean(
      with_frequency, [](const Measurement& m) { return static_cast<double>(m.frequency.count()) / 1e3; });
}

double median_volts(std::span<const Window> windows) {
  std::vector<double> volts;
  for (const Window& window : windows) {
    if (window.is_whole) volts.push_back(static_cast<double>(window.figures.voltage.count()) / 1e3);
  }
  if (volts.empty()) return 0;
  std::ranges::nth_element(volts, volts.begin() + static_cast<std::ptrdiff_t>(volts.size() / 2));
  return volts[volts.size() / 2];
}

enum class Level { normal, dip, swell, lost };

// Only a window of whole cycles tells a dip from a mains that came back half-way through it.
Level level_of(const Window& window, Level before, double usual_volts) {
  if (window.figures.frequency.count() == 0) return Level::lost;
  if (!window.is_whole) return before == Level::lost ? Level::normal : before;
  const double share = static_cast<double>(window.figures.voltage.count()) / 1e3 / usual_volts;
  if (share < 0.9) return Level::dip;
  return share > 1.1 ? Level::swell : Level::normal;
}

const char* name_of(Level before, Level after) {
  switch (after) {
    case Level::dip:
      return "voltage_dip";
    case Level::swell:
      return "voltage_swell";
    case Level::lost:
      return "mains_lost";
    case Level::normal:
      break;
  }
  return before == Level::lost ? "mains_found" : "voltage_normal";
}

// The first window only shows what there is; the last, cut off by the end of the recording, shows nothing for
// sure.
std::vector<ReplayEvent> events_of(std::span<const Window> windows, std::uint32_t rate_hz) {
  std::vector<ReplayEvent> events;
  const double usual_volts = median_volts(windows);
  if (usual_volts == 0) return {{0, "mains_lost", 0}};
  double samples = 0;
  Level level = Level::normal;
  for (std::size_t index = 0; index + 1 < windows.size(); ++index) {
    const Level now = level_of(windows[index], level, usual_volts);
    if (now != level && (index > 0 || now == Level::lost)) {
      events.push_back({samples / rate_hz, name_of(level, now), 0});
      level = now;
    }
    samples += windows[index].figures.window_samples;
  }
  return events;
}

}  // namespace

// Two passes: the first counts energy, finds events, and learns the frequency and the direct part of both
// channels, so that in the second even the windows at both ends, which are not whole, are measured right.
ReplaySummary replay(std::span<const metrology::Sample> samples, const metrology::Calibration& calibration) {
  metrology::Metrology meter{calibration};
  const std::vector<Window> windows = windows_of(meter, samples);
  const metrology::EnergyDelta energy = meter.take_energy();
  ReplaySummary summary;
  summary.seconds = static_cast<double>(samples.size()) / calibration.rate_hz;
  summary.energy_wh = static_cast<double>((energy.import_active - energy.export_active).count()) /
                      static_cast<double>(quantity::mj_per_wh);
  summary.events = events_of(windows, calibration.rate_hz);
  summary.f_hz = frequency_of(windows);
  average(windows_of(meter, whole_cycles(samples, calibration.rate_hz, summary.f_hz)), summary);
  return summary;
}

}  // namespace lk::tools
