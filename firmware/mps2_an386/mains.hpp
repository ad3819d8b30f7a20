// SPDX-License-Identifier: Apache-2.0
// What the converter of a real board would give: 230 V, 50 Hz, and 10 A lagging by 22.5 degrees while the
// supply is closed; 6 400 samples a second, as many as time has passed.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "meter/metrology/sample.hpp"
#include "port/relay.hpp"
#include "quantity/quantity.hpp"

namespace lk::firmware {

class Mains {
 public:
  static constexpr std::uint32_t rate_hz = 6400;
  // The peak of both sine waves is 32 767 counts: 230·√2 V, and at twice the counts for an ampere 10·√2 A.
  static constexpr metrology::Calibration calibration{
      .rate_hz = rate_hz,
      .voltage_microcounts_per_volt = 100'738'262,
      .current_microcounts_per_ampere = 2'316'976'790,
  };

  explicit Mains(quantity::Instant start) : start_(start) {}

  // The next samples that are due by `now`, up to 64 of them; empty where none is.
  [[nodiscard]] std::span<const metrology::Sample> take(quantity::Instant now, port::Contact contact);

 private:
  quantity::Instant start_;
  std::int64_t given_count_ = 0;
  std::uint32_t phase_ = 0;  // 2^32 to the turn
  std::array<metrology::Sample, 64> samples_{};
};

}  // namespace lk::firmware
