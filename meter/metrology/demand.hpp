// SPDX-License-Identifier: Apache-2.0
// Maximum demand: the mean power over a block or a sliding window of the clock, its maximum with the time at
// which that window ended, for four registers, in total and for each rate.
//
//   block    15 min  |───────|───────|          a new value at the end of each block
//   sliding  15 min      |───────|              the same length, a new value each sub-interval
//                           |───────|
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/metrology/energy_registers.hpp"
#include "quantity/quantity.hpp"

namespace lk::metrology {

enum class DemandRegister : std::uint8_t { active_import, active_export, reactive_import, reactive_export };
inline constexpr std::size_t demand_registers = 4;
inline constexpr std::size_t demand_rates = 8;

struct DemandSettings {
  std::uint8_t subinterval_minutes = 15;  // divides an hour: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60
  std::uint8_t subintervals = 1;          // in one window: 1 is a block, more slide; up to 15
};

[[nodiscard]] bool is_valid(const DemandSettings& settings);

struct DemandMaximum {
  quantity::Power power;   // mW or mvar; 0 where there was none
  quantity::Instant time;  // the end of the window
};

class Demand {
 public:
  // The settings must be valid.
  explicit Demand(const DemandSettings& settings);

  // Counts what was taken from the registers of all phases since the last call, at the clock's time `now`, in
  // rate `rate_index` (0 to 7). A clock that was put back, or on by more than a window, starts a new window:
  // a maximum is never made of hours that did not pass.
  void add(const Energies& energies, std::size_t rate_index, quantity::Instant now);
  // The highest so far, in total, or under one rate: the rate that was valid when the window ended.
  [[nodiscard]] DemandMaximum maximum(DemandRegister which) const;
  [[nodiscard]] DemandMaximum maximum(DemandRegister which, std::size_t rate_index) const;
  // The newest whole window; and the window under way as if it ended with what it has now.
  [[nodiscard]] quantity::Power latest(DemandRegister which) const;
  [[nodiscard]] quantity::Power rising(DemandRegister which) const;
  // Forgets all maxima and counts the reset; the window under way goes on. Who may is the caller's business.
  void reset(quantity::Instant now);
  [[nodiscard]] std::uint32_t reset_count() const { return reset_count_; }
  [[nodiscard]] quantity::Instant reset_time() const { return reset_time_; }

 private:
  static constexpr std::size_t most_subintervals = 15;
  using Sums = std::array<quantity::Energy, demand_registers>;

  void end_subinterval(std::size_t rate_index);
  void start_at(std::int64_t subinterval);
  [[nodiscard]] Sums window_sums() const;
  [[nodiscard]] quantity::Power mean_of(quantity::Energy energy) const;

  DemandSettings settings_;
  std::array<Sums, most_subintervals> past_{};  // of the window under way, the oldest overwritten first
  std::size_t next_past_ = 0;
  std::size_t past_count_ = 0;
  Sums current_{};
  bool has_started_ = false;
  std::int64_t subinterval_ = 0;  // number of the one under way since 1970
  std::array<quantity::Power, demand_registers> latest_{};
  std::array<DemandMaximum, demand_registers> total_{};
  std::array<std::array<DemandMaximum, demand_registers>, demand_rates> rated_{};
  std::uint32_t reset_count_ = 0;
  quantity::Instant reset_time_;
};

}  // namespace lk::metrology
