// SPDX-License-Identifier: Apache-2.0
#include "meter/records/allowance.hpp"

#include <algorithm>

namespace lk::records {

bool Allowance::has_left(quantity::Instant now) {
  if (left_ == burst_ || now < refilled_at_) {
    refilled_at_ = now;
  } else {
    const std::int64_t refills = (now - refilled_at_).count() / refill_time.count();
    left_ = static_cast<std::uint32_t>(std::min<std::int64_t>(burst_, left_ + refills));
    refilled_at_ = left_ == burst_ ? now : refilled_at_ + refill_time * refills;
  }
  return left_ > 0;
}

bool Allowance::take(quantity::Instant now) {
  if (!has_left(now)) return false;
  --left_;
  return true;
}

}  // namespace lk::records
