// SPDX-License-Identifier: Apache-2.0
// Angles in integers: 2^32 is one turn. What phase correction and phase angles need once a window.
#pragma once

#include <cstdint>

namespace lk::metrology {

// Cosine and sine of one angle in 2^-30.
struct Rotation {
  std::int64_t cosine_q30;
  std::int64_t sine_q30;
};
[[nodiscard]] Rotation rotation_of(std::uint32_t turn);

// The angle of (x, y) from the x axis, good to 10^-8 of a turn; 0 where both are 0.
[[nodiscard]] std::uint32_t angle_of(std::int64_t x, std::int64_t y);

// 0 to 359 999.
[[nodiscard]] constexpr std::int32_t millidegrees(std::uint32_t turn) {
  return static_cast<std::int32_t>((std::uint64_t{turn} * 360'000) >> 32U);
}
// −180 000 to 179 999, rounded to the nearest.
[[nodiscard]] constexpr std::int32_t signed_millidegrees(std::uint32_t turn) {
  const auto half_turns = static_cast<std::int64_t>(static_cast<std::int32_t>(turn));
  const auto rounded = static_cast<std::int32_t>((half_turns * 360'000 + (std::int64_t{1} << 31U)) >> 32U);
  return rounded == 180'000 ? -180'000 : rounded;
}

}  // namespace lk::metrology
