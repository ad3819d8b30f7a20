// SPDX-License-Identifier: Apache-2.0
// What the converter of a real board would give: 230 V, 50 Hz, and 10 A lagging by 22.5 degrees while the
// supply is closed; 6 400 samples a second, as many as time has passed.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "meter/metrology/board_calibration.hpp"
#include "meter/metrology/sample_set.hpp"
#include "port/relay.hpp"
#include "quantity/quantity.hpp"

namespace lk::firmware {

class Mains {
 public:
  static constexpr std::uint32_t rate_hz = 6400;
  // The board that it is seen by: a converter of 17 bits, with a sensor in the neutral. The peak of both sine
  // waves is 32 767 counts: 230·√2 V and 10·√2 A.
  [[nodiscard]] static metrology::BoardCalibration board();

  explicit Mains(quantity::Instant start) : start_(start) {}

  // The next sample sets that are due by `now`, up to 64 of them; empty where none is.
  [[nodiscard]] std::span<const metrology::SampleSet<1>> take(quantity::Instant now, port::Contact contact);

 private:
  quantity::Instant start_;
  std::int64_t given_count_ = 0;
  std::uint32_t phase_ = 0;  // 2^32 to the turn
  std::array<metrology::SampleSet<1>, 64> sets_{};
};

}  // namespace lk::firmware
