// SPDX-License-Identifier: Apache-2.0
// The reference wave of the fundamental: one period in 1 024 steps, read by a 32-bit phase (2^32 = one turn).
// The nearest step is taken: the step error is common to voltage and current and costs 2 ppm of amplitude.
#pragma once

#include <array>
#include <cstdint>

namespace lk::metrology {

inline constexpr std::int32_t sine_amplitude = 32767;
inline constexpr std::uint32_t sine_steps = 1024;

extern const std::array<std::int16_t, sine_steps> sine_table;

[[nodiscard]] inline std::int32_t sine(std::uint32_t phase) {
  return sine_table[(phase + 0x0020'0000U) >> 22U];
}
[[nodiscard]] inline std::int32_t cosine(std::uint32_t phase) {
  return sine(phase + 0x4000'0000U);
}

}  // namespace lk::metrology
