// SPDX-License-Identifier: Apache-2.0
#include "sim/scene/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace lk::sim::scene {
namespace {

constexpr double two_pi = 2 * std::numbers::pi;
constexpr double degree = two_pi / 360;

double angle_of(std::size_t step) {
  return two_pi * static_cast<double>(step) / period_steps;
}

void scale_to_one_watt(Period& amperes, const Period& volts) {
  const double watts = watts_of(amperes, volts);
  for (float& value : amperes) value = static_cast<float>(value / watts);
}

double peak_of(const Period& volts) {
  float peak = 0;
  for (const float value : volts) peak = std::max(peak, std::abs(value));
  return peak;
}

Period cut(const Period& volts, double firing_degrees) {
  Period out = volts;
  for (std::size_t step = 0; step < period_steps; ++step) {
    if (std::fmod(angle_of(step), std::numbers::pi) < firing_degrees * degree) out[step] = 0;
  }
  return out;
}

Period rectified(const Period& volts, const Supply& supply, double droop, double series) {
  Period wave{};
  const double peak = peak_of(supply.volts);
  const double droop_per_step = droop / (period_steps / 2.0);
  double held = 0.8;
  for (int cycle = 0; cycle < 5; ++cycle) {
    for (std::size_t step = 0; step < period_steps; ++step) {
      const double voltage = volts[step] / peak;
      const double current = std::max(0.0, (std::abs(voltage) - held) / series);
      held += (current - 1) * droop_per_step;
      wave[step] = static_cast<float>(std::copysign(current, voltage));
    }
  }
  scale_to_one_watt(wave, supply.volts);
  return wave;
}

}  // namespace

double watts_of(const Period& amperes, const Period& volts) {
  double sum = 0;
  for (std::size_t step = 0; step < period_steps; ++step)
    sum += static_cast<double>(amperes[step]) * static_cast<double>(volts[step]);
  return sum / period_steps;
}

Supply draw_supply(Random& random, double rms) {
  Supply supply;
  supply.rms = rms;
  supply.ohms = random.between(0.15, 0.7);
  struct Part {
    double order, share, angle;
  };
  std::array<Part, 6> parts{};
  const double total = random.between(0.3, 1.0);
  const std::array<std::pair<int, double>, 6> usual = {
      {{3, 0.018}, {5, 0.028}, {7, 0.016}, {9, 0.006}, {11, 0.008}, {13, 0.005}}};
  for (std::size_t k = 0; k < parts.size(); ++k) {
    parts[k] = {static_cast<double>(usual[k].first), total * usual[k].second * random.between(0.3, 1.1),
                two_pi * random.uniform()};
  }
  double squares = 1;
  for (const Part& part : parts) squares += part.share * part.share;
  const double amplitude = rms * std::numbers::sqrt2 / std::sqrt(squares);
  for (std::size_t step = 0; step < period_steps; ++step) {
    const double angle = angle_of(step);
    double value = std::sin(angle);
    for (const Part& part : parts) value += part.share * std::sin(part.order * angle + part.angle);
    supply.volts[step] = static_cast<float>(amplitude * value);
  }
  return supply;
}

Period motor_wave(const Supply& supply, double lag_degrees, double third, double fifth, Random& random) {
  Period wave;
  const double third_angle = two_pi * random.uniform();
  const double fifth_angle = two_pi * random.uniform();
  for (std::size_t step = 0; step < period_steps; ++step) {
    const double angle = angle_of(step) - lag_degrees * degree;
    wave[step] = static_cast<float>(std::sin(angle) + third * std::sin(3 * angle + third_angle) +
                                    fifth * std::sin(5 * angle + fifth_angle));
  }
  scale_to_one_watt(wave, supply.volts);
  return wave;
}

Period rectifier_wave(const Supply& supply, double droop, double series) {
  return rectified(supply.volts, supply, droop, series);
}

Period dimmed_rectifier_wave(const Supply& supply, double droop, double series, double firing_degrees) {
  return rectified(cut(supply.volts, firing_degrees), supply, droop, series);
}

Period corrected_wave(const Supply& supply, double likeness, double distortion, Random& random) {
  Period wave;
  const double peak = supply.rms * std::numbers::sqrt2;
  std::array<double, 4> shares{};
  std::array<double, 4> angles{};
  double squares = 0;
  for (std::size_t k = 0; k < shares.size(); ++k) {
    shares[k] = random.between(0.3, 1) / static_cast<double>(k + 1);
    angles[k] = two_pi * random.uniform();
    squares += shares[k] * shares[k];
  }
  for (std::size_t step = 0; step < period_steps; ++step) {
    const double angle = angle_of(step);
    double value = (1 - likeness) * std::sin(angle) + likeness * supply.volts[step] / peak;
    for (std::size_t k = 0; k < shares.size(); ++k) {
      value += distortion / std::sqrt(squares) * shares[k] *
               std::sin(static_cast<double>(2 * k + 3) * angle + angles[k]);
    }
    wave[step] = static_cast<float>(value);
  }
  scale_to_one_watt(wave, supply.volts);
  return wave;
}

Period triac_motor_wave(const Supply& supply, double lag_degrees, double firing_degrees) {
  Period wave{};
  const double reactance = std::tan(lag_degrees * degree);  // for a resistance of 1
  const double per_step = two_pi / period_steps / reactance;
  double current = 0;
  bool conducts = firing_degrees <= 0;
  for (int cycle = 0; cycle < 8; ++cycle) {
    for (std::size_t step = 0; step < period_steps; ++step) {
      const double voltage = supply.volts[step];
      if (firing_degrees > 0) {
        const double within = std::fmod(angle_of(step), std::numbers::pi);
        if (!conducts && within >= firing_degrees * degree && within < firing_degrees * degree + 0.05) {
          conducts = true;
          current = 0;
        }
      }
      const double before = current;
      if (conducts) current += (voltage - current) * per_step;
      if (firing_degrees > 0 && conducts && before * current < 0) {
        conducts = false;
        current = 0;
      }
      wave[step] = static_cast<float>(current);
    }
  }
  scale_to_one_watt(wave, supply.volts);
  return wave;
}

Period capacitor_wave(const Supply& supply, double var) {
  Period wave;
  constexpr std::size_t span = 4;
  const double factor = var / (supply.rms * supply.rms) * period_steps / two_pi / (2.0 * span);
  for (std::size_t step = 0; step < period_steps; ++step) {
    const double rise = static_cast<double>(supply.volts[(step + span) % period_steps]) -
                        static_cast<double>(supply.volts[(step + period_steps - span) % period_steps]);
    wave[step] = static_cast<float>(factor * rise);
  }
  return wave;
}

}  // namespace lk::sim::scene
