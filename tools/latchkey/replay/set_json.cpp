// SPDX-License-Identifier: Apache-2.0
// The JSON of `latchkey replay`: one object for a window, one for the whole recording.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "tools/latchkey/replay/set_replay.hpp"

namespace lk::tools {
namespace {

// Members of one JSON object, in the order in which they are added.
class Object {
 public:
  void add(std::string_view name, double value, int decimals = 6) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    add_raw(name, text);
  }
  void add(std::string_view name, std::string_view text) { add_raw(name, "\"" + std::string{text} + "\""); }
  void add_raw(std::string_view name, std::string_view json) {
    text_ += text_.empty() ? "" : ", ";
    text_ += "\"" + std::string{name} + "\": ";
    text_ += json;
  }
  [[nodiscard]] std::string json() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

template <class Items, class ToJson>
std::string list_of(const Items& items, ToJson to_json) {
  std::string text;
  for (const auto& item : items) {
    text += text.empty() ? "" : ", ";
    text += to_json(item);
  }
  return "[" + text + "]";
}

double milli(auto quantity) {
  return static_cast<double>(quantity.count()) / 1e3;
}
double micro(auto quantity) {
  return static_cast<double>(quantity.count()) / 1e6;
}

constexpr const char* fault_names[] = {"clipped",        "stuck",           "voltage_dead", "swapped",
                                       "currents_mixed", "voltage_doubled", "samples_lost", "calibration"};

std::string faults_of(const metrology::Faults& faults) {
  std::vector<std::string> names;
  for (std::size_t number = 0; number < metrology::fault_count; ++number) {
    if (faults.has(static_cast<metrology::Fault>(number))) names.emplace_back(fault_names[number]);
  }
  return list_of(names, [](const std::string& name) { return "\"" + name + "\""; });
}

const char* name_of(metrology::Sequence sequence) {
  switch (sequence) {
    case metrology::Sequence::forward:
      return "forward";
    case metrology::Sequence::reversed:
      return "reversed";
    case metrology::Sequence::unknown:
      break;
  }
  return "unknown";
}

int quadrant_of(double active, double reactive) {
  if (active == 0 && reactive == 0) return 0;
  if (active >= 0) return reactive >= 0 ? 1 : 4;
  return reactive >= 0 ? 2 : 3;
}

// Orders 1 to 21: RMS in volts or amperes, and the share of the fundamental in per cent.
std::string harmonics_of(const HarmonicRow& row, double unit) {
  std::string text;
  for (std::size_t order = 1; order < row.size(); ++order) {
    Object object;
    object.add("order", static_cast<double>(order), 0);
    object.add("rms", static_cast<double>(row[order].rms) * unit);
    object.add("percent", row[order].share_e4 / 100.0, 2);
    text += (order == 1 ? "" : ", ") + object.json();
  }
  return "[" + text + "]";
}

constexpr double volts = 1e-3;
constexpr double amperes = 1e-6;

std::string phase_json(const SetWindow& window, std::size_t p) {
  const metrology::PhaseFigures& phase = window.figures.phase[p];
  Object object;
  object.add("v_rms", milli(phase.voltage));
  object.add("i_rms", micro(phase.current));
  object.add("p_w", milli(phase.active), 3);
  object.add("q_var", milli(phase.reactive), 3);
  object.add("s_va", milli(phase.apparent), 3);
  object.add("pf", phase.power_factor_e4 / 1e4, 4);
  object.add("quadrant", phase.quadrant, 0);
  object.add("v1_rms", milli(phase.fundamental_voltage));
  object.add("i1_rms", micro(phase.fundamental_current));
  object.add("p1_w", milli(phase.fundamental_active), 3);
  object.add("v_angle_deg", phase.voltage_angle_millidegrees / 1e3, 3);
  object.add("i_lag_deg", phase.current_angle_millidegrees / 1e3, 3);
  object.add("v_thd_percent", phase.voltage_thd_e4 / 100.0, 2);
  object.add("i_thd_percent", phase.current_thd_e4 / 100.0, 2);
  object.add_raw("v_harmonics", harmonics_of(window.harmonics[metrology::voltage_channel(p)], volts));
  object.add_raw("i_harmonics", harmonics_of(window.harmonics[metrology::current_channel(p)], amperes));
  return object.json();
}

std::string event_json(const ReplayEvent& event) {
  Object object;
  object.add("t_s", event.t_s, 3);
  object.add("name", event.name);
  if (event.phase != 0) object.add("phase", event.phase, 0);
  return object.json();
}

void add_summary(Object& object, const ReplaySummary& summary) {
  object.add("seconds", summary.seconds);
  object.add("v_rms", summary.v_rms);
  object.add("i_rms", summary.i_rms);
  object.add("p_w", summary.p_w);
  object.add("q_var", summary.q_var);
  object.add("s_va", summary.s_va);
  object.add("pf", summary.pf);
  object.add("f_hz", summary.f_hz);
  object.add("energy_wh", summary.energy_wh, 9);
  object.add_raw("events", list_of(summary.events, event_json));
}

// The mean of a channel's harmonics over the whole windows: of their squares, as RMS values add up.
HarmonicRow mean_harmonics(const std::vector<SetWindow>& windows, std::size_t channel) {
  HarmonicRow mean{};
  std::array<double, metrology::highest_harmonic + 1> squares{};
  for (const SetWindow& window : windows) {
    for (std::size_t order = 0; window.figures.is_whole && order < squares.size(); ++order) {
      const auto rms = static_cast<double>(window.harmonics[channel][order].rms);
      squares[order] += rms * rms;
    }
  }
  const auto whole = std::ranges::count_if(windows, [](const SetWindow& w) { return w.figures.is_whole; });
  for (std::size_t order = 0; whole > 0 && order < squares.size(); ++order) {
    mean[order].rms = std::llround(std::sqrt(squares[order] / static_cast<double>(whole)));
    if (squares[1] > 0) {
      mean[order].share_e4 =
          static_cast<std::int32_t>(std::lround(1e4 * std::sqrt(squares[order] / squares[1])));
    }
  }
  return mean;
}

double distortion_percent(const HarmonicRow& row) {
  double sum = 0;
  for (std::size_t order = 2; order < row.size(); ++order) {
    sum += static_cast<double>(row[order].rms) * static_cast<double>(row[order].rms);
  }
  return row[1].rms > 0 ? 100 * std::sqrt(sum) / static_cast<double>(row[1].rms) : 0;
}

void add_full(Object& object, const SetReplay& replay, const ReplaySummary& summary, std::size_t p) {
  object.add("quadrant", quadrant_of(summary.p_w, summary.q_var), 0);
  const HarmonicRow of_voltage = mean_harmonics(replay.windows, metrology::voltage_channel(p));
  const HarmonicRow of_current = mean_harmonics(replay.windows, metrology::current_channel(p));
  object.add("v_thd_percent", distortion_percent(of_voltage), 3);
  object.add("i_thd_percent", distortion_percent(of_current), 3);
  object.add_raw("v_harmonics", harmonics_of(of_voltage, volts));
  object.add_raw("i_harmonics", harmonics_of(of_current, amperes));
}

}  // namespace

std::string json_line(const SetWindow& window, const Layout& layout) {
  const auto& figures = window.figures;
  Object object;
  object.add("t_s", window.t_s);
  object.add("seconds", window.seconds);
  object.add_raw("whole", figures.is_whole ? "true" : "false");
  object.add("f_hz", milli(figures.frequency), 3);
  object.add("p_w", milli(figures.total.active), 3);
  object.add("q_var", milli(figures.total.reactive), 3);
  object.add("s_va", milli(figures.total.apparent), 3);
  object.add("pf", figures.total.power_factor_e4 / 1e4, 4);
  object.add("quadrant", figures.total.quadrant, 0);
  std::string phases;
  for (std::size_t p = 0; p < layout.phase_count; ++p) phases += (p == 0 ? "" : ", ") + phase_json(window, p);
  object.add_raw("phases", "[" + phases + "]");
  if (layout.phase_count == 3) object.add("sequence", name_of(figures.sequence));
  if (layout.has_neutral) {
    Object neutral;
    neutral.add("i_rms", micro(figures.neutral.current));
    neutral.add("i_thd_percent", figures.neutral.current_thd_e4 / 100.0, 2);
    object.add_raw("neutral", neutral.json());
  }
  object.add_raw("faults", faults_of(figures.faults));
  return object.json();
}

std::string json_line(const SetReplay& replay, const Layout& layout) {
  Object object;
  add_summary(object, replay.total);
  const bool is_full = !replay.windows.empty();
  if (layout.phase_count == 1 && is_full) add_full(object, replay, replay.total, 0);
  if (layout.phase_count == 3) {
    if (is_full) object.add("quadrant", quadrant_of(replay.total.p_w, replay.total.q_var), 0);
    std::string phases;
    for (std::size_t p = 0; p < replay.phases.size(); ++p) {
      Object phase;
      add_summary(phase, replay.phases[p]);
      if (is_full) add_full(phase, replay, replay.phases[p], p);
      phases += (p == 0 ? "" : ", ") + phase.json();
    }
    object.add_raw("phases", "[" + phases + "]");
  }
  if (replay.neutral_i_rms) object.add("i_n_rms", *replay.neutral_i_rms);
  return object.json();
}

}  // namespace lk::tools
