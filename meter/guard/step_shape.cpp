// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/step_shape.hpp"

#include <algorithm>

namespace lk::guard {
namespace {

// 1.25 mA · 20 mV over all points, in mW.
constexpr std::int64_t products_per_mw = 40 * point_count;

std::int64_t saturated(std::int32_t change) {
  return std::clamp<std::int32_t>(change, -131'071, 131'071);
}

// The derivative over four neighbours, twice its value a point: also the voltage's harmonics come out right.
std::int64_t slope_of(const Wave& voltage, std::size_t index) {
  const auto at = [&](std::size_t ahead) { return std::int64_t{voltage[(index + ahead) % point_count]}; };
  return (8 * (at(1) - at(point_count - 1)) - (at(2) - at(point_count - 2))) / 6;
}

std::int64_t ratio_q20(std::int64_t numerator, std::int64_t denominator) {
  return denominator == 0 ? 0 : (numerator * (std::int64_t{1} << 20U)) / denominator;
}

// Where a switched resistor conducts.
class Gate {
 public:
  // A point conducts where it has more than half of what the conductance says.
  Gate(const Change& change, const Wave& voltage, std::int64_t conductance_q20) {
    for (std::size_t k = 0; k < point_count; ++k) {
      const std::int64_t product = saturated(change[k]) * voltage[k];
      const std::int64_t square = std::int64_t{voltage[k]} * voltage[k];
      conducts_[k] = product * 2 > ((square >> 10U) * conductance_q20 >> 10U) && voltage[k] != 0;
    }
  }
  [[nodiscard]] bool conducts(std::size_t k) const { return conducts_[k]; }
  // Next to where it opens or closes, which may be anywhere within a point.
  [[nodiscard]] bool is_edge(std::size_t k) const {
    return conducts_[(k + 1) % point_count] != conducts_[k] ||
           conducts_[(k + point_count - 1) % point_count] != conducts_[k];
  }

 private:
  std::array<bool, point_count> conducts_{};
};

// Of the points that conduct, those at the edges left out where enough others are there.
std::int64_t conductance_of(const Change& change, const Wave& voltage, const Gate& gate) {
  std::int64_t products = 0;
  std::int64_t squares = 0;
  std::int64_t inner_products = 0;
  std::int64_t inner_squares = 0;
  for (std::size_t k = 0; k < point_count; ++k) {
    if (!gate.conducts(k)) continue;
    const std::int64_t product = saturated(change[k]) * voltage[k];
    const std::int64_t square = std::int64_t{voltage[k]} * voltage[k];
    products += product;
    squares += square;
    if (gate.is_edge(k)) continue;
    inner_products += product;
    inner_squares += square;
  }
  return inner_squares * 3 > squares ? ratio_q20(inner_products, inner_squares)
                                     : ratio_q20(products, squares);
}

// Finds the conductance by which the points that conduct are explained. Few rounds suffice: beginning with
// the mean of all points it only rises.
void fit_switched(const Change& change, const Wave& voltage, std::int64_t conductance_q20, StepShape& out) {
  constexpr int rounds = 4;
  Gate gate{change, voltage, conductance_q20};
  for (int round = 0; round < rounds; ++round) {
    conductance_q20 = conductance_of(change, voltage, gate);
    gate = Gate{change, voltage, conductance_q20};
  }
  std::int64_t highest = 0;
  for (const std::int16_t value : voltage) highest = std::max(highest, std::int64_t{value} * value);
  for (std::size_t k = 0; k < point_count; ++k) {
    const std::int64_t there = saturated(change[k]);
    const std::int64_t full = (conductance_q20 * voltage[k]) >> 20U;
    const std::int64_t missing = there - full;
    // At an edge, what is between nothing and all needs no explanation.
    const bool is_between = gate.is_edge(k) && (there < 0) == (missing > 0);
    if (!is_between) out.switched_rest += std::min(there * there, missing * missing);
    if (!gate.conducts(k)) continue;
    ++out.conducting_count;
    if (2 * std::int64_t{voltage[k]} * voltage[k] < highest) ++out.low_count;
    if (voltage[k] > 0) ++out.positive_count;
  }
}

}  // namespace

std::int64_t energy_of(const Change& change) {
  std::int64_t sum = 0;
  for (const std::int32_t value : change) sum += saturated(value) * saturated(value);
  return sum;
}

Change rest_of(const Change& change, const Wave& voltage) {
  std::int64_t products = 0;
  std::int64_t squares = 0;
  for (std::size_t k = 0; k < point_count; ++k) {
    products += std::int64_t{change[k]} * voltage[k];
    squares += std::int64_t{voltage[k]} * voltage[k];
  }
  const std::int64_t conductance_q20 = ratio_q20(products, squares);
  Change rest;
  for (std::size_t k = 0; k < point_count; ++k) {
    const std::int64_t value = change[k] - ((conductance_q20 * voltage[k]) >> 20U);
    rest[k] = static_cast<std::int32_t>(std::clamp<std::int64_t>(value, -131'071, 131'071));
  }
  return rest;
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
  shape.conductance_q20 = conductance_q20;
  for (std::size_t k = 0; k < point_count; ++k) {
    const std::int64_t value = saturated(change[k]);
    const std::int64_t rest = value - ((conductance_q20 * voltage[k]) >> 20U);
    const std::int64_t less = rest - ((capacity_q20 * slope_of(voltage, k)) >> 20U);
    shape.energy += value * value;
    shape.resistor_rest += rest * rest;
    shape.capacitor_rest += less * less;
  }
  shape.power_mw = products / products_per_mw;
  // The slope of a fundamental is 0.393 of its amplitude; per unit of amplitude it is 2.55.
  shape.reactive_mvar = -slope_products * 255 / 100 / products_per_mw;
  if (conductance_q20 > 0) fit_switched(change, voltage, conductance_q20, shape);
  return shape;
}

}  // namespace lk::guard
