// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/demand.hpp"

#include "assert/assert.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

using quantity::Energy;
using quantity::Instant;
using quantity::Power;

std::int64_t subinterval_ms(const DemandSettings& settings) {
  return std::int64_t{settings.subinterval_minutes} * 60'000;
}

std::int64_t rounded_down(std::int64_t value, std::int64_t divisor) {
  return value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);
}

Energy energy_of(const Energies& energies, Register which) {
  return energies[static_cast<std::size_t>(which)];
}

}  // namespace

bool is_valid(const DemandSettings& settings) {
  return settings.subinterval_minutes >= 1 && settings.subinterval_minutes <= 60 &&
         settings.subintervals >= 1 && settings.subintervals <= 15;
}

Demand::Demand(const DemandSettings& settings) : settings_(settings) {
  ensure(is_valid(settings));
}

bool Demand::add(const Energies& energies, Instant now) {
  const std::int64_t subinterval = rounded_down(now.unix_ms(), subinterval_ms(settings_));
  if (!has_started_) {
    has_started_ = true;
    is_whole_ = false;
    past_count_ = 0;
    next_past_ = 0;
    current_ = {};
    subinterval_ = subinterval;
  }
  current_[0] += energy_of(energies, Register::active_import);
  current_[1] += energy_of(energies, Register::active_export);
  current_[2] += energy_of(energies, Register::reactive_q1) + energy_of(energies, Register::reactive_q2);
  current_[3] += energy_of(energies, Register::reactive_q3) + energy_of(energies, Register::reactive_q4);
  if (subinterval == subinterval_) return false;
  const bool was_next = subinterval == subinterval_ + 1;
  const bool has_ended = was_next && is_whole_ && end_subinterval();
  if (!was_next) past_count_ = 0;
  is_whole_ = was_next;
  current_ = {};
  subinterval_ = subinterval;
  return has_ended;
}

Power Demand::latest(DemandRegister which) const {
  return latest_[static_cast<std::size_t>(which)];
}

Power Demand::rising(DemandRegister which) const {
  return mean_of(window_sums()[static_cast<std::size_t>(which)]);
}

// Returns whether a whole window ended with it.
bool Demand::end_subinterval() {
  const bool is_window = past_count_ + 1 >= settings_.subintervals;
  if (is_window) {
    const Sums sums = window_sums();
    for (std::size_t index = 0; index < demand_registers; ++index) latest_[index] = mean_of(sums[index]);
    latest_end_ = Instant::of((subinterval_ + 1) * subinterval_ms(settings_));
  }
  if (settings_.subintervals > 1) {
    past_[next_past_] = current_;
    next_past_ = static_cast<std::uint8_t>((next_past_ + 1) % (settings_.subintervals - 1));
    if (past_count_ + 1 < settings_.subintervals) ++past_count_;
  }
  return is_window;
}

Demand::Sums Demand::window_sums() const {
  Sums sums = current_;
  for (std::size_t past = 0; past < past_count_; ++past) {
    for (std::size_t index = 0; index < demand_registers; ++index) sums[index] += past_[past][index];
  }
  return sums;
}

// Energy over the whole window's length, also where the window is still rising.
Power Demand::mean_of(Energy energy) const {
  const std::int64_t window_s = std::int64_t{settings_.subinterval_minutes} * 60 * settings_.subintervals;
  return Power::of(divide_rounded(Wide::of(energy.count()), static_cast<std::uint64_t>(window_s)));
}

}  // namespace lk::metrology
