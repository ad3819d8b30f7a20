// SPDX-License-Identifier: Apache-2.0
// The factory's bench, simulated: a source that puts a load on one drawn unit, and a reference standard that
// knows the load exactly. What it measures goes through the same procedure as a real bench's figures.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "sim/front_end/front_end.hpp"
#include "tools/latchkey/calibrate/procedure.hpp"

namespace lk::tools {

[[nodiscard]] Design design_of(const sim::FrontEndType& type);

// The currents of the three load points: basic, small, large. `seconds` long each.
struct BenchPlan {
  std::array<double, load_points_most> amperes = {5, 0.25, 60};
  double volts = 230;
  double frequency_hz = 50;
  double seconds = 10;
};

// The neutral sensor is in series with the first phase. Says what is wrong with a unit that cannot be
// measured.
[[nodiscard]] std::expected<std::vector<LoadPoint>, std::string> measure(const sim::FrontEndUnit& unit,
                                                                         const BenchPlan& plan);

}  // namespace lk::tools
