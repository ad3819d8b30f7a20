// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/onset.hpp"

#include <algorithm>
#include <limits>

namespace lk::guard {
namespace {

// What a rise of 14 ms still lacks after one more point of a cycle of 20 ms, and its square.
constexpr std::int64_t decay_q15 = 31'337;
constexpr std::int64_t square_decay_q15 = decay_q15 * decay_q15 >> 15U;
constexpr std::size_t first_start = point_count;
constexpr std::size_t last_start = 4 * point_count;

}  // namespace

// With s(t) the model's course, the energy left is Σx² − Σ m·s·(2·x − m·s): only the second sum differs.
// Each sum from a starting point on follows from the one a point later.
std::int32_t step_margin_e3(const OnsetCycles& cycles, const Wave& full) {
  std::int64_t step_products = 0;  // Σ x·m from here on, m the full wave
  std::int64_t step_squares = 0;   // Σ m²
  std::int64_t late_products = 0;  // Σ x·m·e^(−n/τ)
  std::int64_t late_squares = 0;   // Σ m²·e^(−n/τ)
  std::int64_t later_squares = 0;  // Σ m²·e^(−2n/τ)
  std::int64_t best_step = std::numeric_limits<std::int64_t>::min();
  std::int64_t best_rise = std::numeric_limits<std::int64_t>::min();
  std::int64_t cycle_energy = 0;
  for (std::size_t at = onset_cycles * point_count; at-- > first_start;) {
    const std::size_t k = at % point_count;
    const std::int64_t model = full[k];
    const std::int64_t product = model * cycles[at / point_count][k];
    const std::int64_t square = model * model;
    if (at < first_start + point_count) cycle_energy += square;
    step_products += product;
    step_squares += square;
    late_products = product + ((late_products * decay_q15) >> 15U);
    late_squares = square + ((late_squares * decay_q15) >> 15U);
    later_squares = square + ((later_squares * square_decay_q15) >> 15U);
    if (at >= last_start) continue;
    best_step = std::max(best_step, 2 * step_products - step_squares);
    best_rise = std::max(
        best_rise, 2 * (step_products - late_products) - (step_squares - 2 * late_squares + later_squares));
  }
  if (cycle_energy == 0) return 0;
  const std::int64_t margin = (best_step - best_rise) / std::max<std::int64_t>(1, cycle_energy / 1000);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(margin, -10'000, 10'000));
}

}  // namespace lk::guard
