// SPDX-License-Identifier: Apache-2.0
// The power limit of a supply: by time of day, with a delay before it trips, a pause before it closes again,
// a number of tries, and then a lock that only an order ends.
//
//             over the limit for `delay`                pause over
//   watching ───────────────────────────► tripped ───────────────────► watching (a try used)
//      ▲  no trip for `forget`: tries again   │ tries used up
//      └──────────────────────────────────    └──► locked ── order ──► watching
//
// Pure; the lock and the tries are stored by the owner, so that a power cut does not open them. Not
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "meter/schedule/window.hpp"
#include "quantity/quantity.hpp"

namespace lk::supply {

inline constexpr std::size_t limit_window_count = 8;

struct LimitRules {
  quantity::Power always;  // where no window applies; 0: no limit
  std::array<schedule::Window, limit_window_count> windows{};
  std::array<quantity::Power, limit_window_count> limits{};  // of each window; 0: no limit in it
  quantity::Duration delay = quantity::seconds(30);
  quantity::Duration pause = quantity::seconds(60);
  std::uint16_t tries = 5;  // closings after a trip; 65 535: without end
  quantity::Duration forget = quantity::minutes(30);
};

// The limit that applies: of the first window that contains the time. Nothing: no limit.
[[nodiscard]] std::optional<quantity::Power> limit_at(const LimitRules& rules, const schedule::LocalTime& at);

class PowerLimiter {
 public:
  enum class Phase : std::uint8_t { watching = 0, tripped = 1, locked = 2 };
  struct Stored {
    Phase phase = Phase::watching;
    std::uint16_t used_tries = 0;
    constexpr bool operator==(const Stored&) const = default;
  };
  struct Step {
    bool holds_open = false;
    bool has_changed = false;  // what is stored has changed
    bool has_tripped = false;
    bool has_deadline = false;
    quantity::Instant deadline;
  };

  // After a start: a pause under way begins anew.
  void restore(const Stored& stored, quantity::Instant now);
  [[nodiscard]] const Stored& stored() const { return stored_; }

  // `power` is the active import, measured lately; `limit` as of `limit_at`.
  [[nodiscard]] Step step(quantity::Power power, std::optional<quantity::Power> limit,
                          const LimitRules& rules, quantity::Instant now);
  // By order: ends a pause or a lock, and gives all tries again.
  void release();

 private:
  [[nodiscard]] Step outcome(bool has_changed, bool has_tripped, quantity::Duration pause) const;

  Stored stored_;
  bool is_over_ = false;
  quantity::Instant over_since_;
  quantity::Instant tripped_at_;
  quantity::Instant closed_at_;  // since when there was no trip
};

}  // namespace lk::supply
