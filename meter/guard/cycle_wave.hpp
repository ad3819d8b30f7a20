// SPDX-License-Identifier: Apache-2.0
// One mains cycle of voltage and current as 64 points, the first where the filtered voltage rises through its
// middle. However many samples a cycle has and wherever they fall, point k is always at the same place of the
// mains cycle, so that two cycles can be subtracted point by point: what is left is what was switched between
// them. Each point is the mean over its 64th of the time between two crossings that are known to a fraction
// of a sample. Integers only, one thread, about 1.6 KiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/metrology/sample.hpp"
#include "meter/metrology/zero_crossing.hpp"

namespace lk::guard {

inline constexpr std::size_t point_count = 64;
inline constexpr std::int64_t microvolts_per_point_unit = 20'000;   // to ±655 V
inline constexpr std::int64_t microamperes_per_point_unit = 5'000;  // to ±164 A; beyond, saturated

using Wave = std::array<std::int16_t, point_count>;

struct CycleWave {
  Wave voltage{};
  Wave current{};
};

class CycleSampler {
 public:
  // The calibration must be valid (`metrology::is_valid`).
  explicit CycleSampler(const metrology::Calibration& calibration);

  enum class Event : std::uint8_t {
    none,      // all samples were taken, no cycle ended
    cycle,     // a cycle ended: `wave` holds it until the next call
    no_mains,  // no crossing for longer than a cycle can be: what came before is forgotten
  };
  struct Result {
    std::size_t consumed_count = 0;
    Event event = Event::none;
  };
  // Takes samples up to and with the one that ends a cycle; call again with the rest.
  [[nodiscard]] Result feed(std::span<const metrology::Sample> samples);
  [[nodiscard]] const CycleWave& wave() const { return wave_; }

 private:
  // The slowest mains is 42 Hz: 381 samples at 16 kHz, and one at each border.
  static constexpr std::size_t longest_cycle = 384;
  struct Pair {
    std::int16_t voltage;
    std::int16_t current;
  };

  void keep(std::span<const metrology::Sample> samples);
  void resample(std::uint32_t from_q16, std::uint32_t to_q16);

  metrology::ZeroCrossing crossing_;
  std::int64_t voltage_factor_q32_;  // counts to point units
  std::int64_t current_factor_q32_;
  std::size_t cycle_limit_;  // samples; more are no mains
  std::array<Pair, longest_cycle> pairs_{};
  std::size_t pair_count_ = 0;
  bool has_start_ = false;       // pairs_[0] is the sample before a crossing
  std::uint32_t start_q16_ = 0;  // of the crossing, after pairs_[0]
  CycleWave wave_;
};

}  // namespace lk::guard
