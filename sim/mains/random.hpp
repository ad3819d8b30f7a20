// SPDX-License-Identifier: Apache-2.0
// Chance from a seed: the same numbers on every machine and compiler, which the standard's distributions are
// not.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace lk::sim {

// A well-mixed 64-bit hash of a number (SplitMix64's finisher).
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E37'79B9'7F4A'7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D0'49BB'1331'11EBU;
  return value ^ (value >> 31U);
}

// An independent seed for part `part` of what `seed` describes.
[[nodiscard]] constexpr std::uint64_t seed_of(std::uint64_t seed, std::uint64_t part) {
  return mixed(mixed(seed) ^ (part * 0xD6E8'FEB8'6659'FD93U));
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(mixed(seed)) {}

  constexpr std::uint64_t next() { return mixed(state_++); }
  // From 0 to below `limit`, which is not 0.
  constexpr std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  // From 0 to below 1.
  constexpr double uniform() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
  constexpr double between(double low, double high) { return low + (high - low) * uniform(); }
  // Mean 0, variance 1 (Box-Muller).
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t state_;
};

}  // namespace lk::sim
