// SPDX-License-Identifier: Apache-2.0
// The monotonic clock that the lines run on.
#pragma once

#include <chrono>

namespace lk::host {

// Nanoseconds since the machine started; never goes back.
[[nodiscard]] inline std::chrono::nanoseconds wall_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace lk::host
