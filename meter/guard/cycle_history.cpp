// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/cycle_history.hpp"

#include <algorithm>
#include <bit>

#include "assert/assert.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::guard {
namespace {

constexpr std::int64_t product_unit_per_mw = 10;  // 5 mA · 20 mV = 0.1 mW
constexpr auto points = static_cast<std::int64_t>(point_count);
constexpr unsigned smoothing_shift = 2;  // the voltage is the mean of some cycles

// value · factor / 2^15, rounded.
std::int16_t scaled(std::int32_t value, std::int32_t factor_q15) {
  const std::int64_t product = (std::int64_t{value} * factor_q15 + (1 << 14)) >> 15U;
  return static_cast<std::int16_t>(std::clamp<std::int64_t>(product, -32'767, 32'767));
}

}  // namespace

CycleHistory::CycleHistory(quantity::Voltage nominal) {
  ensure(nominal.count() >= 50'000 && nominal.count() <= 500'000);
  nominal_ = static_cast<std::uint32_t>(nominal.count() * 1000 / microvolts_per_point_unit);
  nominal_square_ = std::int64_t{nominal_} * nominal_;
}

void CycleHistory::add(const CycleWave& cycle) {
  std::int64_t products = 0;
  std::int64_t squares = 0;
  for (std::size_t k = 0; k < point_count; ++k) {
    const std::int32_t product = cycle.voltage[k] * cycle.current[k];  // of 16 bits each
    const std::int32_t square_of_point = cycle.voltage[k] * cycle.voltage[k];
    products += product;
    squares += square_of_point;
  }
  const std::int64_t square = squares / points;
  is_disturbed_ =
      square * 100 < nominal_square_ * 49 || square * 100 > nominal_square_ * 169 ||
      (last_square_ != 0 && (square * 100 < last_square_ * 77 || square * 100 > last_square_ * 130));
  last_square_ = square;
  const std::uint32_t rms =
      std::max<std::uint32_t>(1, metrology::square_root(static_cast<std::uint64_t>(square)));
  const auto factor_q15 =
      static_cast<std::int32_t>(std::min<std::int64_t>((std::int64_t{nominal_} << 15U) / rms, 1 << 20));
  Wave& current = cycles_[next_];
  for (std::size_t k = 0; k < point_count; ++k) {
    current[k] = scaled(cycle.current[k], factor_q15);
    const std::int32_t volt = scaled(cycle.voltage[k], factor_q15);
    voltage_sums_[k] += stored_count_ == 0 ? (volt << smoothing_shift) - voltage_sums_[k]
                                           : volt - (voltage_sums_[k] >> smoothing_shift);
    voltage_[k] = static_cast<std::int16_t>(voltage_sums_[k] >> smoothing_shift);
  }
  levels_e4_[next_] =
      static_cast<std::int16_t>(std::min<std::int64_t>(std::int64_t{nominal_} * 10'000 / rms, 32'767));
  // Scaled by the square of the voltage, as a resistor's is.
  const std::int64_t mw = ((products / points / product_unit_per_mw * factor_q15 >> 15U) * factor_q15) >> 15U;
  powers_mw_[next_] = static_cast<std::int32_t>(std::clamp<std::int64_t>(mw, -100'000'000, 100'000'000));
  next_ = (next_ + 1) % cycle_count;
  stored_count_ = std::min(stored_count_ + 1, cycle_count);
}

void CycleHistory::clear() {
  stored_count_ = 0;
  last_square_ = 0;
}

Change CycleHistory::change_of(std::size_t after_age, std::size_t before_age, std::size_t count,
                               unsigned shift) const {
  Change change{};
  for (std::size_t j = 0; j < count; ++j) {
    const Wave& after = cycles_[slot(after_age + j)];
    const Wave& before = cycles_[slot(before_age + j)];
    for (std::size_t k = 0; k < point_count; ++k) change[k] += after[k] - before[k];
  }
  for (std::int32_t& value : change) value >>= shift;
  return change;
}

Wave CycleHistory::mean(std::size_t age, std::size_t count) const {
  std::array<std::int32_t, point_count> sums{};
  for (std::size_t j = 0; j < count; ++j) {
    const Wave& cycle = cycles_[slot(age + j)];
    for (std::size_t k = 0; k < point_count; ++k) sums[k] += cycle[k];
  }
  const auto half = static_cast<std::int32_t>(count / 2);
  Wave mean;
  for (std::size_t k = 0; k < point_count; ++k)
    mean[k] = static_cast<std::int16_t>((sums[k] + half) >> std::countr_zero(count));
  return mean;
}

std::int64_t CycleHistory::power_mw(std::size_t age) const {
  std::int64_t sum = 0;
  for (std::size_t j = 0; j < group_size; ++j) sum += cycle_power_mw(age + j);
  return sum / static_cast<std::int64_t>(group_size);
}

}  // namespace lk::guard
