// SPDX-License-Identifier: Apache-2.0
// What loads draw at one moment, as a mixture of five elementary currents. Any number of appliances adds up
// to one demand, and one demand to one period of current, so that a flat costs one table look-up a sample
// whatever it has switched on.
#pragma once

#include "sim/mains/mains.hpp"

namespace lk::sim {

// Watts (and vars) at nominal voltage; negative gives to the mains.
struct Demand {
  double resistive_w = 0;  // follows the voltage as it is, harmonics included
  double motor_w = 0;  // an induction motor: power factor 0.68, lagging, some third harmonic of saturation
  double rectifier_w =
      0;              // a capacitor behind a bridge: short pulses near the crest, power factor about 0.55
  double sine_w = 0;  // a sine in phase, as of supplies with power factor correction and of inverters
  double reactive_var = 0;  // a sine a quarter behind

  Demand& operator+=(const Demand& other);
  friend Demand operator*(Demand demand, double factor);
  bool operator==(const Demand&) const = default;
};

// Siemens of the resistive part.
[[nodiscard]] double conductance(const Demand& demand, double nominal_voltage);
// One period of amperes of all other parts at nominal voltage.
void mix(const Demand& demand, double nominal_voltage, Period& out);

}  // namespace lk::sim
