// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/slow_change.hpp"

#include <algorithm>

#include "meter/guard/known_changes.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::guard {
namespace {

constexpr std::int64_t resistor_share_e3 = 22;
constexpr std::int64_t small_resistor_share_e3 = 20;
constexpr std::int64_t switched_share_e3 = 30;
constexpr std::uint8_t least_conducting = 6;
constexpr std::uint8_t least_low = 3;
constexpr std::uint8_t most_conducting = 28;
constexpr std::uint32_t calls_after_edge = 4;
constexpr std::uint32_t calls_until_told = 3;
constexpr std::int64_t cleanable_share_e3 = 40;
constexpr std::int64_t most_taken_percent = 30;  // of the power
constexpr std::int64_t most_given_percent = 3;
constexpr std::uint32_t calls_to_confirm = 20;
constexpr std::uint32_t finds_to_confirm = 2;
constexpr std::uint32_t calls_to_forget_found = 30;
constexpr unsigned smooth_shift = 3;
constexpr std::uint32_t calls_between_forgetting = 1024;  // 82 s, each time an eighth of the small steps
constexpr std::int64_t steps_share_e3 = 40;
constexpr std::int64_t risen_share_e3 = 70;
constexpr std::int64_t least_risen_percent = 60;  // of the small steps' power

// Several small supplies may go up one after the other, and one's rest hide another's.
std::int64_t most_share_e3(std::int64_t power_mw, std::int64_t least_mw) {
  return power_mw < 2 * least_mw ? small_resistor_share_e3 : resistor_share_e3;
}

std::int16_t saturated(std::int32_t value) {
  return static_cast<std::int16_t>(std::clamp<std::int32_t>(value, -32'767, 32'767));
}

std::int32_t share_e3(std::int64_t rest, std::int64_t energy) {
  return energy <= 0 ? 0
                     : static_cast<std::int32_t>(metrology::square_root(
                           static_cast<std::uint64_t>(std::max<std::int64_t>(0, rest) * 1'000'000 / energy)));
}

}  // namespace

std::optional<SlowChange::Found> SlowChange::take(const Now& now, std::int64_t least_mw) {
  forget_some();
  if (const auto in_steps = judge_steps(now.voltage, now.power_mw, least_mw * 7 / 4)) {
    clear();
    return in_steps;
  }
  if (hold_calls_ > 0) {
    if (--hold_calls_ > 0) return std::nullopt;
    end_hold(now.current);
  }
  if (calls_since_hold_ <= calls_until_told) ++calls_since_hold_;
  const Memory smooth{smoothed(now.current), smoothed_level(now.level_e4), ++call_};
  remember(smooth);
  // One memory a call, all within a second.
  looked_at_ = (looked_at_ + 1) % memory_count;
  if (memories_[looked_at_].call == 0) return std::nullopt;
  const auto found = compare(memories_[looked_at_], smooth, now.voltage, 2 * least_mw);
  if (!found) return std::nullopt;
  // What other loads do for a moment is gone by then.
  if (found_count_ == 0 || call_ - last_found_call_ > calls_to_forget_found) {
    found_count_ = 0;
    first_found_call_ = call_;
  }
  last_found_call_ = call_;
  ++found_count_;
  if (call_ - first_found_call_ < calls_to_confirm || found_count_ < finds_to_confirm) return std::nullopt;
  clear();
  return found;
}

void SlowChange::remember(const Memory& now) {
  if (call_ % close_calls == 1) memories_[call_ / close_calls % close_count] = now;
  if (call_ % coarse_calls == 1) memories_[close_count + call_ / coarse_calls % coarse_count] = now;
}

std::optional<SlowChange::Found> SlowChange::compare(const Memory& then, const Memory& now,
                                                     const Wave& voltage, std::int64_t least_mw) const {
  Change change;
  for (std::size_t k = 0; k < point_count; ++k) change[k] = 4 * (now.current[k] - then.current[k]);
  KnownChanges::take_out_voltage(change, then.current, now.level_e4 - then.level_e4, voltage);
  const StepShape shape = shape_of(change, voltage);
  if (shape.power_mw >= least_mw &&
      is_within(shape.resistor_rest, 0, shape.energy, most_share_e3(shape.power_mw, least_mw)))
    return Found{.power_mw = shape.power_mw, .rest_e3 = share_e3(shape.resistor_rest, shape.energy)};
  if (shape.power_mw >= least_mw && shape.conducting_count >= least_conducting &&
      shape.conducting_count <= most_conducting && shape.low_count >= least_low &&
      is_within(shape.switched_rest, 0, shape.energy, switched_share_e3)) {
    return Found{.power_mw = shape.power_mw,
                 .rest_e3 = share_e3(shape.switched_rest, shape.energy),
                 .is_switched = true};
  }
  if (!is_within(shape.resistor_rest, 0, shape.energy, cleanable_share_e3)) return std::nullopt;
  take_out_modes(change, then, voltage, least_mw);
  const StepShape cleaned = shape_of(change, voltage);
  const std::int64_t taken_mw = cleaned.power_mw - shape.power_mw;
  if (cleaned.power_mw >= least_mw && -taken_mw * 100 <= shape.power_mw * most_taken_percent &&
      taken_mw * 100 <= shape.power_mw * most_given_percent &&
      is_within(cleaned.resistor_rest, 0, cleaned.energy,
                most_share_e3(cleaned.power_mw, least_mw) * 3 / 4)) {
    return Found{.power_mw = cleaned.power_mw, .rest_e3 = share_e3(cleaned.resistor_rest, cleaned.energy)};
  }
  return std::nullopt;
}

// The background changes along waves of its own: those between the memories that are older still. The change
// is explained by them as far as its rest tells; what power they bring goes with them.
void SlowChange::take_out_modes(Change& change, const Memory& then, const Wave& voltage,
                                std::int64_t least_mw) const {
  constexpr std::size_t most_modes = 8;
  struct Mode {
    const Wave* later;
    const Wave* earlier;
  };
  std::array<Mode, most_modes> modes{};
  std::size_t count = 0;
  const auto collect = [&](std::size_t first, std::size_t ring_count, std::uint32_t calls) {
    for (std::size_t index = first; index < first + ring_count; ++index) {
      const Memory& later = memories_[index];
      const Memory& earlier = memories_[first + (index - first + ring_count - 1) % ring_count];
      if (later.call == 0 || later.call > then.call || earlier.call + calls != later.call) continue;
      if (earlier.call != 0 && count < most_modes) modes[count++] = {&later.current, &earlier.current};
    }
  };
  collect(0, close_count, close_calls);
  collect(close_count, coarse_count, coarse_calls);
  if (count == 0) return;
  // What a resistor of a hundredth of the least power would be is noise.
  const std::int64_t least_units = least_mw * 4 / 230 / 5;
  const std::int64_t floor = least_units * least_units * static_cast<std::int64_t>(point_count) / 10'000;
  constexpr int sweeps = 4;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t m = 0; m < count; ++m) {
      Change mode;
      for (std::size_t k = 0; k < point_count; ++k)
        mode[k] = 4 * ((*modes[m].later)[k] - (*modes[m].earlier)[k]);
      KnownChanges::take_out_mode(change, mode, voltage, floor);
    }
  }
}

// What hunts within a second averages out.
Wave SlowChange::smoothed(const Wave& now) {
  Wave smooth;
  for (std::size_t k = 0; k < point_count; ++k) {
    smooth_[k] += call_ == 0 ? now[k] * (1 << smooth_shift) : now[k] - (smooth_[k] >> smooth_shift);
    smooth[k] = static_cast<std::int16_t>(smooth_[k] >> smooth_shift);
  }
  return smooth;
}

std::int32_t SlowChange::smoothed_level(std::int32_t level_e4) {
  smooth_level_e4_ +=
      call_ == 0 ? level_e4 * (1 << smooth_shift) : level_e4 - (smooth_level_e4_ >> smooth_shift);
  return smooth_level_e4_ >> smooth_shift;
}

// An edge is told some cycles after it came: where a hold has just ended, it may be in what was added then.
void SlowChange::note_edge(const Wave& before) {
  if (hold_calls_ > 0) return;
  if (calls_since_hold_ > calls_until_told) held_ = before;
  hold_calls_ = calls_after_edge;
}

void SlowChange::end_hold(const Wave& now) {
  for (Memory& memory : memories_) {
    for (std::size_t k = 0; k < point_count; ++k)
      memory.current[k] = saturated(memory.current[k] + now[k] - held_[k]);
  }
  for (std::size_t k = 0; k < point_count; ++k) smooth_[k] = now[k] * (1 << smooth_shift);
  held_ = now;
  calls_since_hold_ = 0;
}

void SlowChange::note_other(std::int64_t power_mw) {
  if (power_mw > 0) others_mw_ += power_mw;
}

void SlowChange::note_small_step(const Change& step, std::int64_t power_mw) {
  steps_mw_ += power_mw;
  if (steps_mw_ <= 0) {
    steps_mw_ = 0;
    steps_ = {};
    return;
  }
  for (std::size_t k = 0; k < point_count; ++k) steps_[k] = saturated(steps_[k] + step[k]);
}

void SlowChange::forget_some() {
  if (until_forgetting_ > 0) {
    --until_forgetting_;
    return;
  }
  until_forgetting_ = calls_between_forgetting - 1;
  steps_mw_ -= steps_mw_ / 8;
  for (std::int16_t& point : steps_) point = static_cast<std::int16_t>(point - point / 8);
}

// Where all power, less what other loads came with, has risen as well, the sum may be less pure.
std::optional<SlowChange::Found> SlowChange::judge_steps(const Wave& voltage, std::int64_t power_mw,
                                                         std::int64_t least_mw) {
  if (steps_mw_ <= 0) {
    steps_start_mw_ = power_mw;
    others_mw_ = 0;
    return std::nullopt;
  }
  if (steps_mw_ < least_mw) return std::nullopt;
  const bool has_risen = (power_mw - steps_start_mw_ - others_mw_) * 100 >= steps_mw_ * least_risen_percent;
  Change sum;
  std::ranges::copy(steps_, sum.begin());
  const StepShape shape = shape_of(sum, voltage);
  if (shape.power_mw < least_mw ||
      !is_within(shape.resistor_rest, 0, shape.energy, has_risen ? risen_share_e3 : steps_share_e3)) {
    return std::nullopt;
  }
  return Found{.power_mw = shape.power_mw,
               .rest_e3 = share_e3(shape.resistor_rest, shape.energy),
               .is_in_steps = true};
}

void SlowChange::clear() {
  *this = {};
}

}  // namespace lk::guard
