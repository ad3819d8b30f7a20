// SPDX-License-Identifier: Apache-2.0
#include "sim/appliance/appliance.hpp"

#include <array>

#include <cmath>

namespace lk::sim {
namespace {

using quantity::Duration;
using quantity::milliseconds;
using quantity::minutes;
using quantity::seconds;

// An induction motor starts with six times its current for 0.3 s, sinking to its own in another 0.3 s.
Demand motor_after(Duration since_on, double watts) {
  constexpr double inrush = 6;
  if (since_on < milliseconds(300)) return {.motor_w = watts * inrush};
  if (since_on < milliseconds(600)) return {.motor_w = watts * (1 + (inrush - 1) / 3)};
  return {.motor_w = watts};
}

// Time within a cycle of on and off; negative while off.
Duration within_on(Duration since_start, Duration on, Duration off) {
  const Duration within = Duration::of(since_start.count() % (on + off).count());
  return within < on ? within : milliseconds(-1);
}

Demand thermostat(Duration since_on, double watts) {
  const bool is_on = within_on(since_on, minutes(4), minutes(2)) >= Duration{};
  return {.resistive_w = is_on ? watts : 0};
}

Demand fridge(Duration since_on, double watts) {
  const Duration running = within_on(since_on, minutes(14), minutes(26));
  return running >= Duration{} ? motor_after(running, watts) : Demand{.rectifier_w = 2};
}

Demand wavering(Duration since_on, double watts) {
  const std::int64_t slot_number = since_on.count() / 2000;
  const auto slot = static_cast<double>(slot_number);
  return {.rectifier_w = watts * (0.85 + 0.15 * std::sin(slot * 1.7) * std::sin(slot * 0.31))};
}

// Heating with slow tumbling, washing, rinsing, then spinning: 70 minutes, then standby.
Demand washing_machine(Duration since_on, double watts) {
  const double motor = watts * 0.09;
  const Duration tumbling = within_on(since_on, seconds(12), seconds(4));
  const Demand tumble = tumbling >= Duration{} ? motor_after(tumbling, motor) : Demand{};
  Demand sum{.rectifier_w = 6};
  if (since_on < minutes(18)) {
    sum += tumble;
    sum += Demand{.resistive_w = watts * 0.88};
  } else if (since_on < minutes(58)) {
    sum += tumble;
  } else if (since_on < minutes(70)) {
    sum += motor_after(since_on - minutes(58), watts * 0.2);
  }
  return sum;
}

Demand air_conditioner(Duration since_on, double watts) {
  Demand sum{.motor_w = watts * 0.05};
  const Duration running = within_on(since_on, minutes(9), minutes(4));
  if (running >= Duration{}) sum += motor_after(running, watts * 0.95);
  return sum;
}

}  // namespace

Demand demand(const Appliance& appliance, Duration since_on) {
  const double watts = appliance.watts;
  switch (appliance.kind) {
    case Kind::resistor:
    case Kind::kettle:
      return {.resistive_w = watts};
    case Kind::heater:
      return thermostat(since_on, watts);
    case Kind::lights:
    case Kind::standby:
      return {.rectifier_w = watts};
    case Kind::electronics:
      return wavering(since_on, watts);
    case Kind::corrected:
      return {.sine_w = watts, .reactive_var = -0.12 * watts};
    case Kind::motor:
      return motor_after(since_on, watts);
    case Kind::fridge:
      return fridge(since_on, watts);
    case Kind::washing_machine:
      return washing_machine(since_on, watts);
    case Kind::air_conditioner:
      return air_conditioner(since_on, watts);
    case Kind::pv_inverter:
      return {.sine_w = -watts, .reactive_var = 0.02 * watts};
  }
  return {};
}

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, kind_count> names = {
      "resistor", "kettle", "heater", "lights",          "electronics",     "corrected",
      "standby",  "motor",  "fridge", "washing_machine", "air_conditioner", "pv_inverter"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace lk::sim
