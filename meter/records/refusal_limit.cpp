// SPDX-License-Identifier: Apache-2.0
#include "meter/records/refusal_limit.hpp"

#include <algorithm>

namespace lk::records {

bool RefusalLimit::allows(quantity::Instant now) {
  if (left_ == burst || now < refilled_at_) {
    refilled_at_ = now;
  } else {
    const std::int64_t refills = (now - refilled_at_).count() / refill_time.count();
    left_ = static_cast<std::uint32_t>(std::min<std::int64_t>(burst, left_ + refills));
    refilled_at_ = left_ == burst ? now : refilled_at_ + refill_time * refills;
  }
  if (left_ == 0) return false;
  --left_;
  return true;
}

}  // namespace lk::records
