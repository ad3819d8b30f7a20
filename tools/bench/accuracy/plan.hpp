// SPDX-License-Identifier: Apache-2.0
// Everything that is measured, as data: which meter, which load, which figure, against which limits.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/front_end/front_end.hpp"
#include "tools/bench/accuracy/limits.hpp"
#include "tools/bench/accuracy/meter_under_test.hpp"

namespace lk::bench {

struct MeterType {
  std::string key;
  std::string title;
  sim::FrontEndType front_end;
  metrology::MeteringSettings settings;
  bool is_direct = true;
  double basic_a = 5;
  double most_a = 100;
  std::array<double, 3> load_points_a{};  // of its calibration: basic, small, large
};

enum class Quantity {
  active,       // per cent error of energy
  reactive,     // the same, fundamental
  voltage,      // per cent error, worst phase that is there
  current,      // per cent error, worst phase that is there
  frequency,    // mHz, worst window
  voltage_thd,  // percentage points
  current_thd,
  start,    // time to the first pulse over the theoretical time
  no_load,  // pulses in the standard's time, and any energy counted
};

struct Point {
  std::string section;  // of the report
  std::string curve;    // points of one curve lie on one line
  std::size_t meter = 0;
  double x = 0;  // on the curve's axis
  std::string title;
  Quantity quantity = Quantity::active;
  Run run;
  Limits limits{};
  std::optional<std::size_t> base;  // what is reported is the difference to this point's error…
  double divisor = 1;               // …over this (kelvins)
};

struct Plan {
  std::vector<MeterType> meters;
  std::vector<Point> points;
};

// All of it, or the slice that runs as a test.
[[nodiscard]] Plan make_plan(bool quick);

}  // namespace lk::bench
