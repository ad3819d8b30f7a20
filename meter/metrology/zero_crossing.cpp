// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/zero_crossing.hpp"

#include <algorithm>
#include <bit>

#include "meter/metrology/window_sums.hpp"

namespace lk::metrology {
namespace {

// A pole at rate / (2π · 2^shift): 64 to 120 Hz for every rate of 4 to 16 kHz.
unsigned pole_shift(std::uint32_t rate_hz) {
  return static_cast<unsigned>(std::bit_width(rate_hz / 400) - 1);
}

constexpr std::uint32_t highest_frequency_hz = 75;
constexpr std::uint32_t long_ago = 1U << 30U;

}  // namespace

ZeroCrossing::ZeroCrossing(std::uint32_t rate_hz, std::int32_t hysteresis_count)
    : shift_(pole_shift(rate_hz)),
      shortest_period_(rate_hz / highest_frequency_hz),
      hysteresis_(std::clamp<std::int32_t>(hysteresis_count, 1, count_limit / 4) * fine),
      since_crossing_(shortest_period_) {}

ZeroCrossing::Result ZeroCrossing::scan(std::span<const Sample> samples) {
  std::int32_t first_pole = first_pole_;
  std::int32_t filtered = filtered_;
  bool armed = armed_;
  const std::int32_t arm_below = level_ - hysteresis_;
  Result result;
  std::uint32_t since = since_crossing_;
  for (std::size_t index = 0; index < samples.size(); ++index) {
    const std::int32_t before = filtered;
    first_pole += (saturated(samples[index].voltage_count) * fine - first_pole) >> shift_;
    filtered += (first_pole - filtered) >> shift_;
    ++since;
    if (filtered < arm_below) armed = true;
    if (filtered >= level_ && armed) [[unlikely]] {
      armed = false;
      if (since < shortest_period_) continue;
      const auto below = static_cast<std::uint64_t>(level_ - before);
      const auto rise = static_cast<std::uint64_t>(filtered - before);
      result = {index + 1, true, static_cast<std::uint32_t>((below << 16U) / rise)};
      since = 0;
      break;
    }
  }
  if (!result.is_crossing) result.consumed_count = samples.size();
  first_pole_ = first_pole;
  filtered_ = filtered;
  armed_ = armed;
  since_crossing_ = std::min(since, long_ago);
  return result;
}

}  // namespace lk::metrology
