// SPDX-License-Identifier: Apache-2.0
// What the background does by itself: a washing machine tumbles, a cooker runs in bursts, a drive hunts. Each
// such load changes along one wave of its own. Where that wave was seen shortly before, its part in a new
// change can be taken out, and what is left is what was switched on. About 0.3 KiB.
#pragma once

#include <array>
#include <cstdint>

#include "meter/guard/cycle_wave.hpp"
#include "meter/guard/step_shape.hpp"

namespace lk::guard {

class KnownChanges {
 public:
  void clear() { *this = {}; }
  // How the background changed by itself within some cycles; the largest of the last second is known.
  void note_trend(const Change& trend);
  // Takes the known trends out of a change, where that explains a good part of what a resistor leaves.
  // Whether anything was taken out.
  bool take_out(Change& change, const Wave& voltage) const;
  // Loads that are no resistors follow the voltage otherwise than the history takes for granted: takes out as
  // much of `running`, the current before, as the rest tells, from nothing to twice `level_e4`, the relative
  // change of the nominal voltage over the mains'.
  static void take_out_voltage(Change& change, const Wave& running, std::int32_t level_e4,
                               const Wave& voltage);
  // Takes out what hunts along `fluctuation`, up to one and a half times its size.
  static bool take_out_fluctuation(Change& change, const Change& fluctuation, const Wave& voltage);

 private:
  static constexpr std::size_t trend_count = 4;
  static constexpr std::uint32_t trend_calls = 4;
  struct Trend {
    Wave wave{};  // in half units
    std::int64_t energy = 0;
  };
  std::array<Trend, trend_count> trends_{};  // the largest of each some calls
  std::size_t trend_ = 0;                    // which of them is under way
  std::uint32_t trend_call_ = 0;
};

}  // namespace lk::guard
