// SPDX-License-Identifier: Apache-2.0
// One cycle of the current of each sort of appliance, on a given voltage: by formula where the sort is known
// by its harmonics (motors), by following the circuit in time where the voltage makes them (rectifiers,
// triacs). Every wave is scaled so that it draws 1 W from that voltage.
#pragma once

#include "sim/mains/mains.hpp"
#include "sim/mains/random.hpp"

namespace lk::sim::scene {

// One cycle of volts; index 0 is the fundamental's rising zero crossing.
struct Supply {
  Period volts{};
  double rms = 230;
  double ohms = 0.4;  // of the line to the meter
};

// A supply of `rms` volts whose harmonics are drawn by chance: 1 to 4 % in all.
[[nodiscard]] Supply draw_supply(Random& random, double rms);

// Sum of volts times amperes over the cycle, in watts.
[[nodiscard]] double watts_of(const Period& amperes, const Period& volts);

// Fundamental `lag_degrees` behind the voltage's, a third harmonic and a fifth of these shares.
[[nodiscard]] Period motor_wave(const Supply& supply, double lag_degrees, double third, double fifth,
                                Random& random);
// A bridge and a capacitor: `droop` of the peak in half a cycle, `series` of the load's resistance before it.
[[nodiscard]] Period rectifier_wave(const Supply& supply, double droop, double series);
// The same behind a dimmer that fires at `firing_degrees`.
[[nodiscard]] Period dimmed_rectifier_wave(const Supply& supply, double droop, double series,
                                           double firing_degrees);
// Power factor correction: between a pure sine (0) and the voltage's own shape (1), with a distortion of its
// own of `distortion`, mostly of the third harmonic.
[[nodiscard]] Period corrected_wave(const Supply& supply, double likeness, double distortion, Random& random);
// A resistance and an inductance of `lag_degrees` behind a triac that fires at `firing_degrees` (0: no
// triac).
[[nodiscard]] Period triac_motor_wave(const Supply& supply, double lag_degrees, double firing_degrees);
// Of a capacitor that draws `var`: not scaled to 1 W.
[[nodiscard]] Period capacitor_wave(const Supply& supply, double var);

}  // namespace lk::sim::scene
