// SPDX-License-Identifier: Apache-2.0
// From samples to figures: one single-phase measuring element in integers. Samples come in as raw counts of
// the converter, at one fixed rate of 4 to 16 kHz; each sample is counted in energy exactly once, whatever
// the mains does. A new `Measurement` is ready after each window of 10 mains cycles (200 ms without mains).
// Not thread-safe; one object for each element, no heap, about 1 KiB. Why it is built so:
// docs/design/metrology.md.
//
//   samples ─┬─► ZeroCrossing ──where a cycle ends──┐
//            └─► WindowSums ◄── reference wave ◄────┴─► Figures ──► Measurement, energy in 2^-64 mJ
#pragma once

#include <cstdint>
#include <span>

#include "meter/metrology/figures.hpp"
#include "meter/metrology/sample.hpp"
#include "meter/metrology/window_sums.hpp"
#include "meter/metrology/zero_crossing.hpp"
#include "quantity/quantity.hpp"

namespace lk::metrology {

// Energy counted since the last time it was taken; what is below 1 mJ stays inside and is not lost.
struct EnergyDelta {
  quantity::Energy import_active;  // never negative
  quantity::Energy export_active;  // never negative
};

class Metrology {
 public:
  // The calibration must be valid (`is_valid`).
  explicit Metrology(const Calibration& calibration);
  // Takes any number of samples, in order. Never blocks; returns how many windows were completed.
  std::uint32_t feed(std::span<const Sample> samples);
  // Ends the window under way at once, wherever in a cycle it is, so that its energy can be taken: before a
  // power cut, or at the end of a recording. Returns whether there was anything in it.
  bool close_window();
  // Figures of the latest complete window; all zero before the first. The very first window after power-up
  // ends as soon as the mains is recognised, in the middle of nothing; from the second on each has whole
  // cycles.
  [[nodiscard]] const Measurement& latest() const { return latest_; }
  // True where the latest window had exactly 10 mains cycles.
  [[nodiscard]] bool is_latest_whole() const { return is_latest_whole_; }
  // Energy of all complete windows since the last call. Within a window import and export are netted.
  [[nodiscard]] EnergyDelta take_energy();

 private:
  void accumulate(std::span<const Sample> samples);
  void take_crossing(std::uint32_t fraction_q16);
  void check_time();
  [[nodiscard]] std::size_t samples_until_check() const;
  void close_at(std::uint32_t fraction_q16);
  void close_here();
  void conclude();
  [[nodiscard]] quantity::Frequency measured_frequency() const;

  Calibration calibration_;
  Figures figures_;
  ZeroCrossing crossing_;
  WindowSums sums_;
  std::uint32_t phase_ = 0;  // of the reference wave, at the next sample
  std::uint32_t step_;
  Sample previous_{};  // the sample before the last one taken
  Sample last_{};

  bool is_locked_ = false;                // the window began at a crossing
  bool has_crossing_ = false;             // the mains is there: the last crossing is not too long ago
  std::uint32_t unlocked_crossings_ = 0;  // since the mains is there
  std::uint32_t cycle_count_ = 0;         // from the first to the last crossing below
  std::int64_t first_crossing_q16_ = 0;   // in samples from the window's start; negative: before it
  std::int64_t last_crossing_q16_ = 0;

  bool has_offset_ = false;  // offset_ is from a locked window
  Offset offset_;
  Measurement latest_;
  bool is_latest_whole_ = false;
  std::uint32_t window_count_ = 0;
  Wide import_;  // in 2^-64 mJ: never negative
  Wide export_;
};

}  // namespace lk::metrology
