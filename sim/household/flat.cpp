// SPDX-License-Identifier: Apache-2.0
#include "sim/household/flat.hpp"

#include <algorithm>

namespace lk::sim {

void Flat::renew(quantity::Instant now) {
  auto* const source = std::get_if<std::unique_ptr<LoadSource>>(&load_);
  if (source == nullptr) return;
  Demand demand = (*source)->at(now);
  for (const SwitchedOn& on : switched_on_) demand += sim::demand(on.appliance, now - on.since);
  if (is_mixed_ && demand == demand_) return;
  demand_ = demand;
  is_mixed_ = true;
  conductance_ = static_cast<float>(conductance(demand, nominal_voltage_));
  mix(demand, nominal_voltage_, period_);
}

void Flat::run(const MainsBlock& mains, std::span<float> volts, std::span<float> amperes) {
  if (const auto* const recording = std::get_if<RecordedLoad>(&load_)) {
    replay(*recording, volts, amperes);
  } else {
    std::ranges::copy(mains.voltage, volts.begin());
    for (std::size_t k = 0; k < amperes.size(); ++k) {
      amperes[k] = conductance_ * mains.voltage[k] + mains.level[k] * period_[mains.phase[k] >> period_shift];
    }
  }
  if (!is_closed_) {
    std::ranges::fill(amperes, 0.0F);
  } else if (extra_conductance_ > 0) {
    for (std::size_t k = 0; k < amperes.size(); ++k) amperes[k] += extra_conductance_ * volts[k];
  }
}

void Flat::replay(const RecordedLoad& recording, std::span<float> volts, std::span<float> amperes) {
  const auto per_count_v = static_cast<float>(1 / recording.counts_per_volt);
  const auto per_count_i = static_cast<float>(1 / recording.counts_per_ampere);
  for (std::size_t k = 0; k < volts.size(); ++k) {
    const metrology::Sample& sample = recording.samples[replay_index_];
    volts[k] = static_cast<float>(sample.voltage_count) * per_count_v;
    amperes[k] = static_cast<float>(sample.current_count) * per_count_i;
    replay_index_ = replay_index_ + 1 == recording.samples.size() ? 0 : replay_index_ + 1;
  }
}

bool Flat::set_appliance(const Appliance& appliance, quantity::Instant now) {
  if (std::holds_alternative<RecordedLoad>(load_)) return false;
  std::erase_if(switched_on_, [&](const SwitchedOn& on) { return on.appliance.kind == appliance.kind; });
  if (appliance.watts > 0) switched_on_.push_back({appliance, now});
  return true;
}

void Flat::set_extra_load(double watts) {
  extra_conductance_ = static_cast<float>(watts / (nominal_voltage_ * nominal_voltage_));
}

}  // namespace lk::sim
