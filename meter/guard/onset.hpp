// SPDX-License-Identifier: Apache-2.0
// How a change came: at once, as a resistor's, or through the control loop of a supply with power factor
// correction. Both are fitted to the points of the cycles about the edge, at every place where it may have
// begun, and the one that leaves less is told. A pure function.
//
//   a resistor    ______|████████    i = G·v from the point on at which the switch closed
//   a correction  ______▁▂▄▅▆▇██    i = G·v·(1 − e^(−t/τ)), τ of 14 ms: faster, its own output would be
//   distorted
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/guard/cycle_wave.hpp"

namespace lk::guard {

inline constexpr std::size_t onset_cycles = 5;
// What each cycle has more than those before the edge, in point units, the earliest first; the edge is in the
// second to the fourth.
using OnsetCycles = std::array<Wave, onset_cycles>;

// By how much less a step to the wave `full` leaves unexplained than a correction's rise to it, in
// thousandths of that wave's energy. A resistor has 100 to 150, more where a cold wire took more at first; a
// correction has −140 and less. 0 where `full` is nothing.
[[nodiscard]] std::int32_t step_margin_e3(const OnsetCycles& cycles, const Wave& full);

}  // namespace lk::guard
