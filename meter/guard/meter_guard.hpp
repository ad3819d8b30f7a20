// SPDX-License-Identifier: Apache-2.0
// The guard of a whole meter beside its metering: takes the same sample sets, the windows and half cycles
// that metering makes of them, and looks for resistive loads on each phase. What comes out is `guard()`'s:
// events, alarms, reasons to be open. No heap, one thread: that of the metering.
//
//   sets ─┬─► Metering ── half cycles, windows ──► take() ─┐
//         └─► feed() ── cycles ── findings ────────────────┴─► Guard ─► events, alarms, reasons
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/guard/cycle_wave.hpp"
#include "meter/guard/guard.hpp"
#include "meter/guard/malicious_load.hpp"
#include "meter/metrology/metering.hpp"

namespace lk::guard {

template <std::size_t phase_count>
class MeterGuard {
 public:
  using Metering = metrology::Metering<phase_count>;
  using Set = metrology::SampleSet<phase_count>;

  // Settings and calibration must be valid; the calibration is that of the metering. Powers of malicious
  // loads are those at the meter's terminals, before any ratio of transformers outside.
  MeterGuard(const GuardSettings& settings, const metrology::BoardCalibration& calibration);

  // Takes the sample sets that metering takes, in order and in blocks of any size up to 1/10 s. `now` is the
  // time of the last of them.
  void feed(std::span<const Set> sets, const LocalTime& time, quantity::Instant now);
  // Takes what metering made of the sets just fed: call after each `Metering::feed`, with the number of
  // windows that it returned. Takes all half cycles out of the metering.
  void take(Metering& metering, std::uint32_t window_count, quantity::Instant now);
  // Samples are missing here, or the relay moved: currents before and after cannot be compared.
  void interrupt();

  // Inputs, restores, events, alarms, latches.
  [[nodiscard]] Guard& guard() { return guard_; }
  [[nodiscard]] const Guard& guard() const { return guard_; }

 private:
  struct Watch {
    CycleSampler sampler;
    MaliciousLoad detector;
  };

  Guard guard_;
  bool is_looking_;  // for malicious loads
  bool has_neutral_;
  std::array<Watch, phase_count> watches_;
};

extern template class MeterGuard<1>;
extern template class MeterGuard<3>;

}  // namespace lk::guard
