// SPDX-License-Identifier: Apache-2.0
// A recording run through the meter's guard.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "meter/metrology/sample.hpp"
#include "tools/latchkey/guard/guard_file.hpp"

namespace lk::tools {

struct GuardEvent {
  double t_s = 0;      // from the start of the recording, when the guard told of it
  std::string name;    // of the condition, or malicious_load, trip, restore, lock
  std::string detail;  // a JSON object
};

// `calibration` must be valid. A trip does not change the recording: what follows it is judged as it was
// recorded.
[[nodiscard]] std::vector<GuardEvent> replay_guard(std::span<const metrology::Sample> samples,
                                                   const metrology::Calibration& calibration,
                                                   const GuardFile& file);

}  // namespace lk::tools
