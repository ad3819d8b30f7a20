// SPDX-License-Identifier: Apache-2.0
// Finds where the mains voltage rises through its middle. Two low-pass poles near 80 Hz keep harmonics,
// notches and noise from making false crossings; their delay is the same at every crossing and so moves no
// window's length.
//
//   voltage ──►[pole]──►[pole]──► armed below −hysteresis ──► crosses the level upwards, not sooner than 1/75
//   s
//
// The level only has to stay the same: a direct voltage shifts every crossing alike. It is learned while
// there is no mains (`set_level`), never while locked, which would cut one window short.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/metrology/sample.hpp"
#include "meter/metrology/window_sums.hpp"

namespace lk::metrology {

class ZeroCrossing {
 public:
  // `hysteresis_count`: how far the filtered voltage must have been below the level, in counts.
  ZeroCrossing(std::uint32_t rate_hz, std::int32_t hysteresis_count);

  struct Result {
    std::size_t consumed_count =
        0;  // all samples given, or up to and with the first one at or above the level
    bool is_crossing = false;
    std::uint32_t fraction_q16 = 0;  // where between the last consumed sample and the one before: 0 to 65 536
  };
  // Looks at samples until the first crossing; `voltage_of` gives a sample's voltage count. Counts beyond 24
  // bits are taken as saturated.
  template <class Set, class VoltageOf>
  [[nodiscard]] Result scan(std::span<const Set> samples, VoltageOf voltage_of);
  [[nodiscard]] Result scan(std::span<const Sample> samples) {
    return scan(samples, [](const Sample& sample) { return sample.voltage_count; });
  }

  // The middle of the voltage channel in counts.
  void set_level(std::int32_t level_count) {
    level_ = level_count * fine;
    armed_ = false;
  }

 private:
  static constexpr std::int32_t fine = 64;  // filtered values are in 1/64 count
  static constexpr std::uint32_t long_ago = 1U << 30U;

  unsigned shift_;
  std::uint32_t shortest_period_;
  std::int32_t hysteresis_;
  std::int32_t level_ = 0;
  std::int32_t first_pole_ = 0;
  std::int32_t filtered_ = 0;
  std::uint32_t since_crossing_ = 0;
  bool armed_ = false;
};

template <class Set, class VoltageOf>
ZeroCrossing::Result ZeroCrossing::scan(std::span<const Set> samples, VoltageOf voltage_of) {
  std::int32_t first_pole = first_pole_;
  std::int32_t filtered = filtered_;
  bool armed = armed_;
  const std::int32_t arm_below = level_ - hysteresis_;
  Result result;
  std::uint32_t since = since_crossing_;
  for (std::size_t index = 0; index < samples.size(); ++index) {
    const std::int32_t before = filtered;
    first_pole += (saturated(voltage_of(samples[index])) * fine - first_pole) >> shift_;
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
