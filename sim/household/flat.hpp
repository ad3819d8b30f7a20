// SPDX-License-Identifier: Apache-2.0
// One flat: what its load draws of the mains, as amperes, sample by sample. The mixture of what is switched
// on is renewed when the building says so (every 100 ms); between, a sample costs one look-up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/appliance/appliance.hpp"
#include "sim/household/building.hpp"
#include "sim/mains/mains.hpp"

namespace lk::sim {

class Flat {
 public:
  Flat(Load load, double nominal_voltage) : load_(std::move(load)), nominal_voltage_(nominal_voltage) {}

  // Asks the load what is on at this time.
  void renew(quantity::Instant now);
  // The next samples: `volts` are the mains' or the recording's own. All of one length.
  void run(const MainsBlock& mains, std::span<float> volts, std::span<float> amperes);

  void set_closed(bool is_closed) { is_closed_ = is_closed; }
  void set_extra_load(double watts);
  // Switches an appliance on beside the load, in place of one of its kind; 0 W switches that off. False for a
  // recording, which holds all that its flat draws.
  [[nodiscard]] bool set_appliance(const Appliance& appliance, quantity::Instant now);
  void set_bypass(double share) { live_share_ = static_cast<float>(1 - share); }
  // How much of the amperes passes the live conductor's sensor.
  [[nodiscard]] float live_share() const { return live_share_; }

 private:
  void replay(const RecordedLoad& recording, std::span<float> volts, std::span<float> amperes);

  Load load_;
  double nominal_voltage_;
  bool is_closed_ = true;
  struct SwitchedOn {
    Appliance appliance;
    quantity::Instant since;
  };
  std::vector<SwitchedOn> switched_on_;
  Demand demand_;
  bool is_mixed_ = false;
  Period period_{};
  float conductance_ = 0;
  float extra_conductance_ = 0;
  float live_share_ = 1;
  std::size_t replay_index_ = 0;
};

}  // namespace lk::sim
