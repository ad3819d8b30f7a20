// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/window_sums.hpp"

#include "meter/metrology/sine.hpp"

namespace lk::metrology {

Terms terms_of(const Sample& sample, std::uint32_t phase) {
  const std::int64_t v = saturated(sample.voltage_count);
  const std::int64_t i = saturated(sample.current_count);
  const std::int64_t c = cosine(phase);
  const std::int64_t s = sine(phase);
  return {v, i, v * v, i * i, v * i, v * c, v * s, i * c, i * s};
}

void WindowSums::add(std::span<const Sample> samples, std::uint32_t phase, std::uint32_t step) {
  Terms sums = terms;
  for (const Sample& sample : samples) {
    const std::int64_t v = saturated(sample.voltage_count);
    const std::int64_t i = saturated(sample.current_count);
    const std::int64_t c = cosine(phase);
    const std::int64_t s = sine(phase);
    sums[sum_v] += v;
    sums[sum_i] += i;
    sums[sum_vv] += v * v;
    sums[sum_ii] += i * i;
    sums[sum_vi] += v * i;
    sums[sum_v_cosine] += v * c;
    sums[sum_v_sine] += v * s;
    sums[sum_i_cosine] += i * c;
    sums[sum_i_sine] += i * s;
    phase += step;
  }
  terms = sums;
  weight_q16 += static_cast<std::int64_t>(samples.size()) * whole_q16;
}

void WindowSums::give(const Terms& sample, std::int64_t share_q16, WindowSums& next) {
  for (std::size_t index = 0; index < sum_count; ++index) {
    const std::int64_t part = (sample[index] * share_q16) >> 16U;
    terms[index] -= part;
    next.terms[index] += part;
  }
  weight_q16 -= share_q16;
  next.weight_q16 += share_q16;
}

void WindowSums::forget_phasors() {
  for (std::size_t index = sum_v_cosine; index < sum_count; ++index) terms[index] = 0;
}

void WindowSums::add_phasors(const Terms& sample, std::int64_t share_q16) {
  for (std::size_t index = sum_v_cosine; index < sum_count; ++index) {
    terms[index] += (sample[index] * share_q16) >> 16U;
  }
}

}  // namespace lk::metrology
