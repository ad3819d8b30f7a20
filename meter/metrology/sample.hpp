// SPDX-License-Identifier: Apache-2.0
// What comes into metrology: samples of the converter and the factors that give them a unit.
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"

namespace lk::metrology {

// Raw counts of both channels at one instant, at most 24 bits signed; beyond that they are taken as
// saturated.
struct Sample {
  std::int32_t voltage_count;
  std::int32_t current_count;
};

struct Calibration {
  std::uint32_t rate_hz = 6400;  // 4 000 to 16 000
  // Counts of the converter for one volt and one ampere, in millionths (21.3872 counts per volt = 21 387
  // 200). From 1 to 1 000 000 counts per unit.
  std::int64_t voltage_microcounts_per_volt = 0;
  std::int64_t current_microcounts_per_ampere = 0;
  // The starting current of the class (IEC 62053-21: 0.004 Ib). A window with less than 60 % of it counts no
  // energy and reads 0 A, so that noise never creeps, nor one with less than 30 % of its power; 0 counts
  // everything.
  quantity::Current starting_current = quantity::Current::of(20'000);
};

// True where every field is in its range; a calibration from outside is checked with this before it is used.
[[nodiscard]] constexpr bool is_valid(const Calibration& calibration) {
  constexpr std::int64_t least = 100'000;
  constexpr std::int64_t most = 1'000'000'000'000;
  const std::int64_t voltage = calibration.voltage_microcounts_per_volt;
  const std::int64_t current = calibration.current_microcounts_per_ampere;
  return calibration.rate_hz >= 4000 && calibration.rate_hz <= 16'000 && voltage >= least &&
         voltage <= most && current >= least && current <= most && calibration.starting_current.count() >= 0;
}

}  // namespace lk::metrology
