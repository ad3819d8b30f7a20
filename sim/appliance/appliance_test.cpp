// SPDX-License-Identifier: Apache-2.0
#include "sim/appliance/appliance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace lk::sim {
namespace {

constexpr double volts = 230;

struct Figures {
  double watts = 0;
  double amperes = 0;
  double power_factor = 0;
  double vars = 0;  // fundamental, lagging positive
};

// What one period of this demand draws from a sine.
Figures figures_of(const Demand& demand) {
  Period period;
  mix(demand, volts, period);
  const double siemens = conductance(demand, volts);
  Figures sum;
  for (std::size_t step = 0; step < period_steps; ++step) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(step) / period_steps;
    const double voltage = volts * std::numbers::sqrt2 * std::sin(angle);
    const double current = siemens * voltage + static_cast<double>(period[step]);
    sum.watts += voltage * current / period_steps;
    sum.vars -= volts * std::numbers::sqrt2 * std::cos(angle) * current / period_steps;
    sum.amperes += current * current / period_steps;
  }
  sum.amperes = std::sqrt(sum.amperes);
  sum.power_factor = sum.watts / (volts * sum.amperes);
  return sum;
}

TEST(Demand, EachElementaryCurrentHasItsPowerAndItsPowerFactor) {
  struct Row {
    const char* name;
    Demand demand;
    double watts;
    double least_factor;
    double most_factor;
  };
  for (const Row& row :
       {Row{"resistive", {.resistive_w = 2000}, 2000, 0.999, 1.0001},
        Row{"motor", {.motor_w = 95}, 95, 0.65, 0.71}, Row{"rectifier", {.rectifier_w = 60}, 60, 0.45, 0.65},
        Row{"sine", {.sine_w = 300}, 300, 0.999, 1.0001},
        Row{"export", {.sine_w = -3000}, -3000, -1.0001, -0.999},
        Row{"reactive", {.reactive_var = 500}, 0, -0.001, 0.001}}) {
    const Figures figures = figures_of(row.demand);
    EXPECT_NEAR(figures.watts, row.watts, 0.01) << row.name;
    EXPECT_GE(figures.power_factor, row.least_factor) << row.name;
    EXPECT_LE(figures.power_factor, row.most_factor) << row.name;
  }
  EXPECT_NEAR(figures_of({.reactive_var = 500}).vars, 500, 0.01);
  EXPECT_GT(figures_of({.motor_w = 95}).vars, 80);
}

TEST(Demand, AddsUp) {
  Demand sum{.resistive_w = 1000, .motor_w = 100};
  sum += Demand{.rectifier_w = 50, .sine_w = -400, .reactive_var = 20} * 2;
  EXPECT_NEAR(figures_of(sum).watts, 1000 + 100 + 100 - 800, 0.01);
}

TEST(Appliance, DrawsWhatItsKindDrawsOverTime) {
  struct Row {
    const char* name;
    Appliance appliance;
    std::int64_t after_ms;
    Demand demand;
  };
  for (const Row& row : {
           Row{"kettle", {Kind::kettle, 2000}, 5000, {.resistive_w = 2000}},
           Row{"heater heats", {Kind::heater, 1500}, 10'000, {.resistive_w = 1500}},
           Row{"heater's thermostat", {Kind::heater, 1500}, 250'000, {}},
           Row{"motor starts", {Kind::motor, 100}, 0, {.motor_w = 600}},
           Row{"motor runs", {Kind::motor, 100}, 600, {.motor_w = 100}},
           Row{"fridge's compressor starts", {Kind::fridge, 90}, 100, {.motor_w = 540}},
           Row{"fridge runs", {Kind::fridge, 90}, 60'000, {.motor_w = 90}},
           Row{"fridge rests", {Kind::fridge, 90}, 20 * 60'000, {.rectifier_w = 2}},
           Row{"inverter gives", {Kind::pv_inverter, 3000}, 0, {.sine_w = -3000, .reactive_var = 60}},
           Row{"lights", {Kind::lights, 40}, 0, {.rectifier_w = 40}},
           Row{"washing is over", {Kind::washing_machine, 2000}, 80 * 60'000, {.rectifier_w = 6}},
       }) {
    EXPECT_EQ(demand(row.appliance, quantity::milliseconds(row.after_ms)), row.demand) << row.name;
  }
  const Demand washing = demand({Kind::washing_machine, 2000}, quantity::seconds(8));
  EXPECT_NEAR(washing.resistive_w, 1760, 1);
  EXPECT_NEAR(washing.motor_w, 180, 1);
}

}  // namespace
}  // namespace lk::sim
