// SPDX-License-Identifier: Apache-2.0
// Figures other than energy, and what happens at the starting current and below.
#include <cmath>

#include "tools/bench/accuracy/planner.hpp"

namespace lk::bench {
namespace {

// 1000:1, the smallest measured long, because the noise of so little is no error of the meter.
constexpr double range_shares[] = {0.001, 0.002, 0.005, 0.01, 0.1, 1.0};
double range_seconds(double share) {
  return share < 0.01 ? 40 : 8;
}

}  // namespace

void Planner::figure(std::size_t meter, Quantity quantity, const char* section, const std::string& title,
                     double x, const Run& run, double goal) {
  Point point{.section = section, .curve = title, .meter = meter, .x = x, .title = title};
  point.quantity = quantity;
  point.run = run;
  point.limits = {no_limit, no_limit, goal};
  add(std::move(point));
}

void Planner::figures(std::size_t meter) {
  const MeterType& type = meter_of(meter);
  for (const double share : range_shares) {
    const double volts = share * 276;  // 1.2 times the nominal voltage; more may clip
    Run run = run_of(meter, type.basic_a, 0, volts);
    for (sim::PhaseLoad& phase : run.load.phases)
      phase.amperes = 0;  // current without voltage would be a fault
    run.seconds = range_seconds(share);
    figure(meter, Quantity::voltage, "voltage", "U, 1000:1", volts, run, 0.1);
  }
  for (const double share : range_shares) {
    const double amperes = share * type.most_a;
    Run run = run_of(meter, amperes, 0);
    run.seconds = range_seconds(share);
    figure(meter, Quantity::current, "current", "I, 1000:1", amperes, run, 0.1);
  }
  for (const double hertz : {45.0, 47.5, 49.0, 49.9, 50.0, 50.3, 51.0, 52.5, 55.0, 60.0, 65.0}) {
    Run run = run_of(meter, type.basic_a, 0);
    run.load.frequency_hz = static_cast<long double>(hertz);
    figure(meter, Quantity::frequency, "frequency", "f", hertz, run, 5);
    run.load.shape = sim::Shape::peaked;
    for (sim::PhaseLoad& phase : run.load.phases) phase.amperes /= 2;  // its crest is nearly four
    figure(meter, Quantity::frequency, "frequency", "f, distorted mains", hertz, run, 5);
  }
  distortions(meter);
}

void Planner::distortions(std::size_t meter) {
  const MeterType& type = meter_of(meter);
  // The crest of the last is nearly four: so far below full scale.
  for (const double times : {0.05, 0.2, 0.6, type.is_direct ? 6.0 : 0.8}) {
    const double amperes = times * type.basic_a;
    Run run = run_of(meter, amperes, 0);
    for (const double hertz : {50.0, 49.3}) {
      run.load.frequency_hz = static_cast<long double>(hertz);
      const std::string at = hertz == 50 ? "" : ", 49.3 Hz";
      const auto thd = [&](Quantity quantity, const char* title) {
        figure(meter, quantity, "thd", title + at, amperes, run, 0.2);
      };
      run.load.shape = sim::Shape::fifth_harmonic;
      thd(Quantity::voltage_thd, "U, fifth harmonic 10 %");
      thd(Quantity::current_thd, "I, fifth harmonic 40 %");
      run.load.shape = sim::Shape::peaked;
      thd(Quantity::voltage_thd, "U, harmonics to 21, 11 %");
      thd(Quantity::current_thd, "I, harmonics to 21, 80 %");
      run.load.shape = sim::Shape::sine;
      thd(Quantity::current_thd, "I, sine");
    }
  }
}

void Planner::starting(std::size_t meter) {
  const MeterType& type = meter_of(meter);
  const double starting_a = static_cast<double>(type.settings.starting_current.count()) / 1e6;
  const double watts_at_one_ampere = 230 * phases_of(type);
  Point start{.section = "start", .curve = "starting current", .meter = meter, .x = starting_a};
  start.title = std::to_string(std::lround(starting_a * 1000)) + " mA, PF 1: time to the first pulse";
  start.quantity = Quantity::start;
  start.run = run_of(meter, starting_a, 0);
  if (quick_) start.run.settings.pulses_per_kwh = 200'000;
  // The theoretical time of one pulse.
  start.run.seconds = 3.6e6 / (start.run.settings.pulses_per_kwh * watts_at_one_ampere * starting_a);
  start.limits = {1.2, no_limit, 1.2};
  add(std::move(start));
  Point idle{.section = "no-load", .curve = "no load", .meter = meter, .x = 264.5};
  idle.title = "no load at 115 % Un";
  idle.quantity = Quantity::no_load;
  idle.run = run_of(meter, 1, 0, idle.x);
  for (sim::PhaseLoad& phase : idle.run.load.phases) phase.amperes = 0;
  // IEC 62053-21, 8.3.2: 600 · 10⁶ / (k · m · Un · Imax) minutes.
  idle.run.seconds = 60 * 600e6 / (type.settings.pulses_per_kwh * watts_at_one_ampere * type.most_a);
  if (quick_) idle.run.seconds /= 100;
  idle.limits = {1, no_limit, 0};
  add(std::move(idle));
}

}  // namespace lk::bench
