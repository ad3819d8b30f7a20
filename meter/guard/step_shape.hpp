// SPDX-License-Identifier: Apache-2.0
// What a change of current looks like against the voltage: how much power it is, and how well it is a
// resistor, a resistor beside a capacitor, or a resistor behind a switch (diode, dimmer). Pure functions over
// one wave of 64 points; energies are sums of squares over the points, so that noise, known by its energy,
// can be taken away.
//
//   change d(t) = G·v(t)               + rest   resistor: the rest is Fryze's non-active current
//               = G·v(t) + C·dv/dt(t)  + rest   with a capacitor
//               = G·v(t) or 0          + rest   behind a switch, whichever of both is nearer at each point
#pragma once

#include <array>
#include <cstdint>

#include "meter/guard/cycle_wave.hpp"

namespace lk::guard {

// A change of current, point by point, in a quarter of the current's point unit (1.25 mA).
using Change = std::array<std::int32_t, point_count>;

struct StepShape {
  std::int64_t power_mw = 0;          // at the nominal voltage; negative where something was switched off
  std::int64_t reactive_mvar = 0;     // of the derivative's part: a capacitor is negative
  std::int64_t conductance_q20 = 0;   // a resistor's, of the change over the voltage in point units
  std::int64_t energy = 0;            // of the whole change
  std::int64_t resistor_rest = 0;     // energy that a resistor leaves unexplained
  std::int64_t capacitor_rest = 0;    // that a resistor and a capacitor leave
  std::int64_t switched_rest = 0;     // that a switched resistor leaves, its edges left free
  std::uint8_t conducting_count = 0;  // points at which a switched resistor conducts
  std::uint8_t low_count = 0;       // those where the voltage is below 0.7 of its peak: a rectifier has none
  std::uint8_t positive_count = 0;  // those in the positive half of the voltage
};

// `voltage`: one cycle, not all zero. A change of ±80 A RMS and less is safe of overflow, more is saturated.
[[nodiscard]] StepShape shape_of(const Change& change, const Wave& voltage);
// What a resistor leaves of a change, point by point.
[[nodiscard]] Change rest_of(const Change& change, const Wave& voltage);

// Sum of the squares.
[[nodiscard]] std::int64_t energy_of(const Change& change);
// That of a resistor of this power at the nominal voltage (not 0): P²/V² a point.
[[nodiscard]] constexpr std::int64_t energy_of_power(std::int64_t power_mw, std::int64_t nominal_mv) {
  const std::int64_t units = power_mw * 1'000'000 / nominal_mv / 1250;
  return units * units * static_cast<std::int64_t>(point_count);
}

// Whether `rest`, less what noise explains of it, is at most `share_e3`/1000 of the change's amplitude.
[[nodiscard]] constexpr bool is_within(std::int64_t rest, std::int64_t noise, std::int64_t energy,
                                       std::int64_t share_e3) {
  return rest - noise <= energy / 1000 * (share_e3 * share_e3) / 1000;
}

}  // namespace lk::guard
