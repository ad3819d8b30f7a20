// SPDX-License-Identifier: Apache-2.0
#include "sim/appliance/demand.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace lk::sim {
namespace {

constexpr double two_pi = 2 * std::numbers::pi;
constexpr double sqrt2 = std::numbers::sqrt2;

double angle_of(std::size_t step) {
  return two_pi * static_cast<double>(step) / period_steps;
}

// Makes the wave draw 1 W from a sine of 1 V RMS; the watts and the voltage then scale it.
void normalise(Period& wave) {
  double watts = 0;
  for (std::size_t step = 0; step < period_steps; ++step)
    watts += sqrt2 * std::sin(angle_of(step)) * wave[step];
  watts /= period_steps;
  for (float& value : wave) value = static_cast<float>(value / watts);
}

Period make_sine(double angle) {
  Period wave;
  for (std::size_t step = 0; step < period_steps; ++step) {
    wave[step] = static_cast<float>(sqrt2 * std::sin(angle_of(step) - angle));
  }
  return wave;
}

// As measured on refrigerators: the fundamental 47 degrees behind, a third harmonic of a tenth, a fifth of a
// fiftieth.
Period make_motor() {
  Period wave;
  const double lag = 47 * two_pi / 360;
  for (std::size_t step = 0; step < period_steps; ++step) {
    const double angle = angle_of(step) - lag;
    wave[step] =
        static_cast<float>(std::sin(angle) + 0.1 * std::sin(3 * angle + 2.6) + 0.02 * std::sin(5 * angle));
  }
  normalise(wave);
  return wave;
}

// A bridge with a capacitor: it conducts while the voltage is above what the capacitor holds, which sinks
// under a constant current in between. Followed over some periods until it repeats.
Period make_rectifier() {
  Period wave{};
  constexpr double droop_per_step = 0.2 / (period_steps / 2.0);  // of the peak, in half a period
  constexpr double series = 0.009;                               // resistance against the load's
  double held = 0.8;
  for (int period = 0; period < 4; ++period) {
    for (std::size_t step = 0; step < period_steps; ++step) {
      const double voltage = std::sin(angle_of(step));
      const double current = std::max(0.0, (std::abs(voltage) - held) / series);
      held += current * droop_per_step * 1.1 - droop_per_step;
      wave[step] = static_cast<float>(std::copysign(current, voltage));
    }
  }
  normalise(wave);
  return wave;
}

struct Elementary {
  Period motor = make_motor();
  Period rectifier = make_rectifier();
  Period sine = make_sine(0);
  Period reactive = make_sine(two_pi / 4);
};

const Elementary& elementary() {
  static const Elementary waves;
  return waves;
}

}  // namespace

Demand& Demand::operator+=(const Demand& other) {
  resistive_w += other.resistive_w;
  motor_w += other.motor_w;
  rectifier_w += other.rectifier_w;
  sine_w += other.sine_w;
  reactive_var += other.reactive_var;
  return *this;
}

Demand operator*(Demand demand, double factor) {
  return {demand.resistive_w * factor, demand.motor_w * factor, demand.rectifier_w * factor,
          demand.sine_w * factor, demand.reactive_var * factor};
}

double conductance(const Demand& demand, double nominal_voltage) {
  return demand.resistive_w / (nominal_voltage * nominal_voltage);
}

void mix(const Demand& demand, double nominal_voltage, Period& out) {
  const Elementary& waves = elementary();
  const auto motor = static_cast<float>(demand.motor_w / nominal_voltage);
  const auto rectifier = static_cast<float>(demand.rectifier_w / nominal_voltage);
  const auto sine = static_cast<float>(demand.sine_w / nominal_voltage);
  const auto reactive = static_cast<float>(demand.reactive_var / nominal_voltage);
  for (std::size_t step = 0; step < period_steps; ++step) {
    out[step] = motor * waves.motor[step] + rectifier * waves.rectifier[step] + sine * waves.sine[step] +
                reactive * waves.reactive[step];
  }
}

}  // namespace lk::sim
