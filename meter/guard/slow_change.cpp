// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/slow_change.hpp"

#include <algorithm>

#include "meter/metrology/wide.hpp"

namespace lk::guard {
namespace {

constexpr std::int64_t resistor_share_e3 = 22;
constexpr std::int64_t cleaned_share_e3 = 26;
constexpr std::int64_t switched_share_e3 = 30;
constexpr std::uint8_t least_conducting = 12;
constexpr std::uint8_t least_low = 6;
constexpr std::uint8_t most_conducting = 56;
constexpr std::uint32_t looks_in_a_row = 2;
constexpr std::uint32_t calls_between_looks = 13;
constexpr unsigned smooth_shift = 4;
constexpr std::uint32_t calls_after_edge = 12;
constexpr std::uint32_t calls_between_forgetting = 1024;  // 82 s, each time an eighth of the small steps
constexpr std::int64_t steps_share_e3 = 40;
constexpr std::int64_t risen_share_e3 = 70;
constexpr std::int64_t least_risen_percent = 60;  // of the small steps' power

std::int32_t share_e3(std::int64_t rest, std::int64_t energy) {
  return energy <= 0 ? 0
                     : static_cast<std::int32_t>(metrology::square_root(
                           static_cast<std::uint64_t>(std::max<std::int64_t>(0, rest) * 1'000'000 / energy)));
}

}  // namespace

std::optional<SlowChange::Found> SlowChange::take(const Wave& now, const Wave& voltage,
                                                  const KnownChanges& known, std::int64_t power_mw,
                                                  std::int64_t least_mw) {
  forget_some();
  if (const auto in_steps = judge_steps(voltage, power_mw, least_mw * 7 / 4)) {
    clear();
    return in_steps;
  }
  if (hold_calls_ > 0) {
    if (--hold_calls_ == 0) end_hold(now);
    in_a_row_ = 0;
    return std::nullopt;
  }
  const Wave smooth = smoothed(now);
  close_.take(smooth);
  coarse_.take(smooth);
  if (until_look_ > 0) {
    --until_look_;
    return std::nullopt;
  }
  until_look_ = calls_between_looks - 1;
  std::optional<Found> found;
  for_each_memory([&](const Wave& then) {
    if (!found) found = compare(then, smooth, voltage, known, 2 * least_mw);
  });
  if (!found) {
    in_a_row_ = 0;
    return std::nullopt;
  }
  if (++in_a_row_ < looks_in_a_row) return std::nullopt;
  clear();
  return found;
}

std::optional<SlowChange::Found> SlowChange::compare(const Wave& then, const Wave& now, const Wave& voltage,
                                                     const KnownChanges& known, std::int64_t least_mw) {
  Change change;
  for (std::size_t k = 0; k < point_count; ++k) change[k] = 4 * (now[k] - then[k]);
  StepShape shape = shape_of(change, voltage);
  if (shape.power_mw < least_mw) return std::nullopt;
  bool is_resistor = is_within(shape.resistor_rest, 0, shape.energy, resistor_share_e3);
  if (!is_resistor && known.take_out(change, voltage)) {
    const StepShape cleaned = shape_of(change, voltage);
    if (cleaned.power_mw >= least_mw &&
        is_within(cleaned.resistor_rest, 0, cleaned.energy, cleaned_share_e3)) {
      shape = cleaned;
      is_resistor = true;
    }
  }
  if (is_resistor)
    return Found{.power_mw = shape.power_mw, .rest_e3 = share_e3(shape.resistor_rest, shape.energy)};
  if (shape.conducting_count >= least_conducting && shape.conducting_count <= most_conducting &&
      shape.low_count >= least_low && is_within(shape.switched_rest, 0, shape.energy, switched_share_e3)) {
    return Found{.power_mw = shape.power_mw,
                 .rest_e3 = share_e3(shape.switched_rest, shape.energy),
                 .is_switched = true};
  }
  return std::nullopt;
}

template <std::size_t count, std::uint32_t calls_between>
void SlowChange::Ring<count, calls_between>::take(const Wave& now) {
  if (until_next > 0) {
    --until_next;
    return;
  }
  until_next = calls_between - 1;
  waves[next] = now;
  next = (next + 1) % count;
  stored_count = std::min(stored_count + 1, count);
}

template <class Each>
void SlowChange::for_each_memory(Each&& each) {
  for (std::size_t index = 0; index < close_.stored_count; ++index) each(close_.waves[index]);
  for (std::size_t index = 0; index < coarse_.stored_count; ++index) each(coarse_.waves[index]);
}

// What hunts within a second averages out.
Wave SlowChange::smoothed(const Wave& now) {
  Wave smooth;
  for (std::size_t k = 0; k < point_count; ++k) {
    smooth_[k] += has_smooth_ ? now[k] - (smooth_[k] >> smooth_shift) : now[k] << smooth_shift;
    smooth[k] = static_cast<std::int16_t>(smooth_[k] >> smooth_shift);
  }
  has_smooth_ = true;
  return smooth;
}

void SlowChange::note_small_other(std::int64_t power_mw) {
  if (power_mw > 0) others_mw_ += power_mw;
}

void SlowChange::note_other(const Wave& before, std::int64_t power_mw) {
  note_small_other(power_mw);
  if (hold_calls_ == 0) held_ = before;
  hold_calls_ = calls_after_edge;
}

void SlowChange::end_hold(const Wave& now) {
  for (std::size_t k = 0; k < point_count; ++k) smooth_[k] += (now[k] - held_[k]) << smooth_shift;
  for_each_memory([&](Wave& then) {
    for (std::size_t k = 0; k < point_count; ++k) {
      then[k] =
          static_cast<std::int16_t>(std::clamp<std::int32_t>(then[k] + now[k] - held_[k], -32'767, 32'767));
    }
  });
}

void SlowChange::note_small_step(const Change& step, std::int64_t power_mw) {
  steps_mw_ += power_mw;
  if (steps_mw_ <= 0) {
    steps_mw_ = 0;
    steps_ = {};
    return;
  }
  for (std::size_t k = 0; k < point_count; ++k) steps_[k] += step[k];
}

void SlowChange::forget_some() {
  if (until_forgetting_ > 0) {
    --until_forgetting_;
    return;
  }
  until_forgetting_ = calls_between_forgetting - 1;
  steps_mw_ -= steps_mw_ / 8;
  for (std::int32_t& point : steps_) point -= point / 8;
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
  const StepShape shape = shape_of(steps_, voltage);
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
