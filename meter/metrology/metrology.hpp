// SPDX-License-Identifier: Apache-2.0
// From samples to figures: one single-phase measuring element in integers. Samples come in as raw counts of
// the converter, at one fixed rate of 4 to 16 kHz; each sample is counted in energy exactly once, whatever
// the mains does. A new `Measurement` is ready after each window of 10 mains cycles (12 above 55 Hz; 200 ms
// without mains). Not thread-safe; one object for each element, no heap, about 1 KiB. Why it is built so:
// docs/design/metrology.md.
//
//   samples ─┬─► WindowLock ── where a window ends ─┐
//            └─► WindowSums ◄── reference wave ◄────┴─► Figures ──► Measurement, energy in 2^-64 mJ
#pragma once

#include <cstdint>
#include <span>

#include "meter/metrology/figures.hpp"
#include "meter/metrology/sample.hpp"
#include "meter/metrology/window_lock.hpp"
#include "meter/metrology/window_sums.hpp"
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
  // True where the latest window had exactly its 10 (12) mains cycles.
  [[nodiscard]] bool is_latest_whole() const { return is_latest_whole_; }
  // Energy of all complete windows since the last call. Within a window import and export are netted.
  [[nodiscard]] EnergyDelta take_energy();

 private:
  void accumulate(std::span<const Sample> samples);
  void close_at(std::uint32_t fraction_q16);
  void learn_level();
  void close_here();
  void conclude(const WindowLock::Window& window);
  [[nodiscard]] quantity::Frequency frequency_of(const WindowLock::Window& window) const;

  Calibration calibration_;
  Figures figures_;
  WindowLock lock_;
  WindowSums sums_;
  std::uint32_t phase_ = 0;  // of the reference wave, at the next sample
  std::uint32_t step_;
  Sample previous_{};  // the sample before the last one taken
  Sample last_{};

  bool has_offset_ = false;  // offset_ is from a locked window
  Offset offset_;
  Measurement latest_;
  bool is_latest_whole_ = false;
  std::uint32_t window_count_ = 0;
  Wide import_;  // in 2^-64 mJ: never negative
  Wide export_;
};

}  // namespace lk::metrology
