// SPDX-License-Identifier: Apache-2.0
// The mains of a building: three phases of one voltage wave, a third of a turn apart, that all its meters
// see. Sampled block by block, phase
// continuous, with harmonics, a slow wander of voltage and frequency, and disturbances (dips, swells,
// outages) at given times. The same configuration gives the same samples for any block sizes. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quantity/quantity.hpp"

namespace lk::sim {

struct Harmonic {
  int order = 1;
  double share = 0;          // of the fundamental
  double angle_degrees = 0;  // sin(order · θ + angle)
};

// The voltage is `level` times what it would be: 0 is an outage, 0.6 a dip, 1.15 a swell. Where two overlap,
// the later one in the list holds.
struct Disturbance {
  quantity::Instant from;
  quantity::Duration duration;
  double level = 0;
};

struct MainsConfiguration {
  double voltage = 230;  // RMS of the fundamental
  double frequency = 50;
  std::vector<Harmonic> harmonics = {{3, 0.012, 20}, {5, 0.02, 150}, {7, 0.01, 60}, {11, 0.004, 0}};
  double voltage_wander = 0.012;   // largest departure, as a share
  double frequency_wander = 0.03;  // largest departure, Hz
  std::vector<Disturbance> disturbances;
  std::uint64_t seed = 1;
};

// One period is read by a 32-bit phase (2^32 = one turn) in this many steps.
inline constexpr std::size_t period_steps = 2048;
inline constexpr unsigned period_shift = 21;
using Period = std::array<float, period_steps>;

// The next samples of the mains, arrays of equal length that stay the mains' own until its next `advance`.
struct MainsBlock {
  std::span<const std::uint32_t> phase;  // of the fundamental
  std::span<const float> voltage;        // volts
  std::span<const float> level;          // amplitude of the fundamental as a share of the nominal one
};

class Mains {
 public:
  // `rate_hz` samples a second, the first of them at `start`.
  Mains(MainsConfiguration configuration, std::uint32_t rate_hz, quantity::Instant start);

  // The next samples of phase 1.
  MainsBlock advance(std::size_t count);
  // The same samples of another phase, 1 to 3; they stay until the next call for that phase.
  MainsBlock phase(std::size_t number);

  // The time of the next sample, rounded down to a millisecond.
  [[nodiscard]] quantity::Instant now() const;
  [[nodiscard]] double nominal_voltage() const { return configuration_.voltage; }
  // Adds a disturbance while running; parts of it that are past have no effect.
  void disturb(const Disturbance& disturbance) { configuration_.disturbances.push_back(disturbance); }

 private:
  void begin_tick();
  void fill(std::size_t first, std::size_t count);

  MainsConfiguration configuration_;
  std::uint32_t rate_hz_;
  quantity::Instant start_;
  Period shape_{};  // volts at level 1
  std::uint64_t sample_index_ = 0;
  std::uint64_t tick_end_ = 0;  // sample index; wander and disturbances hold for a tick of 5 ms
  std::uint32_t phase_;
  std::uint32_t step_ = 0;
  float level_ = 1;
  std::vector<std::uint32_t> phases_;
  std::vector<float> voltages_;
  std::vector<float> levels_;
  struct Shifted {
    std::vector<std::uint32_t> phases;
    std::vector<float> voltages;
  };
  std::array<Shifted, 2> shifted_;  // phases 2 and 3
};

}  // namespace lk::sim
