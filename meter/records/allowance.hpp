// SPDX-License-Identifier: Apache-2.0
// So many at once, and then one a minute. Anybody on the line can send wrong tokens and orders without end,
// so two things are allowed only so often: to write a refusal down (each would push a real event out of the
// log and wear the memory), and to guess at a token (its check has 16 bits). Not thread-safe.
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"

namespace lk::records {

class Allowance {
 public:
  static constexpr quantity::Duration refill_time = quantity::minutes(1);

  explicit constexpr Allowance(std::uint32_t burst) : burst_(burst), left_(burst) {}

  // Whether one is left at `now`. A clock that goes back does no harm.
  [[nodiscard]] bool has_left(quantity::Instant now);
  // The same; a yes uses one up.
  [[nodiscard]] bool take(quantity::Instant now);
  // As at the start.
  void refill() { left_ = burst_; }
  // How many are used up, as far as time has not brought them back; and that many again after a power cut,
  // from `now` on.
  [[nodiscard]] std::uint32_t used() const { return burst_ - left_; }
  void restore(std::uint32_t used, quantity::Instant now) {
    left_ = used < burst_ ? burst_ - used : 0;
    refilled_at_ = now;
  }

 private:
  std::uint32_t burst_;
  std::uint32_t left_;
  quantity::Instant refilled_at_;
};

}  // namespace lk::records
