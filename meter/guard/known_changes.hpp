// SPDX-License-Identifier: Apache-2.0
// What the background does by itself: a washing machine tumbles, a cooker runs in bursts, a drive hunts. Each
// such load changes along one wave of its own. Where that wave was seen shortly before, its part in a new
// change can be taken out, and what is left is what was switched on. About 0.5 KiB.
#pragma once

#include <array>
#include <cstdint>

#include "meter/guard/cycle_wave.hpp"
#include "meter/guard/step_shape.hpp"

namespace lk::guard {

class KnownChanges {
 public:
  // A step of the background, to be known when it comes again or goes back.
  void remember(const Change& step);
  void clear() { *this = {}; }
  // Takes known steps out of a change, each once at most and only about whole, where that explains a good
  // part of what a resistor leaves. Whether anything was taken out.
  bool take_out_steps(Change& change, const Wave& voltage) const;
  // Takes out what hunts along `fluctuation`, up to one and a half times its size.
  static bool take_out_fluctuation(Change& change, const Change& fluctuation, const Wave& voltage);

 private:
  static constexpr std::size_t memory_count = 4;
  std::array<Wave, memory_count> steps_{};  // in half units of the change
  std::array<bool, memory_count> is_there_{};
  std::size_t next_ = 0;
};

}  // namespace lk::guard
