// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/step_shape.hpp"

#include <algorithm>

namespace lk::guard {
namespace {

// 1.25 mA · 20 mV over 64 points, in mW.
constexpr std::int64_t products_per_mw = 2560;
// An edge within a cycle falls between two points; a dimmer has two, and each may spoil two points.
constexpr std::size_t forgiven_count = 4;

std::int64_t saturated(std::int32_t change) {
  return std::clamp<std::int32_t>(change, -131'071, 131'071);
}

std::int64_t slope_of(const Wave& voltage, std::size_t index) {
  return std::int64_t{voltage[(index + 1) % point_count]} - voltage[(index + point_count - 1) % point_count];
}

std::int64_t ratio_q20(std::int64_t numerator, std::int64_t denominator) {
  return denominator == 0 ? 0 : (numerator * (std::int64_t{1} << 20U)) / denominator;
}

// The largest few of what it is shown.
class Largest {
 public:
  void show(std::int64_t value) {
    for (std::int64_t& kept : kept_) {
      if (value > kept) std::swap(value, kept);
    }
  }
  [[nodiscard]] std::int64_t sum() const {
    std::int64_t sum = 0;
    for (const std::int64_t kept : kept_) sum += kept;
    return sum;
  }

 private:
  std::array<std::int64_t, forgiven_count> kept_{};
};

// Finds the conductance by which the points that conduct are explained; a point conducts where it has more
// than half of it. Few rounds suffice: beginning with the mean of all points it only rises.
void fit_switched(const Change& change, const Wave& voltage, std::int64_t conductance_q20, StepShape& out) {
  constexpr int rounds = 4;
  const auto conducts = [&](std::size_t k) {
    const std::int64_t product = saturated(change[k]) * voltage[k];
    const std::int64_t square = std::int64_t{voltage[k]} * voltage[k];
    return product * 2 > ((square >> 10U) * conductance_q20 >> 10U) && voltage[k] != 0;
  };
  for (int round = 0; round < rounds; ++round) {
    std::int64_t products = 0;
    std::int64_t squares = 0;
    for (std::size_t k = 0; k < point_count; ++k) {
      if (!conducts(k)) continue;
      products += saturated(change[k]) * voltage[k];
      squares += std::int64_t{voltage[k]} * voltage[k];
    }
    conductance_q20 = ratio_q20(products, squares);
  }
  std::int64_t highest = 0;
  for (const std::int16_t value : voltage) highest = std::max(highest, std::int64_t{value} * value);
  Largest largest;
  std::int64_t sum = 0;
  for (std::size_t k = 0; k < point_count; ++k) {
    const std::int64_t there = saturated(change[k]);
    const std::int64_t missing = there - ((conductance_q20 * voltage[k]) >> 20U);
    const std::int64_t rest = std::min(there * there, missing * missing);
    sum += rest;
    largest.show(rest);
    if (!conducts(k)) continue;
    ++out.conducting_count;
    if (2 * std::int64_t{voltage[k]} * voltage[k] < highest) ++out.low_count;
    if (voltage[k] > 0) ++out.positive_count;
  }
  out.switched_rest = sum - largest.sum();
}

}  // namespace

std::int64_t energy_of(const Change& change) {
  std::int64_t sum = 0;
  for (const std::int32_t value : change) sum += saturated(value) * saturated(value);
  return sum;
}

StepShape shape_of(const Change& change, const Wave& voltage) {
  std::int64_t products = 0;
  std::int64_t squares = 0;
  std::int64_t slope_products = 0;
  std::int64_t slope_squares = 0;
  for (std::size_t k = 0; k < point_count; ++k) {
    const std::int64_t value = saturated(change[k]);
    const std::int64_t slope = slope_of(voltage, k);
    products += value * voltage[k];
    squares += std::int64_t{voltage[k]} * voltage[k];
    slope_products += value * slope;
    slope_squares += slope * slope;
  }
  const std::int64_t conductance_q20 = ratio_q20(products, squares);
  const std::int64_t capacity_q20 = ratio_q20(slope_products, slope_squares);
  StepShape shape;
  for (std::size_t k = 0; k < point_count; ++k) {
    const std::int64_t value = saturated(change[k]);
    const std::int64_t rest = value - ((conductance_q20 * voltage[k]) >> 20U);
    const std::int64_t less = rest - ((capacity_q20 * slope_of(voltage, k)) >> 20U);
    shape.energy += value * value;
    shape.resistor_rest += rest * rest;
    shape.capacitor_rest += less * less;
  }
  shape.power_mw = products / products_per_mw;
  // The slope over two points of a fundamental is 0.196 of its amplitude; per unit of amplitude it is 5.1.
  shape.reactive_mvar = -slope_products * 51 / 10 / products_per_mw;
  if (conductance_q20 > 0) fit_switched(change, voltage, conductance_q20, shape);
  return shape;
}

}  // namespace lk::guard
