// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/trip_latch.hpp"

namespace lk::guard {
namespace {

constexpr std::uint8_t without_limit = 255;

}  // namespace

void TripLatch::trip(quantity::Instant now) {
  if (state_.is_held) return;
  state_.is_held = true;
  state_.is_locked =
      settings_.restores_per_day != without_limit && state_.restore_count >= settings_.restores_per_day;
  since_ = now;
}

bool TripLatch::poll(bool is_cause_there, std::int32_t local_day, quantity::Instant now) {
  if (local_day != state_.day) {
    state_.day = local_day;
    state_.restore_count = 0;
    if (settings_.is_unlocked_by_next_day) state_.is_locked = false;
  }
  if (!state_.is_held || state_.is_locked) return false;
  if (is_cause_there) since_ = now;
  if (now - since_ < quantity::seconds(settings_.delay_s)) return false;
  state_.is_held = false;
  if (state_.restore_count < without_limit) ++state_.restore_count;
  return true;
}

void TripLatch::unlock() {
  state_.is_held = false;
  state_.is_locked = false;
  state_.restore_count = 0;
}

void TripLatch::restore(const LatchState& state, quantity::Instant now) {
  state_ = state;
  since_ = now;
}

}  // namespace lk::guard
