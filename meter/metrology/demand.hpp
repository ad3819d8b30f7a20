// SPDX-License-Identifier: Apache-2.0
// Demand: the mean power over windows of the clock, side by side or sliding, for four registers. Whoever owns
// it keeps the maxima.
//
//   block    15 min  |───────|───────|          a new value at the end of each block
//   sliding  15 min      |───────|              the same length, a new value each sub-interval
//                           |───────|
//
// Only whole windows count: one that began before the clock was set, or before the power came, does not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/metrology/energy_registers.hpp"
#include "quantity/quantity.hpp"

namespace lk::metrology {

enum class DemandRegister : std::uint8_t { active_import, active_export, reactive_import, reactive_export };
inline constexpr std::size_t demand_registers = 4;

struct DemandSettings {
  std::uint8_t subinterval_minutes = 15;  // 1 to 60
  std::uint8_t subintervals = 1;          // in one window: 1 is a block, more slide; up to 15
  bool operator==(const DemandSettings&) const = default;
};

[[nodiscard]] bool is_valid(const DemandSettings& settings);

class Demand {
 public:
  // The settings must be valid.
  explicit Demand(const DemandSettings& settings);

  // Takes what the registers of all phases gained since the last call, at the clock's time `now`; call at
  // least once a sub-interval. Returns whether a window ended: `latest` is then its mean and `latest_end` its
  // end. Energy across the end of a sub-interval belongs to the one that ends. A clock that was put back, or
  // on by more than a sub-interval, starts new windows: a maximum is never made of hours that did not pass.
  bool add(const Energies& energies, quantity::Instant now);
  // The clock was set, or time was not known: windows begin anew.
  void restart() { has_started_ = false; }

  [[nodiscard]] const DemandSettings& settings() const { return settings_; }
  // The newest whole window, in mW or mvar; and the window under way as if it ended with what it has now.
  [[nodiscard]] quantity::Power latest(DemandRegister which) const;
  [[nodiscard]] quantity::Instant latest_end() const { return latest_end_; }
  [[nodiscard]] quantity::Power rising(DemandRegister which) const;

 private:
  static constexpr std::size_t most_past = 14;
  using Sums = std::array<quantity::Energy, demand_registers>;

  [[nodiscard]] bool end_subinterval();
  [[nodiscard]] Sums window_sums() const;
  [[nodiscard]] quantity::Power mean_of(quantity::Energy energy) const;

  DemandSettings settings_;
  std::array<Sums, most_past> past_{};  // of the window under way, the oldest overwritten first
  std::uint8_t next_past_ = 0;
  std::uint8_t past_count_ = 0;
  bool has_started_ = false;
  bool is_whole_ = false;  // the sub-interval under way was seen from its beginning
  Sums current_{};
  std::int64_t subinterval_ = 0;  // number of the one under way since 1970
  std::array<quantity::Power, demand_registers> latest_{};
  quantity::Instant latest_end_;
};

}  // namespace lk::metrology
