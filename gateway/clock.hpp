// SPDX-License-Identifier: Apache-2.0
// The two clocks of a PC. Messages bear the wall clock; waiting goes by the one that nobody sets.
#pragma once

#include <chrono>
#include <cstdint>

namespace lk::gateway {

// Milliseconds since 1970-01-01 UTC.
[[nodiscard]] inline std::int64_t wall_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

// Milliseconds of a clock that never goes back.
[[nodiscard]] inline std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace lk::gateway
