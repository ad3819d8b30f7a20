// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/slow_change.hpp"

#include <algorithm>

#include "meter/guard/known_changes.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::guard {
namespace {

constexpr std::int64_t resistor_share_e3 = 10;
constexpr std::int64_t beside_motor_share_e3 = 45;  // a fan heater's motor lags ...
constexpr std::int64_t without_motor_share_e3 = 9;  // ... and leaves no more than that
constexpr std::int64_t least_beside_motor = 4;      // times the least power
constexpr std::int64_t switched_share_e3 = 15;
constexpr std::uint8_t least_conducting = 6;
constexpr std::uint8_t least_low = 3;
constexpr std::uint8_t most_conducting = 28;
constexpr std::int64_t jump_share_e3 = 150;
constexpr std::int64_t most_at_once_percent = 45;  // of what crept in
constexpr std::uint32_t calls_after_edge = 4;
constexpr std::uint32_t calls_until_told = 3;
constexpr std::int64_t least_known_rest_mw = 50'000;  // of an edge that can be known again
constexpr std::int64_t other_share_e3 = 150;
constexpr std::uint32_t finds_to_confirm = 2;
constexpr std::int64_t most_small = 4;  // times the least power: must be found against two memories
constexpr unsigned smooth_shift = 3;
constexpr std::uint32_t calls_between_forgetting = 1024;  // 82 s, each time an eighth of the small steps
constexpr std::int64_t steps_share_e3 = 30;
constexpr std::int64_t risen_share_e3 = 55;
constexpr std::int64_t least_risen_percent = 60;  // of the small steps' power

// Until something is told, and until it is forgotten where it is not seen again.
struct Confirmation {
  std::uint32_t least_calls;
  std::uint32_t most_calls;
};
constexpr Confirmation of_resistor = {.least_calls = 6, .most_calls = 190};
constexpr Confirmation of_others = {.least_calls = 20, .most_calls = 30};

std::int16_t saturated(std::int32_t value) {
  return static_cast<std::int16_t>(std::clamp<std::int32_t>(value, -32'767, 32'767));
}

Change difference(const Wave& later, const Wave& earlier) {
  Change change;
  for (std::size_t k = 0; k < point_count; ++k) change[k] = 4 * (later[k] - earlier[k]);
  return change;
}

std::int32_t share_e3(std::int64_t rest, std::int64_t energy) {
  return energy <= 0 ? 0
                     : static_cast<std::int32_t>(metrology::square_root(
                           static_cast<std::uint64_t>(std::max<std::int64_t>(0, rest) * 1'000'000 / energy)));
}

// Whether a memory as it is leaves less of a resistor's rest than with the change added.
bool is_nearer(const Wave& now, const Wave& memory, const Change& added, const Wave& voltage) {
  const Change as_it_is = difference(now, memory);
  Change with;
  for (std::size_t k = 0; k < point_count; ++k) with[k] = as_it_is[k] - added[k];
  return energy_of(rest_of(as_it_is, voltage)) < energy_of(rest_of(with, voltage));
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
    end_hold(now.current, now.voltage);
  }
  if (calls_since_hold_ <= calls_until_told) ++calls_since_hold_;
  note_jump(now);
  const Memory smooth{
      .current = smoothed(now.current), .level_e4 = smoothed_level(now.level_e4), .call = ++call_};
  remember(smooth);
  // One memory a call, all within a second.
  looked_at_ = (looked_at_ + 1) % memory_count;
  const Memory& then = memories_[looked_at_];
  if (then.call == 0) return std::nullopt;
  const auto found = compare(then, smooth, now.voltage, 2 * least_mw);
  // What is not there cannot have come, and what came at once did not creep.
  if (!found || found->power_mw > now.power_mw) return std::nullopt;
  if (std::int64_t{then.jump_mw} * 100 > found->power_mw * most_at_once_percent) return std::nullopt;
  if (!is_confirmed(*found, then.call, found->power_mw < most_small * least_mw)) return std::nullopt;
  clear();
  return found;
}

// What other loads do for a moment is gone when it is looked at again; what they happened to do when one
// memory was made, where it is not much, is not in another.
bool SlowChange::is_confirmed(const Found& found, std::uint32_t since_call, bool is_small) {
  const Confirmation& asked =
      found.rest_e3 <= resistor_share_e3 && !found.is_switched ? of_resistor : of_others;
  if (found_count_ == 0 || call_ - last_found_call_ > asked.most_calls) {
    found_count_ = 0;
    found_since_call_ = 0;
    first_found_call_ = call_;
  }
  last_found_call_ = call_;
  if (since_call != found_since_call_ || !is_small) ++found_count_;
  found_since_call_ = since_call;
  return call_ - first_found_call_ >= asked.least_calls && found_count_ >= finds_to_confirm;
}

// What comes within half a second, and is no edge because noise hides it, did not creep in: a supply that
// starts.
void SlowChange::note_jump(const Now& now) {
  if (call_ == 0) return;
  const StepShape jump = shape_of(difference(now.current, smooth_now()), now.voltage);
  if (jump.power_mw <= 0 || !is_within(jump.resistor_rest, 0, jump.energy, jump_share_e3)) return;
  for (Memory& memory : memories_)
    memory.jump_mw = std::max(memory.jump_mw, static_cast<std::int32_t>(jump.power_mw));
}

void SlowChange::remember(const Memory& now) {
  if (call_ % close_calls == 1) memories_[call_ / close_calls % close_count] = now;
  if (call_ % coarse_calls == 1) memories_[close_count + call_ / coarse_calls % coarse_count] = now;
}

std::optional<SlowChange::Found> SlowChange::compare(const Memory& then, const Memory& now,
                                                     const Wave& voltage, std::int64_t least_mw) {
  Change change = difference(now.current, then.current);
  KnownChanges::take_out_voltage(change, then.current, now.level_e4 - then.level_e4, voltage);
  const StepShape shape = shape_of(change, voltage);
  if (shape.power_mw < least_mw) return std::nullopt;
  // A motor beside it, or another load's that came slowly, lags; a supply's rest has harmonics.
  const bool is_beside_motor = shape.power_mw >= least_beside_motor * least_mw &&
                               is_within(shape.resistor_rest, 0, shape.energy, beside_motor_share_e3) &&
                               is_within(shape.capacitor_rest, 0, shape.energy, without_motor_share_e3);
  if (is_beside_motor || is_within(shape.resistor_rest, 0, shape.energy, resistor_share_e3))
    return Found{.power_mw = shape.power_mw, .rest_e3 = share_e3(shape.resistor_rest, shape.energy)};
  const bool is_switched = shape.conducting_count >= least_conducting &&
                           shape.conducting_count <= most_conducting && shape.low_count >= least_low &&
                           is_within(shape.switched_rest, 0, shape.energy, switched_share_e3);
  if (!is_switched) return std::nullopt;
  return Found{.power_mw = shape.power_mw,
               .rest_e3 = share_e3(shape.switched_rest, shape.energy),
               .is_switched = true};
}

// What hunts within a second averages out.
Wave SlowChange::smoothed(const Wave& now) {
  for (std::size_t k = 0; k < point_count; ++k)
    smooth_[k] += call_ == 0 ? now[k] * (1 << smooth_shift) : now[k] - (smooth_[k] >> smooth_shift);
  return smooth_now();
}

Wave SlowChange::smooth_now() const {
  Wave smooth;
  for (std::size_t k = 0; k < point_count; ++k)
    smooth[k] = static_cast<std::int16_t>(smooth_[k] >> smooth_shift);
  return smooth;
}

std::int32_t SlowChange::smoothed_level(std::int32_t level_e4) {
  smooth_level_e4_ +=
      call_ == 0 ? level_e4 * (1 << smooth_shift) : level_e4 - (smooth_level_e4_ >> smooth_shift);
  return smooth_level_e4_ >> smooth_shift;
}

// An edge is told some cycles after it came: where a hold has just ended, it may be in what was added then.
void SlowChange::note_edge(const Wave& before, const Change& change, const Wave& voltage) {
  const std::int64_t rest = energy_of(rest_of(change, voltage));
  if (hold_calls_ > 0 && rest <= edge_rest_) return;
  edge_ = change;
  edge_rest_ = rest;
  if (hold_calls_ > 0) return;
  if (calls_since_hold_ > calls_until_told) held_ = before;
  hold_calls_ = calls_after_edge;
}

// What goes off may have come too slowly to be held, as a drive that ramps up: what was remembered before it
// came is without it already. Its rest tells, where it is large enough to be known again; then only what else
// came meanwhile, a supply's change of level, is added.
void SlowChange::end_hold(const Wave& now, const Wave& voltage) {
  const Change whole = difference(now, held_);
  Change other;
  for (std::size_t k = 0; k < point_count; ++k) other[k] = whole[k] - edge_[k];
  const StepShape other_shape = shape_of(other, voltage);
  const bool is_another = is_within(other_shape.resistor_rest, 0, other_shape.energy, other_share_e3);
  const bool is_known = std::min(edge_rest_, energy_of(rest_of(whole, voltage))) >
                        energy_of_power(least_known_rest_mw, 230'000);
  for (Memory& memory : memories_) {
    if (memory.call == 0) continue;
    const bool is_without = is_known && is_nearer(now, memory.current, whole, voltage);
    for (std::size_t k = 0; k < point_count; ++k) {
      const std::int32_t added = is_without ? (is_another ? other[k] : 0) : whole[k];
      memory.current[k] = saturated(memory.current[k] + added / 4);
    }
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
