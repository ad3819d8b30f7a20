// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/accuracy/limits.hpp"

#include <limits>

namespace lk::bench {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double slack = 1e-9;  // currents are products of decimal fractions

// One row of a table: from this current on, this limit.
struct Step {
  double from;
  double limit;
};

double limit_at(double times_basic, Step low, Step high) {
  if (times_basic >= high.from - slack) return high.limit;
  return times_basic >= low.from - slack ? low.limit : none;
}

// The smallest currents for which the project has a goal: 20 and 50 mA in a 5 A meter.
constexpr double goal_starts = 0.004;
constexpr double goal_full = 0.01;

}  // namespace

Limits active_limits(bool is_direct, double times_basic, Factor factor) {
  // IEC 62053-21 Table 6; transformer operated meters have the same limits from half the current on.
  const double scale = is_direct ? 1 : 0.5;
  Limits limits{none, none, none};
  switch (factor) {
    case Factor::one:
      limits = {limit_at(times_basic, {0.05 * scale - (is_direct ? 0 : 0.005), 1.5}, {0.1 * scale, 1.0}),
                limit_at(times_basic, {0.01, 1.0}, {0.05, 0.5}), none};
      if (is_direct) limits.goal = limit_at(times_basic, {goal_starts, 0.5}, {goal_full, 0.1});
      return limits;
    case Factor::half_inductive:
    case Factor::capacitive_08:
      limits = {limit_at(times_basic, {0.1 * scale, 1.5}, {0.2 * scale, 1.0}),
                limit_at(times_basic, {0.02, 1.0}, {0.1, 0.6}), none};
      if (is_direct && factor == Factor::half_inductive && times_basic >= goal_full - slack)
        limits.goal = 0.15;
      return limits;
    case Factor::quarter_inductive:
    case Factor::half_capacitive: {
      const bool on_request = times_basic >= 0.2 * scale - slack && times_basic <= 1 + slack;
      const double class_1 = factor == Factor::quarter_inductive ? 3.5 : 2.5;
      return {on_request ? class_1 : none, times_basic >= 0.1 - slack ? 1.0 : none, none};
    }
  }
  return limits;
}

Limits single_phase_load_limits(bool is_direct, double times_basic, Factor factor) {
  const double scale = is_direct ? 1 : 0.5;
  if (factor == Factor::one) {
    return {times_basic >= 0.1 * scale - slack ? 2.0 : none, times_basic >= 0.05 - slack ? 0.6 : none, none};
  }
  return {times_basic >= 0.2 * scale - slack ? 2.0 : none, times_basic >= 0.1 - slack ? 1.0 : none, none};
}

Limits reactive_limits(bool is_direct, double times_basic, double sine) {
  const double scale = is_direct ? 1 : 0.5;
  Limits limits{none, none, none};
  if (sine >= 1) {
    limits.class_1 = limit_at(times_basic, {0.05 * scale, 2.5}, {0.1 * scale, 2.0});
  } else if (sine >= 0.5) {
    limits.class_1 = limit_at(times_basic, {0.1 * scale, 2.5}, {0.2 * scale, 2.0});
  } else if (times_basic >= 0.2 * scale - slack) {
    limits.class_1 = 2.5;
  }
  if (limits.class_1 == limits.class_1) limits.goal = 0.2;
  return limits;
}

}  // namespace lk::bench
