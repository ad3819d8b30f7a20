// SPDX-License-Identifier: Apache-2.0
// Keeps simulated time at `speed` times the wall clock, in blocks. Where the machine cannot keep up,
// simulated time lags, and how much is counted: no block is ever left out. Pure: the wall clock is handed in.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

namespace lk::host {

class Pace {
 public:
  using Wall = std::chrono::nanoseconds;
  // What the simulation may fall behind and still catch up, in wall time.
  static constexpr Wall most_backlog = std::chrono::milliseconds(500);

  // `block` is simulated time; `speed` 1 or more.
  Pace(Wall now, std::chrono::nanoseconds block, std::int64_t speed) : due_(now), step_(block / speed) {
    advance(now);
  }

  // When the next block is to be made.
  [[nodiscard]] Wall due() const { return due_; }
  // A block has been made.
  void advance(Wall now) {
    due_ += step_;
    if (now - due_ <= most_backlog) return;
    lag_ += now - due_ - most_backlog;
    due_ = now - most_backlog;
  }
  // The wall time that the simulation lost since the last call; 0 where it kept up.
  [[nodiscard]] Wall take_lag() { return std::exchange(lag_, Wall{}); }

 private:
  Wall due_;
  Wall step_;
  Wall lag_{};
};

}  // namespace lk::host
