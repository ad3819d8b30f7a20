// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/zero_crossing.hpp"

#include <algorithm>
#include <bit>

namespace lk::metrology {
namespace {

// A pole at rate / (2π · 2^shift): 64 to 120 Hz for every rate of 4 to 16 kHz.
unsigned pole_shift(std::uint32_t rate_hz) {
  return static_cast<unsigned>(std::bit_width(rate_hz / 400) - 1);
}

constexpr std::uint32_t highest_frequency_hz = 75;

}  // namespace

ZeroCrossing::ZeroCrossing(std::uint32_t rate_hz, std::int32_t hysteresis_count)
    : shift_(pole_shift(rate_hz)),
      shortest_period_(rate_hz / highest_frequency_hz),
      hysteresis_(std::clamp<std::int32_t>(hysteresis_count, 1, count_limit / 4) * fine),
      since_crossing_(shortest_period_) {}

}  // namespace lk::metrology
