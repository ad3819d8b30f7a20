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
  return settings.subinterval_minutes >= 1 && 60 % settings.subinterval_minutes == 0 &&
         settings.subintervals >= 1 && settings.subintervals <= 15;
}

Demand::Demand(const DemandSettings& settings) : settings_(settings) {
  ensure(is_valid(settings));
}

void Demand::add(const Energies& energies, std::size_t rate_index, Instant now) {
  ensure(rate_index < demand_rates);
  const std::int64_t subinterval = rounded_down(now.unix_ms(), subinterval_ms(settings_));
  if (!has_started_ || subinterval < subinterval_ || subinterval - subinterval_ > settings_.subintervals) {
    start_at(subinterval);
  }
  while (subinterval_ < subinterval) end_subinterval(rate_index);
  current_[0] += energy_of(energies, Register::active_import);
  current_[1] += energy_of(energies, Register::active_export);
  current_[2] += energy_of(energies, Register::reactive_q1) + energy_of(energies, Register::reactive_q2);
  current_[3] += energy_of(energies, Register::reactive_q3) + energy_of(energies, Register::reactive_q4);
}

DemandMaximum Demand::maximum(DemandRegister which) const {
  return total_[static_cast<std::size_t>(which)];
}

DemandMaximum Demand::maximum(DemandRegister which, std::size_t rate_index) const {
  ensure(rate_index < demand_rates);
  return rated_[rate_index][static_cast<std::size_t>(which)];
}

Power Demand::latest(DemandRegister which) const {
  return latest_[static_cast<std::size_t>(which)];
}

Power Demand::rising(DemandRegister which) const {
  return mean_of(window_sums()[static_cast<std::size_t>(which)]);
}

void Demand::reset(Instant now) {
  total_ = {};
  rated_ = {};
  ++reset_count_;
  reset_time_ = now;
}

// A window counts once all its sub-intervals have passed; what is under way when metering starts is not
// whole.
void Demand::end_subinterval(std::size_t rate_index) {
  const Instant end = Instant::of((subinterval_ + 1) * subinterval_ms(settings_));
  const bool is_whole = past_count_ + 1 >= settings_.subintervals;
  if (is_whole) {
    const Sums sums = window_sums();
    for (std::size_t index = 0; index < demand_registers; ++index) {
      latest_[index] = mean_of(sums[index]);
      if (latest_[index] > total_[index].power) total_[index] = {latest_[index], end};
      DemandMaximum& rated = rated_[rate_index][index];
      if (latest_[index] > rated.power) rated = {latest_[index], end};
    }
  }
  past_[next_past_] = current_;
  if (settings_.subintervals > 1) {
    next_past_ = (next_past_ + 1) % (settings_.subintervals - 1U);
    if (past_count_ + 1U < settings_.subintervals) ++past_count_;
  }
  current_ = {};
  ++subinterval_;
}

void Demand::start_at(std::int64_t subinterval) {
  past_ = {};
  next_past_ = 0;
  past_count_ = 0;
  current_ = {};
  subinterval_ = subinterval;
  has_started_ = true;
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
