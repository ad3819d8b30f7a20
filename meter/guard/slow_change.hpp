// SPDX-License-Identifier: Apache-2.0
// What changed over the last minute without being recognised as one step: a heater turned up slowly, or
// brought in by steps too small to be looked for. Small resistive steps are added up as they come and go. For
// what rises without any step the current is remembered over the last 15 s closely and over the last minute
// coarsely; what other loads change about their edges is added to the memories, so that what remains between
// now and then is what crept in. It must be a resistor more exactly than one step, since there is no moment
// to show. About 2 KiB.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "meter/guard/cycle_wave.hpp"
#include "meter/guard/known_changes.hpp"
#include "meter/guard/step_shape.hpp"

namespace lk::guard {

class SlowChange {
 public:
  struct Found {
    std::int64_t power_mw = 0;
    std::int32_t rest_e3 = 0;
    bool is_switched = false;  // behind a dimmer or diode
    bool is_in_steps = false;
  };
  // Every four cycles: the mean current now. Something crept in where it returns a value; it is told once.
  std::optional<Found> take(const Wave& now, const Wave& voltage, const KnownChanges& known,
                            std::int64_t power_mw, std::int64_t least_mw);
  // Another load came, went or changed by this power; `before` is the current before it. What changes about
  // it is its own.
  void note_other(const Wave& before, std::int64_t power_mw);
  // An edge of another load, too small to hide anything.
  void note_small_other(std::int64_t power_mw);
  // A small step that may be a resistor's was seen, negative where it went off. Noise hides what one of them
  // is; in the sum of several it averages out.
  void note_small_step(const Change& step, std::int64_t power_mw);
  // Forgets everything.
  void clear();

 private:
  // Some waves at equal distances in time, the oldest overwritten by the newest.
  template <std::size_t count, std::uint32_t calls_between>
  struct Ring {
    std::array<Wave, count> waves{};
    std::size_t stored_count = 0;
    std::size_t next = 0;
    std::uint32_t until_next = 0;
    void take(const Wave& now);
  };
  [[nodiscard]] static std::optional<Found> compare(const Wave& then, const Wave& now, const Wave& voltage,
                                                    const KnownChanges& known, std::int64_t least_mw);
  template <class Each>
  void for_each_memory(Each&& each);
  void end_hold(const Wave& now);
  [[nodiscard]] Wave smoothed(const Wave& now);
  void forget_some();
  [[nodiscard]] std::optional<Found> judge_steps(const Wave& voltage, std::int64_t power_mw,
                                                 std::int64_t least_mw);

  std::array<std::int32_t, point_count> smooth_{};  // the current of the last second, in 1/16
  bool has_smooth_ = false;
  Ring<6, 31> close_;    // 2.5 s at 50 Hz
  Ring<4, 200> coarse_;  // 16 s
  std::uint32_t until_look_ = 0;
  std::uint32_t in_a_row_ = 0;
  std::uint32_t until_forgetting_ = 0;
  Wave held_{};                                    // the current before the first of some edges
  std::uint32_t hold_calls_ = 0;                   // until what they changed is whole
  std::array<std::int32_t, point_count> steps_{};  // sum of small steps, on less off
  std::int64_t steps_mw_ = 0;
  std::int64_t steps_start_mw_ = 0;  // all power before the first of them
  std::int64_t others_mw_ = 0;       // what other loads came with since
};

}  // namespace lk::guard
