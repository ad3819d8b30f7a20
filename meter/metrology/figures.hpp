// SPDX-License-Identifier: Apache-2.0
// From the sums of a window to its figures in units.
#pragma once

#include <cstdint>

#include "meter/metrology/sample.hpp"
#include "meter/metrology/scale.hpp"
#include "meter/metrology/window_means.hpp"
#include "meter/metrology/window_sums.hpp"
#include "quantity/quantity.hpp"

namespace lk::metrology {

struct Measurement {
  quantity::Voltage voltage;         // RMS, of the alternating part
  quantity::Current current;         // RMS, of the alternating part
  quantity::Power active;            // mW, import positive
  quantity::Power reactive;          // mvar, of the fundamental (IEC 62053-24), inductive positive
  quantity::Power apparent;          // mVA, Vrms · Irms
  std::int32_t power_factor_e4 = 0;  // active / apparent in 1/10 000, signed as active
  quantity::Frequency frequency;     // 0 where there is no mains
  std::uint32_t window_samples = 0;  // how many samples this window had
};

// The factors of one calibration, which must be valid.
class Figures {
 public:
  explicit Figures(const Calibration& calibration);

  // The figures of a window after taking the direct part away; all but the frequency. The window must not be
  // empty. `slip_q16`: how far the reference wave ran ahead of the mains over the window, in 1/65 536 turn; 0
  // if unknown.
  [[nodiscard]] Measurement measure(const WindowSums& sums, const Offset& offset,
                                    std::int64_t slip_q16) const;
  // Energy of the window in 2^-64 mJ, import positive.
  [[nodiscard]] Wide energy(const WindowSums& sums, const Offset& offset) const;

 private:
  Scale voltage_;  // counts to mV
  Scale current_;  // counts to µA
  Scale power_;    // counts² to mW
  Scale energy_;   // counts² of one sample to mJ
};

}  // namespace lk::metrology
