// SPDX-License-Identifier: Apache-2.0
// Appliances: what each draws, a given time after it was switched on. Pure functions; variety (make, size) is
// in the watts that a household gives each of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "quantity/quantity.hpp"
#include "sim/appliance/demand.hpp"

namespace lk::sim {

enum class Kind : std::uint8_t {
  resistor,         // constant
  kettle,           // resistive
  heater,           // resistive, thermostat: 4 min on, 2 min off
  lights,           // LED lamps: rectifier
  electronics,      // television, computer: rectifier, its load wavers
  corrected,        // large electronics with power factor correction
  standby,          // small rectifiers
  motor,            // pump, fan: inrush of six times for 0.3 s
  fridge,           // compressor: 14 min on, 26 min off, with inrush
  washing_machine,  // heats, tumbles to and fro, spins
  air_conditioner,  // compressor with inrush, 9 min on, 4 min off, and a fan
  pv_inverter,      // gives `watts`
};
inline constexpr std::size_t kind_count = 12;
// "kettle", "washing_machine"; as written above.
[[nodiscard]] std::string_view name_of(Kind kind);

struct Appliance {
  Kind kind = Kind::resistor;
  double watts = 0;  // rated
};

// What it draws `since_on` after switching on; never negative time.
[[nodiscard]] Demand demand(const Appliance& appliance, quantity::Duration since_on);

}  // namespace lk::sim
