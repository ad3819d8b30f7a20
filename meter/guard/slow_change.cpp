// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/slow_change.hpp"

#include <algorithm>

namespace lk::guard {
namespace {

constexpr std::int64_t resistor_share_e3 = 11;
constexpr std::int64_t switched_share_e3 = 40;
constexpr std::uint8_t least_conducting = 12;
constexpr std::uint8_t least_low = 6;
constexpr std::uint8_t most_conducting = 56;
constexpr std::uint32_t looks_in_a_row = 2;
constexpr std::uint32_t blocks_between_looks = 13;

std::int16_t sum_of(std::int16_t point, std::int32_t change) {
  return static_cast<std::int16_t>(std::clamp<std::int32_t>(point + ((change + 2) >> 2), -32'767, 32'767));
}

}  // namespace

std::optional<SlowChange::Found> SlowChange::take(const Wave& now, const Wave& voltage,
                                                  std::int64_t least_mw) {
  close_.take(now);
  coarse_.take(now);
  if (until_look_ > 0) {
    --until_look_;
    return std::nullopt;
  }
  until_look_ = blocks_between_looks - 1;
  std::optional<Found> found;
  for_each_memory([&](const Memory& memory) {
    if (!found) found = compare(memory, now, voltage, least_mw);
  });
  if (!found) {
    in_a_row_ = 0;
    return std::nullopt;
  }
  if (++in_a_row_ < looks_in_a_row) return std::nullopt;
  clear();
  return found;
}

std::optional<SlowChange::Found> SlowChange::compare(const Memory& memory, const Wave& now,
                                                     const Wave& voltage, std::int64_t least_mw) const {
  Change change{};
  for (std::size_t k = 0; k < point_count; ++k) change[k] = 4 * (now[k] - memory.current[k]);
  Found found;
  found.shape = shape_of(change, voltage);
  const StepShape& shape = found.shape;
  if (shape.power_mw < least_mw) return std::nullopt;
  const bool is_resistor = is_within(shape.resistor_rest, 0, shape.energy, resistor_share_e3);
  found.is_switched = !is_resistor && shape.conducting_count >= least_conducting &&
                      shape.conducting_count <= most_conducting && shape.low_count >= least_low &&
                      is_within(shape.switched_rest, 0, shape.energy, switched_share_e3);
  if (!is_resistor && !found.is_switched) return std::nullopt;
  found.is_in_steps = memory.steps_mw * 2 > shape.power_mw;
  return found;
}

template <std::size_t count, std::uint32_t blocks_between>
void SlowChange::Ring<count, blocks_between>::take(const Wave& now) {
  if (until_next > 0) {
    --until_next;
    return;
  }
  until_next = blocks_between - 1;
  memories[next] = {now, 0};
  next = (next + 1) % count;
  stored_count = std::min(stored_count + 1, count);
}

template <class Each>
void SlowChange::for_each_memory(Each&& each) {
  for (std::size_t index = 0; index < close_.stored_count; ++index) each(close_.memories[index]);
  for (std::size_t index = 0; index < coarse_.stored_count; ++index) each(coarse_.memories[index]);
}

void SlowChange::explain(const Change& step) {
  for_each_memory([&step](Memory& memory) {
    for (std::size_t k = 0; k < point_count; ++k) memory.current[k] = sum_of(memory.current[k], step[k]);
  });
}

void SlowChange::note_small_step(std::int64_t power_mw) {
  for_each_memory([power_mw](Memory& memory) { memory.steps_mw += power_mw; });
}

void SlowChange::clear() {
  close_ = {};
  coarse_ = {};
  in_a_row_ = 0;
}

}  // namespace lk::guard
