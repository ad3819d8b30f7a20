// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/window_lock.hpp"

#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

constexpr std::uint32_t fallback_windows_per_second = 5;
constexpr std::uint32_t settling_crossings = 4;
constexpr std::uint32_t shortest_window_share = 16;  // of a second: no window that a crossing ends is shorter
constexpr std::uint32_t longest_cycle_ms = 30;       // no crossing for longer: the mains is lost

std::int64_t samples_q16(std::uint64_t samples) {
  return static_cast<std::int64_t>(samples << 16U);
}

}  // namespace

std::uint32_t step_of(std::uint32_t cycles, std::int64_t span_q16) {
  return static_cast<std::uint32_t>((std::uint64_t{cycles} << 48U) / static_cast<std::uint64_t>(span_q16));
}

WindowLock::WindowLock(std::uint32_t rate_hz, std::int32_t hysteresis_count, std::uint32_t cycles)
    : rate_hz_(rate_hz), window_cycles_(cycles), crossing_(rate_hz, hysteresis_count) {}

WindowLock::Window WindowLock::window() const {
  const bool has_span = has_crossing_ && cycle_count_ > 0;
  return {is_locked_ && cycle_count_ == window_cycles_, has_crossing_, has_span ? cycle_count_ : 0,
          has_span ? last_crossing_q16_ - first_crossing_q16_ : 0, length_q16_};
}

WindowLock::Border WindowLock::border_at(std::uint32_t fraction_q16) {
  const std::int64_t before = fraction_q16;
  const std::int64_t after = whole_q16 - before;
  return {(after * after) >> 17U, whole_q16 - ((before * before) >> 17U)};
}

// The number of cycles is that of the mains as it was: 10 below 55 Hz, 12 above, and what it was in between.
void WindowLock::begin_at(std::uint32_t fraction_q16) {
  const Window ended = window();
  if (ended.span_q16 > 0) {
    const std::uint64_t tenths_hz =
        std::uint64_t{ended.cycles} * rate_hz_ * 10 * whole_q16 / static_cast<std::uint64_t>(ended.span_q16);
    if (tenths_hz < 548) window_cycles_ = 10;
    if (tenths_hz >= 552) window_cycles_ = 12;
  }
  const Border border = border_at(fraction_q16);
  length_q16_ = border.previous_q16 + border.last_q16;
  is_locked_ = true;
  cycle_count_ = 0;
  first_crossing_q16_ = 0;
  last_crossing_q16_ = 0;
  longest_jump_q16_ = 0;
}

void WindowLock::begin_here() {
  is_locked_ = false;
  unlocked_crossings_ = 0;
  first_crossing_q16_ -= length_q16_;
  last_crossing_q16_ -= length_q16_;
  length_q16_ = 0;
  last_cycle_q16_ = 0;
  longest_jump_q16_ = 0;
}

void WindowLock::restart() {
  begin_here();
  has_crossing_ = false;
  cycle_count_ = 0;
}

// The last sample taken is the first one at or above the level; the crossing is `fraction` after the one
// before. In the trapezoid rule a window's sum of weights is its length plus the half samples at its borders,
// hence 1.5.
bool WindowLock::takes_crossing(std::uint32_t fraction_q16) {
  const std::int64_t crossing_q16 = length_q16_ - whole_q16 * 3 / 2 + fraction_q16;
  if (is_locked_) {
    const std::int64_t cycle_q16 = crossing_q16 - last_crossing_q16_;
    if (last_cycle_q16_ != 0) {
      const auto jump = static_cast<std::int64_t>(magnitude(cycle_q16 - last_cycle_q16_));
      longest_jump_q16_ = std::max(longest_jump_q16_, jump);
    }
    last_cycle_q16_ = cycle_q16;
    last_crossing_q16_ = crossing_q16;
    return ++cycle_count_ == window_cycles_;
  }
  // Only the newest cycle is kept: the ones before it may still feel the switching-on in the crossing filter.
  cycle_count_ = has_crossing_ ? 1 : 0;
  unlocked_crossings_ = has_crossing_ ? unlocked_crossings_ + 1 : 1;
  first_crossing_q16_ = last_crossing_q16_;
  last_crossing_q16_ = crossing_q16;
  has_crossing_ = true;
  return unlocked_crossings_ >= settling_crossings &&
         length_q16_ >= samples_q16(rate_hz_ / shortest_window_share);
}

std::size_t WindowLock::samples_until_check() const {
  const std::uint64_t longest_cycle = std::uint64_t{rate_hz_} * longest_cycle_ms / 1000;
  std::int64_t left_q16 = samples_q16(rate_hz_);
  if (has_crossing_) left_q16 = last_crossing_q16_ + samples_q16(longest_cycle) - length_q16_;
  if (!is_locked_) {
    const std::int64_t window_q16 = samples_q16(rate_hz_ / fallback_windows_per_second);
    left_q16 = std::min(left_q16, window_q16 - length_q16_);
  }
  return static_cast<std::size_t>(std::max<std::int64_t>(1, (left_q16 + whole_q16 - 1) / whole_q16));
}

// Ends a lock whose mains has gone, and a window that no crossing will end.
bool WindowLock::is_time_over() {
  const std::uint64_t longest_cycle = std::uint64_t{rate_hz_} * longest_cycle_ms / 1000;
  if (has_crossing_ && length_q16_ - last_crossing_q16_ >= samples_q16(longest_cycle)) {
    has_crossing_ = false;
    is_locked_ = false;
  }
  return !is_locked_ && length_q16_ >= samples_q16(rate_hz_ / fallback_windows_per_second);
}

}  // namespace lk::metrology
