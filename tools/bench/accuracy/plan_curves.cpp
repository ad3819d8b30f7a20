// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/accuracy/planner.hpp"

namespace lk::bench {

// Table 6 of IEC 62053-21 and Table 4 of -22, and further down to the starting current.
void Planner::active_curves(std::size_t meter) {
  const MeterType& type = meter_of(meter);
  const std::vector<double> currents =
      type.is_direct ? std::vector<double>{0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 50, 100}
                     : std::vector<double>{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  const bool both_directions = type.front_end.snr_db == 92 && type.front_end.bits == 24;
  for (const PowerFactor& factor : power_factors()) {
    for (const bool is_export : {false, true}) {
      if (is_export && !both_directions) continue;
      for (const double amperes : currents) {
        if (amperes <= 0.02 && factor.factor != Factor::one) continue;
        Point point{.section = is_export ? "active-export" : "active", .curve = factor.title, .meter = meter};
        point.x = amperes;
        point.title = factor.title;
        point.run = run_of(meter, amperes, factor.lag_degrees + (is_export ? 180 : 0));
        point.limits = active_limits(type.is_direct, amperes / type.basic_a, factor.factor);
        if (!both_directions) point.limits.goal = no_limit;  // the goals are of the 92 dB front end
        add(std::move(point));
      }
    }
  }
}

void Planner::single_phase_loads(std::size_t meter) {
  const MeterType& type = meter_of(meter);
  if (phases_of(type) != 3) return;
  for (const PowerFactor& factor : power_factors()) {
    if (factor.factor != Factor::one && factor.factor != Factor::half_inductive) continue;
    for (const double times : {0.1, 0.2, 1.0, type.most_a / type.basic_a}) {
      if (factor.factor != Factor::one && times < 0.2) continue;
      for (std::size_t loaded = 0; loaded < 3; ++loaded) {
        const double amperes = times * type.basic_a;
        Point point{.section = "single-phase-load", .meter = meter};
        point.curve = std::string{factor.title} + ", L" + std::to_string(loaded + 1);
        point.x = amperes;
        point.title = point.curve;
        point.run = run_of(meter, amperes, factor.lag_degrees);
        for (std::size_t phase = 0; phase < 3; ++phase) {
          if (phase != loaded) point.run.load.phases[phase].amperes = 0;
        }
        point.run.seconds *= 3;
        point.limits = single_phase_load_limits(type.is_direct, times, factor.factor);
        add(std::move(point));
      }
    }
  }
}

void Planner::reactive_curves(std::size_t meter) {
  const MeterType& type = meter_of(meter);
  struct Sine {
    const char* title;
    double sine;
    double lag_degrees;
  };
  const Sine sines[] = {{"sin φ 1 ind", 1, 90},
                        {"sin φ 0.5 ind", 0.5, degrees_of_sine(0.5)},
                        {"sin φ 0.25 ind", 0.25, degrees_of_sine(0.25)},
                        {"sin φ 1 cap", 1, -90},
                        {"sin φ 0.5 cap", 0.5, -degrees_of_sine(0.5)},
                        {"sin φ 0.5 ind, export", 0.5, 180 - degrees_of_sine(0.5)}};
  for (const Sine& sine : sines) {
    for (const double times : {0.05, 0.1, 0.2, 1.0, 4.0, type.most_a / type.basic_a}) {
      if (times * type.basic_a > type.most_a + 1e-9) continue;
      const double amperes = times * type.basic_a;
      Point point{
          .section = "reactive", .curve = sine.title, .meter = meter, .x = amperes, .title = sine.title};
      point.quantity = Quantity::reactive;
      point.run = run_of(meter, amperes, sine.lag_degrees);
      point.run.seconds = seconds_for(type, 230, amperes, sine.sine, phases_of(type));
      point.limits = reactive_limits(type.is_direct, times, sine.sine);
      if (point.limits.class_1 == point.limits.class_1) add(std::move(point));
    }
  }
}

}  // namespace lk::bench
