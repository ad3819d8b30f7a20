// SPDX-License-Identifier: Apache-2.0
// A recording run through the meter's own metrology, and the average of what it measured.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "meter/metrology/sample.hpp"

namespace lk::tools {

struct ReplayEvent {
  double t_s = 0;    // from the start of the recording; the window in which it was seen
  std::string name;  // voltage_dip, voltage_swell, voltage_normal, mains_lost, mains_found
  int phase = 0;     // 1 to 3 in a three-phase recording
};

// Figures are averages over as many whole cycles as the recording holds, from its start, or over everything
// where there is no mains. Energy is of the whole recording, import less export.
struct ReplaySummary {
  double seconds = 0;
  double v_rms = 0;
  double i_rms = 0;
  double p_w = 0;
  double q_var = 0;
  double s_va = 0;
  double pf = 0;
  double f_hz = 0;
  double energy_wh = 0;
  std::vector<ReplayEvent> events;
};

// `calibration` must be valid and `samples` not empty. Dips and swells are windows of less than 90 % and more
// than 110 % of the recording's median voltage.
[[nodiscard]] ReplaySummary replay(std::span<const metrology::Sample> samples,
                                   const metrology::Calibration& calibration);

}  // namespace lk::tools
