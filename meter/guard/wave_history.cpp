// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/wave_history.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::guard {
namespace {

constexpr std::int64_t product_unit_per_mw = 10;  // 5 mA · 20 mV = 0.1 mW
constexpr auto points = static_cast<std::int64_t>(point_count);

std::int16_t saturated_point(std::int64_t value) {
  return static_cast<std::int16_t>(std::clamp<std::int64_t>(value, -32'767, 32'767));
}

// value · factor / 2^15, rounded.
std::int16_t scaled(std::int32_t value, std::int64_t factor_q15) {
  return saturated_point((value * factor_q15 + (1 << 14)) >> 15U);
}

}  // namespace

WaveHistory::WaveHistory(quantity::Voltage nominal) {
  ensure(nominal.count() >= 50'000 && nominal.count() <= 500'000);
  nominal_ = static_cast<std::uint32_t>(nominal.count() * 1000 / microvolts_per_point_unit);
  nominal_square_ = std::int64_t{nominal_} * nominal_;
}

bool WaveHistory::add(const CycleWave& cycle) {
  take_power(cycle);
  for (std::size_t k = 0; k < point_count; ++k) {
    current_sums_[k] += cycle.current[k];
    voltage_sums_[k] += cycle.voltage[k];
  }
  if (++cycle_count_ < cycles_in_block) return false;
  finish_block();
  return true;
}

void WaveHistory::clear() {
  stored_count_ = 0;
  cycle_count_ = 0;
  current_sums_ = {};
  voltage_sums_ = {};
  last_square_ = 0;
}

// Power scaled by the square of the voltage, as a resistor's is.
void WaveHistory::take_power(const CycleWave& cycle) {
  std::int64_t products = 0;
  std::int64_t squares = 0;
  for (std::size_t k = 0; k < point_count; ++k) {
    products += std::int64_t{cycle.voltage[k]} * cycle.current[k];
    squares += std::int64_t{cycle.voltage[k]} * cycle.voltage[k];
  }
  const std::int64_t square = squares / points;
  is_disturbed_ =
      square * 100 < nominal_square_ * 49 || square * 100 > nominal_square_ * 169 ||
      (last_square_ != 0 && (square * 100 < last_square_ * 85 || square * 100 > last_square_ * 117));
  last_square_ = square;
  const std::int64_t mw =
      squares == 0 ? 0 : products / product_unit_per_mw * (nominal_square_ >> 8U) / (squares >> 8U);
  powers_mw_[power_next_] =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(mw, -100'000'000, 100'000'000));
  power_next_ = (power_next_ + 1) % power_count;
}

void WaveHistory::finish_block() {
  std::int64_t squares = 0;
  for (const std::int32_t sum : voltage_sums_) squares += std::int64_t{sum} * sum;
  // Four cycles' sums are four times as large, so this is four times the RMS.
  const std::uint32_t rms4 =
      std::max<std::uint32_t>(1, metrology::square_root(static_cast<std::uint64_t>(squares / points)));
  const std::int64_t factor_q15 = (std::int64_t{nominal_} << 15U) / rms4;  // includes the division by four
  for (std::size_t k = 0; k < point_count; ++k) {
    blocks_[next_][k] = scaled(current_sums_[k], factor_q15);
    voltage_[k] = scaled(voltage_sums_[k], factor_q15);
  }
  levels_e4_[next_] = static_cast<std::int32_t>(std::int64_t{nominal_} * 40'000 / rms4);
  next_ = (next_ + 1) % block_count;
  stored_count_ = std::min(stored_count_ + 1, block_count);
  current_sums_ = {};
  voltage_sums_ = {};
  cycle_count_ = 0;
}

Change WaveHistory::change(std::size_t after_age, std::size_t before_age) const {
  Change change{};
  for (std::size_t j = 0; j < group_size; ++j) {
    const Wave& after = blocks_[slot(after_age + j)];
    const Wave& before = blocks_[slot(before_age + j)];
    for (std::size_t k = 0; k < point_count; ++k) change[k] += after[k] - before[k];
  }
  return change;
}

// The variance of the mean of four is a twelfth of the sum of squared departures; a change is in quarters of
// a unit (16 times the energy) and is of two means.
std::int64_t WaveHistory::noise(std::size_t age) const {
  std::int64_t departures16 = 0;
  for (std::size_t k = 0; k < point_count; ++k) {
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < group_size; ++j) sum += blocks_[slot(age + j)][k];
    for (std::size_t j = 0; j < group_size; ++j) {
      const std::int64_t departure = 4 * std::int32_t{blocks_[slot(age + j)][k]} - sum;
      departures16 += departure * departure;
    }
  }
  return departures16 / 6;
}

Wave WaveHistory::mean(std::size_t age) const {
  Wave mean{};
  for (std::size_t k = 0; k < point_count; ++k) {
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < group_size; ++j) sum += blocks_[slot(age + j)][k];
    mean[k] = static_cast<std::int16_t>((sum + 2) >> 2);
  }
  return mean;
}

std::int64_t WaveHistory::power_mw(std::size_t age) const {
  constexpr std::size_t cycles = group_size * cycles_in_block;
  std::int64_t sum = 0;
  const std::size_t first = age * cycles_in_block + cycle_count_;
  for (std::size_t j = 0; j < cycles; ++j) sum += cycle_power_mw(first + j);
  return sum / static_cast<std::int64_t>(cycles);
}

}  // namespace lk::guard
