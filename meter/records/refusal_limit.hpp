// SPDX-License-Identifier: Apache-2.0
// How many refusals are written down. Anybody on the line can send wrong tokens and orders without end; each
// one written would push real events out of the log and wear the memory. So a burst of refusals is recorded
// whole, and after it one a minute; the rest are answered all the same, but leave no event. Not thread-safe.
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"

namespace lk::records {

class RefusalLimit {
 public:
  static constexpr std::uint32_t burst = 20;
  static constexpr quantity::Duration refill_time = quantity::minutes(1);

  // Whether a refusal at `now` is to be recorded; a yes uses one up. A clock that goes back does no harm.
  [[nodiscard]] bool allows(quantity::Instant now);

 private:
  std::uint32_t left_ = burst;
  quantity::Instant refilled_at_;
};

}  // namespace lk::records
