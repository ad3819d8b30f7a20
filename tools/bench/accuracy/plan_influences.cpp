// SPDX-License-Identifier: Apache-2.0
// Influence quantities: Table 8 of IEC 62053-21, Table 6 of -22.
#include <algorithm>
#include <cmath>

#include "tools/bench/accuracy/planner.hpp"

namespace lk::bench {
namespace {

// Where class 0.5 S has no row: half of its 1.5 % for sub-harmonics.
constexpr double goal_of_wave_forms = 0.75;

std::string signed_percent(double share) {
  const long percent = std::lround(100 * (share - 1));
  return (percent > 0 ? "+" : "−") + std::to_string(std::abs(percent)) + " %";
}

std::function<void(Point&)> shaped(sim::Shape shape) {
  return [shape](Point& point) { point.run.load.shape = shape; };
}

std::function<void(Point&)> at_frequency(double share) {
  return [share](Point& point) { point.run.load.frequency_hz *= static_cast<long double>(share); };
}

}  // namespace

// An influence is the difference between the error under it and the error at reference conditions.
void Planner::influence(std::size_t meter, const Influence& what) {
  Point base{.section = "base", .curve = what.factor.title, .meter = meter, .title = "reference conditions"};
  base.x = what.amperes;
  base.quantity = what.quantity;
  base.run = run_of(meter, what.base_amperes > 0 ? what.base_amperes : what.amperes, what.factor.lag_degrees);
  base.run.seconds = what.quantity == Quantity::active ? std::max(base.run.seconds, 8.0) : 8.0;
  base.limits = {no_limit, no_limit, no_limit};
  Point point = base;
  point.section = "influence";
  point.curve = what.name;
  point.title = what.factor.title;
  for (sim::PhaseLoad& phase : point.run.load.phases) phase.amperes = static_cast<long double>(what.amperes);
  what.change(point);
  point.limits = what.limits;
  if (std::isnan(point.limits.goal)) point.limits.goal = point.limits.class_05s / 2;
  point.base = base_of(std::move(base));
  add(std::move(point));
}

// Points at reference conditions are measured once.
std::size_t Planner::base_of(Point base) {
  const sim::PhaseLoad& load = base.run.load.phases[0];
  for (std::size_t k = 0; k < plan_.points.size(); ++k) {
    const Point& other = plan_.points[k];
    const sim::PhaseLoad& at = other.run.load.phases[0];
    if (other.section == "base" && other.meter == base.meter && other.quantity == base.quantity &&
        at.amperes == load.amperes && at.lag_degrees == load.lag_degrees &&
        other.run.temperature_c == base.run.temperature_c && other.run.seconds == base.run.seconds) {
      return k;
    }
  }
  return add(std::move(base));
}

void Planner::influences(std::size_t meter) {
  voltages(meter);
  wave_forms(meter);
  temperatures(meter);
  if (phases_of(meter_of(meter)) == 3) unbalances(meter);
  reactive_influences(meter);
}

// Voltage and frequency.
void Planner::voltages(std::size_t meter) {
  const double basic = meter_of(meter).basic_a;
  const double most = meter_of(meter).most_a;
  const PowerFactor& one = power_factors()[0];
  const PowerFactor& half = power_factors()[1];
  for (const double share : {0.8, 0.9, 1.1, 1.15}) {
    const double wide = share < 0.85 || share > 1.12 ? 3 : 1;  // outside ±10 % the tables allow three times
    const auto change = [share](Point& point) {
      for (sim::PhaseLoad& phase : point.run.load.phases) phase.volts *= static_cast<long double>(share);
    };
    const std::string name = "voltage " + signed_percent(share);
    for (const double amperes : {0.05 * basic, basic, most}) {
      influence(meter, {name, amperes, one, {0.7 * wide, 0.2 * wide, no_limit}, change});
    }
    for (const double amperes : {0.1 * basic, basic, most}) {
      influence(meter, {name, amperes, half, {1.0 * wide, 0.4 * wide, no_limit}, change});
    }
  }
  for (const double share : {0.98, 1.02}) {
    const std::string name = "frequency " + signed_percent(share);
    for (const double amperes : {0.05 * basic, basic, most}) {
      influence(meter, {name, amperes, one, {0.5, 0.2, no_limit}, at_frequency(share)});
    }
    for (const double amperes : {0.1 * basic, basic, most}) {
      influence(meter, {name, amperes, half, {0.7, 0.2, no_limit}, at_frequency(share)});
    }
  }
}

void Planner::wave_forms(std::size_t meter) {
  const MeterType& type = meter_of(meter);
  const PowerFactor& one = power_factors()[0];
  const double some = 0.5 * type.basic_a;
  influence(meter, {"fifth harmonic, 10 % U, 40 % I",
                    0.5 * type.most_a,
                    one,
                    {0.8, 0.5, no_limit},
                    shaped(sim::Shape::fifth_harmonic)});
  influence(meter, {"odd harmonics: fired at 90°",
                    some,
                    one,
                    {3.0, no_limit, goal_of_wave_forms},
                    shaped(sim::Shape::phase_fired)});
  influence(
      meter,
      {"sub-harmonics: two cycles on, two off", some, one, {3.0, 1.5, no_limit}, shaped(sim::Shape::burst)});
  if (!type.is_direct) return;
  influence(meter, {"direct current and even harmonics: half wave",
                    type.most_a,
                    one,
                    {3.0, no_limit, goal_of_wave_forms},
                    shaped(sim::Shape::half_wave),
                    type.most_a / 2});
}

void Planner::unbalances(std::size_t meter) {
  const double basic = meter_of(meter).basic_a;
  const PowerFactor& one = power_factors()[0];
  influence(meter, {"reversed phase sequence", 0.1 * basic, one, {1.5, 0.1, no_limit}, [](Point& point) {
                      point.run.load.is_reversed_sequence = true;
                    }});
  for (std::size_t chosen = 0; chosen < 3; ++chosen) {
    // The phases' names are in the points' titles, so that the three lie beside each other.
    const std::string title = std::string{one.title} + ", L" + std::to_string(chosen + 1);
    const auto of_others = [chosen](Point& point, const sim::PhaseLoad& load) {
      for (std::size_t phase = 0; phase < 3; ++phase) {
        if (phase != chosen) point.run.load.phases[phase] = load;
      }
    };
    const auto without = [=](Point& point) {
      point.run.load.phases[chosen] = {0, 0, 0};
      point.title = title;
    };
    const auto alone = [=](Point& point) {
      of_others(point, {0, 0, 0});
      point.title = title;
    };
    const auto loaded = [=](Point& point) {
      of_others(point, {230, 0, 0});
      point.title = title;
    };
    influence(meter, {"voltage of one phase missing", basic, one, {2.0, 1.0, no_limit}, without});
    influence(meter, {"only one phase there", basic, one, {2.0, 1.0, no_limit}, alone});
    influence(meter, {"load on one phase alone against all three", basic, one, {1.5, 1.0, no_limit}, loaded});
  }
}

// The mean coefficient over 20 K, from the difference of errors.
void Planner::temperatures(std::size_t meter) {
  const MeterType& type = meter_of(meter);
  const double most = type.most_a / type.basic_a;
  struct Row {
    const PowerFactor& factor;
    double times_basic;
    Limits limits;
  };
  const Row rows[] = {{power_factors()[0], 0.1, {0.05, 0.03, 0.015}},
                      {power_factors()[0], most, {0.05, 0.03, 0.015}},
                      {power_factors()[1], 0.2, {0.07, 0.05, 0.025}},
                      {power_factors()[1], most, {0.07, 0.05, 0.025}}};
  for (const Row& row : rows) {
    for (const int celsius : {-25, -5, 15, 35}) {
      Point low{
          .section = "base", .curve = "temperature", .meter = meter, .x = row.times_basic * type.basic_a};
      low.title = row.factor.title;
      low.run = run_of(meter, low.x, row.factor.lag_degrees);
      low.run.seconds = std::max(low.run.seconds, 8.0);
      low.run.temperature_c = celsius;
      low.limits = {no_limit, no_limit, no_limit};
      Point high = low;
      high.section = "influence";
      high.run.temperature_c = celsius + 20;
      high.limits = row.limits;
      high.divisor = 20;
      high.curve = "temperature, by kelvin";
      high.title = std::string{row.factor.title} + ", " + std::to_string(celsius) + " to " +
                   std::to_string(celsius + 20) + " °C";
      high.base = base_of(std::move(low));
      add(std::move(high));
    }
  }
}

void Planner::reactive_influences(std::size_t meter) {
  const PowerFactor sines[] = {{"sin φ 1", Factor::one, 90}, {"sin φ 0.5", Factor::one, 30}};
  for (const PowerFactor& sine : sines) {
    for (const double share : {0.98, 1.02}) {
      influence(meter, {"reactive: frequency " + signed_percent(share),
                        meter_of(meter).basic_a,
                        sine,
                        {2.5, no_limit, 0.2},
                        at_frequency(share),
                        0,
                        Quantity::reactive});
    }
  }
}

}  // namespace lk::bench
