// SPDX-License-Identifier: Apache-2.0
// One mains cycle of voltage and current as 32 points, the first where the filtered voltage rises through its
// middle. However many samples a cycle has and wherever they fall, point k is always at the same place of the
// mains cycle, so that two cycles can be subtracted point by point: what is left is what was switched between
// them. Each point is the mean over its 32nd of the time between two crossings; where the next one will be is
// told by the last two, so that no sample has to be kept. Integers only, one thread, about 0.3 KiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/metrology/sample.hpp"
#include "meter/metrology/zero_crossing.hpp"

namespace lk::guard {

inline constexpr std::size_t point_count = 32;
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
  void measure_cycle(std::uint32_t fraction_q16);
  [[nodiscard]] bool add(std::int16_t voltage, std::int16_t current);
  [[nodiscard]] std::int16_t mean_of(std::int64_t area_q16) const;

  metrology::ZeroCrossing crossing_;
  std::int64_t voltage_factor_q32_;  // counts to point units
  std::int64_t current_factor_q32_;
  std::uint32_t cycle_limit_;            // samples; more are no mains
  std::uint32_t since_crossing_ = 0;     // samples
  std::uint32_t last_fraction_q16_ = 0;  // of the last crossing, before the sample that showed it
  bool has_crossing_ = false;
  bool is_locked_ = false;      // the turn is known
  std::uint32_t turn_q32_ = 0;  // of the last sample, from the crossing
  std::uint32_t step_q32_ = 0;  // of a sample
  std::int16_t last_voltage_ = 0;
  std::int16_t last_current_ = 0;
  std::int64_t voltage_area_q16_ = 0;  // below the point under way, in samples
  std::int64_t current_area_q16_ = 0;
  bool is_whole_ = false;  // the cycle under way, from its first point on
  CycleWave wave_;
};

}  // namespace lk::guard
