// SPDX-License-Identifier: Apache-2.0
// From samples to figures: one single-phase measuring element in integers. Samples come in as raw counts of the
// converter, at one fixed rate of 4 to 16 kHz; each sample is counted in energy exactly once, whatever the mains
// does. A new `Measurement` is ready after each window of 10 mains cycles (200 ms without mains). Not thread-safe;
// one object for each element, no heap, about 1 KiB.
#pragma once

#include <cstdint>
#include <span>

#include "quantity/quantity.hpp"

namespace lk::metrology {

struct Sample {
  std::int32_t voltage_count;
  std::int32_t current_count;
};

struct Calibration {
  std::uint32_t rate_hz = 6400;
  // Counts of the converter for one volt and one ampere, in millionths (21.3872 counts per volt = 21 387 200).
  std::int64_t voltage_microcounts_per_volt = 0;
  std::int64_t current_microcounts_per_ampere = 0;
};

struct Measurement {
  quantity::Voltage voltage;         // RMS
  quantity::Current current;         // RMS
  quantity::Power active;            // mW, import positive
  quantity::Power reactive;          // mvar, of the fundamental (IEC 62053-24), inductive positive
  quantity::Power apparent;          // mVA, Vrms · Irms
  std::int32_t power_factor_e4 = 0;  // active / apparent in 1/10 000, signed as active
  quantity::Frequency frequency;     // 0 where there is no mains
  std::uint32_t window_samples = 0;  // how many samples this window had
};

// Energy counted since the last time it was taken; what is below 1 mJ stays inside and is not lost.
struct EnergyDelta {
  quantity::Energy import_active;  // never negative
  quantity::Energy export_active;  // never negative
};

class Metrology {
 public:
  explicit Metrology(const Calibration& calibration);
  // Takes any number of samples, in order. Never blocks; returns how many windows were completed.
  std::uint32_t feed(std::span<const Sample> samples);
  // Figures of the latest complete window; all zero before the first.
  [[nodiscard]] const Measurement& latest() const;
  // Energy of all complete windows since the last call.
  [[nodiscard]] EnergyDelta take_energy();
};

}  // namespace lk::metrology
