// SPDX-License-Identifier: Apache-2.0
// What changed over the last minute without being recognised as one step: a heater turned up slowly, or
// brought in by steps too small to be looked for. The current is remembered over the last 15 s closely and
// over the last minute coarsely; every step that is known and is no small resistor is added to the memories,
// so that what remains between now and then is what crept in. It must be a resistor more exactly than one
// step, since there is no moment to show. About 1.4 KiB.
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
    StepShape shape;
    bool is_switched = false;  // behind a dimmer or diode
    bool is_in_steps = false;  // most of it came in steps that were seen
  };
  // Once a block: the mean current now. Something crept in, of `least_mw` or more, where it returns a value;
  // it is told once.
  std::optional<Found> take(const Wave& now, const Wave& voltage, std::int64_t least_mw);
  // A step is known: what came before is compared with the step added to it.
  void explain(const Change& step);
  // A small resistive step was seen; it stays unexplained.
  void note_small_step(std::int64_t power_mw);
  // Forgets everything.
  void clear();

 private:
  struct Memory {
    Wave current{};
    std::int64_t steps_mw = 0;  // small steps since
  };
  // Some memories at equal distances in time, the oldest overwritten by the newest.
  template <std::size_t count, std::uint32_t blocks_between>
  struct Ring {
    std::array<Memory, count> memories{};
    std::size_t stored_count = 0;
    std::size_t next = 0;
    std::uint32_t until_next = 0;
    void take(const Wave& now);
  };
  [[nodiscard]] std::optional<Found> compare(const Memory& memory, const Wave& now, const Wave& voltage,
                                             std::int64_t least_mw) const;
  template <class Each>
  void for_each_memory(Each&& each);

  Ring<6, 31> close_;    // 2.5 s at 50 Hz
  Ring<4, 200> coarse_;  // 16 s
  std::uint32_t until_look_ = 0;
  std::uint32_t in_a_row_ = 0;
};

}  // namespace lk::guard
