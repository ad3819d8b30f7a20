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

#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/metrology/sample.hpp"

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
  // Looks at samples until the first crossing. Counts beyond 24 bits are taken as saturated.
  [[nodiscard]] Result scan(std::span<const Sample> samples);

  // The middle of the voltage channel in counts.
  void set_level(std::int32_t level_count) {
    level_ = level_count * fine;
    armed_ = false;
  }

 private:
  static constexpr std::int32_t fine = 64;  // filtered values are in 1/64 count

  unsigned shift_;
  std::uint32_t shortest_period_;
  std::int32_t hysteresis_;
  std::int32_t level_ = 0;
  std::int32_t first_pole_ = 0;
  std::int32_t filtered_ = 0;
  std::uint32_t since_crossing_ = 0;
  bool armed_ = false;
};

}  // namespace lk::metrology
