// SPDX-License-Identifier: Apache-2.0
#include "sim/front_end/noise.hpp"

#include <cmath>

namespace lk::sim {
namespace {

double normal_distribution(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

// By bisection: it is done 4 096 times in a program's life.
double quantile(double probability) {
  double low = -10;
  double high = 10;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (normal_distribution(middle) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

std::array<float, normal_quantile_count> make_quantiles() {
  std::array<double, normal_quantile_count> values{};
  double square_sum = 0;
  for (std::size_t k = 0; k < normal_quantile_count; ++k) {
    values[k] = quantile((static_cast<double>(k) + 0.5) / normal_quantile_count);
    square_sum += values[k] * values[k];
  }
  const double scale = std::sqrt(normal_quantile_count / square_sum);
  std::array<float, normal_quantile_count> quantiles{};
  for (std::size_t k = 0; k < normal_quantile_count; ++k)
    quantiles[k] = static_cast<float>(values[k] * scale);
  return quantiles;
}

}  // namespace

const std::array<float, normal_quantile_count>& normal_quantiles() {
  static const std::array<float, normal_quantile_count> quantiles = make_quantiles();
  return quantiles;
}

}  // namespace lk::sim
