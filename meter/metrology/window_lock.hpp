// SPDX-License-Identifier: Apache-2.0
// When a window ends: at the crossing that completes its mains cycles, or after 200 ms where there is no
// mains.
//
//   searching ──fourth crossing──► locked ──every 10 (12) cycles: window──► locked
//       ▲                             │
//       └──── no crossing for 30 ms ──┘
//
// A crossing lies at a fraction between two samples; both border samples are shared between the old and the
// new window as if everything ran in straight lines between samples (trapezoid rule), so that a window ends
// at the crossing itself and its error is of second order in the sampling interval.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/metrology/zero_crossing.hpp"

namespace lk::metrology {

// 2^32 times the turns of a wave for each sample, if it makes `cycles` turns in `span_q16` / 65 536 samples.
[[nodiscard]] std::uint32_t step_of(std::uint32_t cycles, std::int64_t span_q16);

class WindowLock {
 public:
  // `hysteresis_count`: see ZeroCrossing. `cycles`: of a window until the mains itself tells, 10 or 12.
  WindowLock(std::uint32_t rate_hz, std::int32_t hysteresis_count, std::uint32_t cycles);

  enum class End : std::uint8_t { none, at_crossing, here };
  struct Step {
    std::size_t count = 0;           // samples looked at
    End end = End::none;             // does a window end with them
    std::uint32_t fraction_q16 = 0;  // at_crossing: where between the last two samples, 0 to 65 536
  };
  // Looks at samples up to the next end of a window at most. After an end, `begin_at` or `begin_here` must be
  // called before the next look.
  template <class Set, class VoltageOf>
  [[nodiscard]] Step look(std::span<const Set> samples, VoltageOf voltage_of) {
    const std::size_t limit = std::min(samples.size(), samples_until_check());
    const ZeroCrossing::Result found = crossing_.scan(samples.first(limit), voltage_of);
    length_q16_ += static_cast<std::int64_t>(found.consumed_count) * whole_q16;
    if (found.is_crossing && takes_crossing(found.fraction_q16)) {
      return {found.consumed_count, End::at_crossing, found.fraction_q16};
    }
    return {found.consumed_count, is_time_over() ? End::here : End::none, 0};
  }

  // The window under way, or, between its end and the next begin, the one that ended.
  struct Window {
    bool is_whole = false;      // of exactly its cycles
    bool has_mains = false;     // crossings come
    std::uint32_t cycles = 0;   // in the span below
    std::int64_t span_q16 = 0;  // from the first to the last crossing, in 1/65 536 sample
    std::int64_t length_q16 = 0;
  };
  [[nodiscard]] Window window() const;
  // How far the length of a cycle differed most from that of the one before, in this window.
  [[nodiscard]] std::int64_t longest_jump_q16() const { return longest_jump_q16_; }

  // The share of the sample before the last, and of the last, that belong to the next window.
  struct Border {
    std::int64_t previous_q16;
    std::int64_t last_q16;
  };
  [[nodiscard]] static Border border_at(std::uint32_t fraction_q16);

  // Begins the next window at the crossing that ended this one.
  void begin_at(std::uint32_t fraction_q16);
  // Begins the next window with the next sample, without a crossing.
  void begin_here();
  // The same, and what came before is no guide any more: samples are missing, or another channel is watched.
  void restart();
  // The middle of the voltage channel in counts, learned while there is no mains.
  void set_level(std::int32_t level_count) { crossing_.set_level(level_count); }

 private:
  [[nodiscard]] bool takes_crossing(std::uint32_t fraction_q16);
  [[nodiscard]] bool is_time_over();
  [[nodiscard]] std::size_t samples_until_check() const;

  std::uint32_t rate_hz_;
  std::uint32_t window_cycles_;
  ZeroCrossing crossing_;
  std::int64_t length_q16_ = 0;

  bool is_locked_ = false;                // the window began at a crossing
  bool has_crossing_ = false;             // the mains is there: the last crossing is not too long ago
  std::uint32_t unlocked_crossings_ = 0;  // since the mains is there
  std::uint32_t cycle_count_ = 0;         // from the first to the last crossing below
  std::int64_t first_crossing_q16_ = 0;   // in samples from the window's start; negative: before it
  std::int64_t last_crossing_q16_ = 0;
  std::int64_t last_cycle_q16_ = 0;
  std::int64_t longest_jump_q16_ = 0;
};

}  // namespace lk::metrology
