// SPDX-License-Identifier: Apache-2.0
// Holds the supply open after a trip, restores it by itself some times a day, then locks until someone with
// authority unlocks. The same for the malicious load and for every group of conditions that trips.
//
//   ┌──────┐ ── trip ──► ┌──────┐ ── delay over, cause gone, restores left ──► free
//   │ free │             │ held │
//   └──────┘ ◄─ unlock ─ └──────┘ ── no restore left ──► locked ── unlock, or next day if so set ──► free
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"

namespace lk::guard {

struct RestoreSettings {
  std::uint32_t delay_s = 180;        // 0 to 86 400, after the trip or the end of its cause
  std::uint8_t restores_per_day = 3;  // 255: without limit
  bool is_unlocked_by_next_day = false;
};
[[nodiscard]] constexpr bool is_valid(const RestoreSettings& settings) {
  return settings.delay_s <= 86'400;
}

// What a power cut must not undo; the owner stores it with the reasons of the supply.
struct LatchState {
  bool is_held = false;
  bool is_locked = false;
  std::uint8_t restore_count = 0;  // today
  std::int32_t day = 0;            // local day of the count
  constexpr bool operator==(const LatchState&) const = default;
};

class TripLatch {
 public:
  explicit TripLatch(const RestoreSettings& settings) : settings_(settings) {}

  // The cause is there: opens, or goes on holding.
  void trip(quantity::Instant now);
  // Time passes. `is_cause_there`: the condition still holds, so the delay begins anew. `local_day` counts
  // the days of local time. Returns whether it restored with this call.
  bool poll(bool is_cause_there, std::int32_t local_day, quantity::Instant now);
  // By authority: free at once, with all restores of the day.
  void unlock();

  [[nodiscard]] bool holds() const { return state_.is_held; }
  [[nodiscard]] bool is_locked() const { return state_.is_locked; }
  [[nodiscard]] const LatchState& state() const { return state_; }
  // After power-up; the delay begins anew.
  void restore(const LatchState& state, quantity::Instant now);

 private:
  RestoreSettings settings_;
  LatchState state_;
  quantity::Instant since_;
};

}  // namespace lk::guard
