// SPDX-License-Identifier: Apache-2.0
// The figures of one window of a whole meter: each phase, the neutral, and all together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/metrology/faults.hpp"
#include "quantity/quantity.hpp"

namespace lk::metrology {

// By the signs of active and reactive power: import inductive is 1, export inductive 2, export capacitive 3,
// import capacitive 4; 0 where neither counts.
using Quadrant = std::uint8_t;

enum class Sequence : std::uint8_t { unknown, forward, reversed };

struct PhaseFigures {
  quantity::Voltage voltage;         // RMS without a direct part
  quantity::Current current;         // RMS; with the direct part where the sensor sees one
  quantity::Power active;            // mW, import positive
  quantity::Power reactive;          // mvar, of the fundamental (IEC 62053-24), inductive positive
  quantity::Power apparent;          // mVA, voltage · current
  std::int32_t power_factor_e4 = 0;  // active / apparent in 1/10 000, signed as active
  Quadrant quadrant = 0;
  bool counts = false;  // above the gates of starting current and power

  quantity::Voltage fundamental_voltage;  // RMS
  quantity::Current fundamental_current;
  quantity::Power fundamental_active;
  std::int32_t voltage_angle_millidegrees =
      0;  // of the fundamental, ahead of the first phase that is there: 0 to 359 999
  std::int32_t current_angle_millidegrees = 0;  // behind its own voltage: −180 000 to 179 999
  std::int32_t voltage_thd_e4 = 0;              // harmonics 2 to 21 together, in 1/10 000 of the fundamental
  std::int32_t current_thd_e4 = 0;
};

struct NeutralFigures {
  quantity::Current current;              // RMS
  quantity::Current fundamental_current;  // RMS
  quantity::Power active;                 // with the voltage of phase 1: of use in a single-phase meter
  std::int32_t current_thd_e4 = 0;
  bool is_charged = false;  // its power took the place of the live conductor's in this window
};

// Active: the arithmetic sum. Reactive: the arithmetic sum of the phases' fundamental reactive power.
// Apparent: the arithmetic sum of the phases' apparent power, so that PF tells unbalance as well.
struct TotalFigures {
  quantity::Power active;
  quantity::Power reactive;
  quantity::Power apparent;
  quantity::Power fundamental_active;
  std::int32_t power_factor_e4 = 0;
  Quadrant quadrant = 0;
};

// What is of all phases together.
struct MeterFigures {
  NeutralFigures neutral;
  TotalFigures total;
  quantity::Frequency frequency;  // 0 where there is no mains
  Sequence sequence = Sequence::unknown;
  Faults faults;
  bool is_whole = false;             // of whole mains cycles
  std::uint8_t cycles = 0;           // 10 near 50 Hz, 12 near 60 Hz; 0 without mains
  std::uint32_t window_samples = 0;  // rounded
  std::uint64_t end_sample = 0;      // sample sets since the start, up to the window's end
};

template <std::size_t phase_count>
struct WindowFigures : MeterFigures {
  std::array<PhaseFigures, phase_count> phase{};
};

}  // namespace lk::metrology
