// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/accuracy/plan.hpp"

#include <algorithm>
#include <utility>

#include "tools/bench/accuracy/planner.hpp"

namespace lk::bench {
namespace {

MeterType direct(std::string key, std::string title, unsigned phases, unsigned bits, double snr_db) {
  MeterType meter{.key = std::move(key), .title = std::move(title), .front_end = sim::direct_type()};
  meter.front_end.phase_count = phases;
  meter.front_end.bits = bits;
  meter.front_end.snr_db = snr_db;
  meter.load_points_a = {5, 0.25, 60};
  return meter;
}

MeterType transformer_operated(std::string key, std::string title) {
  MeterType meter{
      .key = std::move(key), .title = std::move(title), .front_end = sim::transformer_operated_type()};
  meter.front_end.phase_count = 3;
  meter.settings.starting_current = quantity::Current::of(5'000);
  meter.settings.pulses_per_kwh = 10'000;
  meter.is_direct = false;
  meter.most_a = 10;
  meter.load_points_a = {5, 0.1, 10};
  return meter;
}

}  // namespace

const std::vector<PowerFactor>& power_factors() {
  static const std::vector<PowerFactor> factors = {
      {"PF 1", Factor::one, 0},
      {"PF 0.5 ind", Factor::half_inductive, 60},
      {"PF 0.8 cap", Factor::capacitive_08, -degrees_of_cosine(0.8)},
      {"PF 0.25 ind", Factor::quarter_inductive, degrees_of_cosine(0.25)},
      {"PF 0.5 cap", Factor::half_capacitive, -60},
  };
  return factors;
}

double seconds_for(const MeterType& meter, double volts, double amperes, double cosine,
                   double loaded_phases) {
  constexpr double wanted = 1.2e-4;
  const double noise_a = sim::current_noise(meter.front_end);
  const double watts_by_noise = volts * noise_a / std::sqrt(meter.front_end.rate_hz);
  const double ratio =
      watts_by_noise / (volts * amperes * std::abs(cosine) * std::sqrt(loaded_phases) * wanted);
  return std::clamp(ratio * ratio, 4.0, 120.0);
}

Plan Planner::make() {
  plan_.meters = {direct("direct-1", "single-phase, direct 5(100) A, 24 bit, 92 dB", 1, 24, 92),
                  direct("direct-3", "three-phase, direct 5(100) A, 24 bit, 92 dB", 3, 24, 92),
                  transformer_operated("ct-3", "three-phase, transformer operated 5(10) A, 24 bit, 92 dB"),
                  direct("direct-1-80", "single-phase, direct 5(100) A, 24 bit, 80 dB", 1, 24, 80),
                  direct("direct-1-101", "single-phase, direct 5(100) A, 24 bit, 101 dB", 1, 24, 101),
                  direct("direct-1-16", "single-phase, direct 5(100) A, 16 bit, 92 dB", 1, 16, 92)};
  for (std::size_t meter = 0; meter < plan_.meters.size(); ++meter) {
    if (quick_ && meter > 1) break;
    active_curves(meter);
    if (meter > 2) continue;
    single_phase_loads(meter);
    reactive_curves(meter);
    influences(meter);
    figures(meter);
    starting(meter);
  }
  if (quick_) keep_slice();
  return std::move(plan_);
}

Run Planner::run_of(std::size_t meter, double amperes, double lag_degrees, double volts) const {
  const MeterType& type = meter_of(meter);
  const unsigned phases = phases_of(type);
  Run run{.load = sim::balanced(phases, static_cast<long double>(volts), static_cast<long double>(amperes),
                                static_cast<long double>(lag_degrees)),
          .settings = type.settings};
  run.load.start_turns = 0.37L;
  run.seconds = seconds_for(type, volts, amperes, std::cos(lag_degrees * std::numbers::pi / 180), phases);
  return run;
}

std::size_t Planner::add(Point point) {
  point.run.noise_seed = plan_.points.size() + 1;
  plan_.points.push_back(std::move(point));
  return plan_.points.size() - 1;
}

// A few points of each kind, short: the machinery is tested here, not the accuracy of twenty units.
void Planner::keep_slice() {
  std::vector<Point> kept;
  std::vector<std::optional<std::size_t>> new_place(plan_.points.size());
  for (std::size_t k = 0; k < plan_.points.size(); ++k) {
    Point point = plan_.points[k];
    if (!is_in_slice(point)) continue;
    if (point.base) {
      const std::size_t base = *point.base;
      if (!new_place[base]) {
        new_place[base] = kept.size();
        kept.push_back(plan_.points[base]);
        kept.back().run.seconds = 4;
      }
      point.base = new_place[base];
    }
    if (point.quantity != Quantity::start && point.quantity != Quantity::no_load) {
      point.run.seconds = std::min(point.run.seconds, 4.0);
    }
    new_place[k] = kept.size();
    kept.push_back(std::move(point));
  }
  plan_.points = std::move(kept);
  plan_.meters.resize(2);
}

bool Planner::is_in_slice(const Point& point) {
  const auto is = [&](const char* section) { return point.section == section; };
  const bool is_basic = point.x == 5;
  if (is("active") || is("active-export") || is("reactive")) return is_basic && point.meter == 0;
  if (is("influence")) return point.meter == 1 && is_basic;
  if (is("single-phase-load")) return is_basic;
  if (is("frequency")) return point.x == 49.9 || point.x == 60;
  if (is("thd")) return point.x == 3 && point.meter == 0;
  if (is("voltage") || is("current")) return point.x > 90 && point.meter == 0;
  if (is("no-load")) return true;
  return is("start");
}

Plan make_plan(bool quick) {
  return Planner{quick}.make();
}

}  // namespace lk::bench
