// SPDX-License-Identifier: Apache-2.0
// From the sums of a window to means without the direct part, in counts: the arithmetic that figures share.
#pragma once

#include <cstdint>

#include "meter/metrology/scale.hpp"
#include "meter/metrology/window_sums.hpp"

namespace lk::metrology {

// The direct part of both channels, in 1/65 536 count.
struct Offset {
  std::int64_t voltage_q16 = 0;
  std::int64_t current_q16 = 0;
};

// The mean of each channel over the window, which must not be empty.
[[nodiscard]] Offset mean_of(const WindowSums& sums);

// sum / weight in 2^-fraction_bits.
[[nodiscard]] std::int64_t mean(std::int64_t sum, std::int64_t weight_q16, unsigned fraction_bits);

// Σ(v − v0)i in whole counts². A direct current does no work on a voltage without a direct part, so taking
// the voltage's away is enough; in a window that is not whole, taking the current's away too would take real
// energy.
[[nodiscard]] std::int64_t centred_vi(const WindowSums& sums, std::int64_t voltage_q16);

// Σ(x − x0)², never negative.
[[nodiscard]] std::int64_t centred_square(std::int64_t sum_xx, std::int64_t sum_x, std::int64_t x0_q16,
                                          std::int64_t weight_q16);

// sqrt(sum / weight) in units of the scale. The mean is shifted up to 62 bits first, so that a small signal
// keeps as many digits as a large one.
[[nodiscard]] std::int64_t root_mean(std::int64_t sum, std::int64_t weight_q16, const Scale& scale);

// One channel's fundamental as amplitude · (cos, −sin) of its angle, in 2^-20 count: with v = A cos(θ + a)
// the sums are Σv cos θ = (n/2) A cos a and Σv sin θ = −(n/2) A sin a.
inline constexpr unsigned phasor_bits = 20;
[[nodiscard]] std::int64_t phasor_part(std::int64_t sum, std::int64_t weight_q16);

// A reference that slips by x turns over the window weakens both fundamentals by sin(πx)/(πx). Their product
// gets back what it lost, 1 + (πx)²/3 to the second order; beyond half a turn it was no reference at all.
[[nodiscard]] std::int64_t against_slip(std::int64_t product, std::int64_t slip_q16);

// active / apparent in 1/10 000; 0 where there is no apparent power.
[[nodiscard]] std::int32_t power_factor(std::int64_t active, std::int64_t apparent);

}  // namespace lk::metrology
