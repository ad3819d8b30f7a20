// SPDX-License-Identifier: Apache-2.0
// What all channels of a meter read at one instant, and how the channels are counted:
//
//   one phase:     0 voltage   1 current   2 neutral current
//   three phases:  0 U1  1 I1  2 U2  3 I2  4 U3  5 I3  6 neutral current
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/metrology/sample.hpp"

namespace lk::metrology {

// Raw counts of the converter, at most 24 bits signed. A meter without a neutral sensor leaves its count 0.
template <std::size_t phase_count>
struct SampleSet {
  std::array<Sample, phase_count> phase{};
  std::int32_t neutral_count = 0;
};

inline constexpr std::size_t max_phases = 3;
inline constexpr std::size_t max_channels = 2 * max_phases + 1;

[[nodiscard]] constexpr std::size_t voltage_channel(std::size_t phase) {
  return 2 * phase;
}
[[nodiscard]] constexpr std::size_t current_channel(std::size_t phase) {
  return 2 * phase + 1;
}
[[nodiscard]] constexpr std::size_t neutral_channel(std::size_t phase_count) {
  return 2 * phase_count;
}

}  // namespace lk::metrology
