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
  // Adds one sample whose reference wave is (cosine, sine), without counting its weight.
  void add_one(std::int32_t v, std::int32_t i, std::int32_t c, std::int32_t s) {
    terms[sum_v] += v;
    terms[sum_vv] += std::int64_t{v} * v;
    terms[sum_v_cosine] += std::int64_t{v} * c;
    terms[sum_v_sine] += std::int64_t{v} * s;
    add_current(v, i, c, s);
  }
  // The same without the terms of the voltage alone, for a second current with one voltage (`take_voltage`).
  void add_current(std::int32_t v, std::int32_t i, std::int32_t c, std::int32_t s) {
    terms[sum_i] += i;
    terms[sum_ii] += std::int64_t{i} * i;
    terms[sum_vi] += std::int64_t{v} * i;
    terms[sum_i_cosine] += std::int64_t{i} * c;
    terms[sum_i_sine] += std::int64_t{i} * s;
  }
  // Takes over the terms of the voltage alone from sums over the same samples.
  void take_voltage(const WindowSums& other) {
    for (const SumIndex index : {sum_v, sum_vv, sum_v_cosine, sum_v_sine}) terms[index] = other.terms[index];
  }
  // Gives the share `share_q16` (0 to 65 536) of a sample, already added whole, to the next window.
  void give(const Terms& sample, std::int64_t share_q16, WindowSums& next);
  // Replaces what shares of samples brought to the products with the reference wave, after that wave was
  // turned.
  void forget_phasors();
  void add_phasors(const Terms& sample, std::int64_t share_q16);
};

}  // namespace lk::metrology
