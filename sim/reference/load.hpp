// SPDX-License-Identifier: Apache-2.0
// The settings of a test bench: what a person dials in for a load point of IEC 62053, made into a waveform.
#pragma once

#include <array>

#include "sim/front_end/waveform.hpp"

namespace lk::sim {

// Wave forms of the current (and for the first two, the voltage) by the annexes of IEC 62053-21 and -22.
enum class Shape {
  sine,
  fifth_harmonic,  // 10 % in voltage, 40 % in current, in phase at the rising zero crossing
  phase_fired,     // odd harmonics: on from 90° to 180° and from 270° to 360°
  burst,           // sub-harmonics: two cycles on, two off
  half_wave,       // direct current and even harmonics
  peaked,          // harmonics 3 to 21 in both, for distortion and harmonics
};

struct PhaseLoad {
  long double volts = 230;      // RMS of the undistorted sine
  long double amperes = 0;      // RMS of the sine; of the whole wave for phase_fired and burst
  long double lag_degrees = 0;  // inductive positive; 180 turns the energy round
};

struct Load {
  unsigned phase_count = 1;
  std::array<PhaseLoad, 3> phases;
  bool is_reversed_sequence = false;
  long double frequency_hz = 50;
  Shape shape = Shape::sine;
  long double start_turns = 0;  // where in the cycle it begins
};

// The same voltage, current and angle in all phases.
[[nodiscard]] Load balanced(unsigned phase_count, long double volts, long double amperes,
                            long double lag_degrees);

// Phases follow each other by a third of a turn. The neutral carries the sum of the phases' currents.
[[nodiscard]] Waveform waveform_of(const Load& load);

}  // namespace lk::sim
