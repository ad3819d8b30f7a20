// SPDX-License-Identifier: Apache-2.0
// What one window adds up, in counts: the plain sums, the products, and both channels against the reference
// wave (a DDS whose step follows the measured frequency). A sample on the border of two windows is shared
// between them by weight, and what one gives the other takes, so that over any number of windows each sample
// counts once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/metrology/sample.hpp"

namespace lk::metrology {

// Counts are of at most 24 bits; beyond that they saturate, so no sum of a window can overflow.
inline constexpr std::int32_t count_limit = (1 << 23) - 1;
[[nodiscard]] constexpr std::int32_t saturated(std::int32_t count) {
  return std::clamp(count, -count_limit, count_limit);
}

enum SumIndex : std::uint8_t {
  sum_v,
  sum_i,
  sum_vv,
  sum_ii,
  sum_vi,
  sum_v_cosine,
  sum_v_sine,
  sum_i_cosine,
  sum_i_sine,
  sum_count,
};
using Terms = std::array<std::int64_t, sum_count>;

inline constexpr std::int64_t whole_q16 = 65'536;

// What one sample contributes at this phase of the reference wave.
[[nodiscard]] Terms terms_of(const Sample& sample, std::uint32_t phase);

struct WindowSums {
  Terms terms{};
  std::int64_t weight_q16 = 0;  // samples in the window, in 1/65 536

  // Adds whole samples; the first has phase `phase`, each next one `step` more.
  void add(std::span<const Sample> samples, std::uint32_t phase, std::uint32_t step);
  // Gives the share `share_q16` (0 to 65 536) of a sample, already added whole, to the next window.
  void give(const Terms& sample, std::int64_t share_q16, WindowSums& next);
};

}  // namespace lk::metrology
