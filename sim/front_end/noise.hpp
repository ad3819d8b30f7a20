// SPDX-License-Identifier: Apache-2.0
// White Gaussian noise from a seed at about a nanosecond a value: quantiles of the normal distribution, drawn
// with twelve random bits each. Largest value 3.7; variance exactly 1; no two draws depend on each other.
#pragma once

#include <array>
#include <cstdint>

#include "sim/mains/random.hpp"

namespace lk::sim {

inline constexpr std::size_t normal_quantile_count = 4096;
// The quantiles, scaled to variance 1. Made once.
[[nodiscard]] const std::array<float, normal_quantile_count>& normal_quantiles();

class Noise {
 public:
  explicit Noise(std::uint64_t seed) : random_(seed), quantiles_(&normal_quantiles()) {}

  float next() {
    if (draws_left_ == 0) {
      bits_ = random_.next();
      draws_left_ = 5;
    }
    --draws_left_;
    const float value = (*quantiles_)[bits_ % normal_quantile_count];
    bits_ /= normal_quantile_count;
    return value;
  }

 private:
  Random random_;
  const std::array<float, normal_quantile_count>* quantiles_;
  std::uint64_t bits_ = 0;
  unsigned draws_left_ = 0;
};

}  // namespace lk::sim
