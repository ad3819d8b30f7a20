// SPDX-License-Identifier: Apache-2.0
// What changed over the last minute without being recognised as one step: a heater turned up slowly, or
// brought in by steps too small to be looked for. Small resistive steps are added up as they come and go. For
// what rises without any step the current is remembered over the last 20 s closely and over the last minute
// coarsely. What remains between now and then, less what other loads are known to do, is what crept in. It
// must be a resistor more exactly than one step, since there is no moment to show. About 1.4 KiB.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "meter/guard/cycle_wave.hpp"
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
  struct Now {
    const Wave& current;  // mean of four cycles
    const Wave& voltage;
    std::int32_t level_e4;  // nominal voltage over the mains'
    std::int64_t power_mw;
  };
  // Every four cycles. Something crept in where it returns a value; it is told once.
  std::optional<Found> take(const Now& now, std::int64_t least_mw);
  // Another load came or went by this power.
  void note_other(std::int64_t power_mw);
  // A resistor that is known came or went, or another load whose edge stands out: what changed at once, and
  // the current before. What changes within 0.4 s of it is its own: it is added to all that is remembered,
  // but for what was without that load.
  void note_edge(const Wave& before, const Change& change, const Wave& voltage);
  // A small step that may be a resistor's was seen, negative where it went off. Noise hides what one of them
  // is; in the sum of several it averages out.
  void note_small_step(const Change& step, std::int64_t power_mw);
  // Forgets everything.
  void clear();

 private:
  struct Memory {
    Wave current{};
    std::int32_t level_e4 = 0;  // nominal voltage over the mains'
    std::uint32_t call = 0;     // when; 0: never
    std::int32_t jump_mw = 0;   // the most that came within half a second since
  };
  static constexpr std::size_t close_count = 6;
  static constexpr std::uint32_t close_calls = 31;  // 2.5 s at 50 Hz
  static constexpr std::size_t coarse_count = 6;
  static constexpr std::uint32_t coarse_calls = 93;  // 7.4 s
  static constexpr std::size_t memory_count = close_count + coarse_count;

  void remember(const Memory& now);
  void note_jump(const Now& now);
  void end_hold(const Wave& now, const Wave& voltage);
  [[nodiscard]] Wave smoothed(const Wave& now);
  [[nodiscard]] Wave smooth_now() const;
  [[nodiscard]] std::int32_t smoothed_level(std::int32_t level_e4);
  [[nodiscard]] static std::optional<Found> compare(const Memory& then, const Memory& now,
                                                    const Wave& voltage, std::int64_t least_mw);
  [[nodiscard]] bool is_confirmed(const Found& found, std::uint32_t since_call, bool is_small);
  void forget_some();
  [[nodiscard]] std::optional<Found> judge_steps(const Wave& voltage, std::int64_t power_mw,
                                                 std::int64_t least_mw);

  std::array<std::int32_t, point_count> smooth_{};  // the current of the last second, in 1/16
  std::int32_t smooth_level_e4_ = 0;                // likewise
  std::array<Memory, memory_count> memories_{};     // the close ones first, each of both rings the newest
                                                    // overwriting the oldest
  Wave held_{};                                     // the current before an edge
  Change edge_{};                                   // what changed at once, ...
  std::int64_t edge_rest_ = 0;                      // ... and what a resistor leaves of it
  std::uint32_t hold_calls_ = 0;                    // until what it changed is whole
  std::uint32_t calls_since_hold_ = 99;             // long ago
  std::uint32_t call_ = 0;
  std::size_t looked_at_ = 0;
  std::uint32_t first_found_call_ = 0;
  std::uint32_t last_found_call_ = 0;
  std::uint32_t found_since_call_ = 0;  // the memory it was last found against
  std::uint32_t found_count_ = 0;
  std::uint32_t until_forgetting_ = 0;
  Wave steps_{};  // sum of small steps, on less off, in units of a change
  std::int64_t steps_mw_ = 0;
  std::int64_t steps_start_mw_ = 0;  // all power before the first of them
  std::int64_t others_mw_ = 0;       // what other loads came with since
};

}  // namespace lk::guard
