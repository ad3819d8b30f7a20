// SPDX-License-Identifier: Apache-2.0
// The test output (LED): pulses out of the same accumulator as the registers. What a window added is let out
// evenly over the time of the next, so that pulses come at the pace of the power and never more or fewer of
// them than the register has energy for.
#pragma once

#include <cstdint>

#include "meter/metrology/wide.hpp"

namespace lk::metrology {

class PulseOutput {
 public:
  // `pulses_per_kwh`: 1 to 1 000 000.
  explicit PulseOutput(std::uint32_t pulses_per_kwh);

  // Another constant; what was let out since the last pulse stays what it is.
  void set_constant(std::uint32_t pulses_per_kwh);
  // A window added this energy in 2^-64 mJ; the next is expected to be as long. Whatever was not let out yet
  // is due at once.
  void add(Wide energy, std::uint32_t window_samples);
  // Time passes by so many samples.
  void advance(std::uint32_t sample_count);
  // Pulses since the last call.
  [[nodiscard]] std::uint32_t take();

 private:
  void let_out(Wide energy);

  Wide energy_per_pulse_;  // 2^-64 mJ, the nearest; less than 10^-18 off
  Wide let_out_;           // less than a pulse
  Wide waiting_;           // of the last window
  Wide per_sample_;
  std::uint32_t due_ = 0;
};

}  // namespace lk::metrology
