// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/cycle_wave.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "meter/metrology/window_sums.hpp"

namespace lk::guard {
namespace {

constexpr std::uint32_t slowest_mains_hz = 42;

// The hysteresis of the crossings: 20 V of the filtered voltage, so that about 30 V RMS count as mains.
std::int32_t presence_count(const metrology::Calibration& calibration) {
  const std::int64_t count = calibration.voltage_microcounts_per_volt / 50'000;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(count, 1, metrology::count_limit));
}

// Point units for one count, times 2^32: at most 50 units for a count (a volt for a count).
std::int64_t factor_q32(std::int64_t microcounts_per_unit, std::int64_t micro_per_point_unit) {
  const std::int64_t points_per_unit = 1'000'000 / micro_per_point_unit;  // 50 or 200, exact
  return ((points_per_unit * 1'000'000) << 32U) / microcounts_per_unit;
}

std::int16_t point_of(std::int32_t count, std::int64_t factor_q32) {
  const std::int64_t value = (metrology::saturated(count) * factor_q32 + (std::int64_t{1} << 31U)) >> 32U;
  return static_cast<std::int16_t>(std::clamp<std::int64_t>(value, -32'767, 32'767));
}

// Walks along samples joined by straight lines and sums up what lies below, in 1/32 768 of a point unit times
// a sample.
class Area {
 public:
  void whole(std::int32_t from, std::int32_t to) { sum_ += std::int64_t{from + to} << 14U; }
  // Up to the share of the way from one sample to the next.
  [[nodiscard]] std::int64_t up_to(std::int32_t from, std::int32_t to, std::int32_t share_q15) const {
    const std::int32_t square_q15 = (share_q15 * share_q15) >> 15;
    return sum_ + std::int64_t{from} * share_q15 + ((std::int64_t{to - from} * square_q15) >> 1U);
  }

 private:
  std::int64_t sum_ = 0;
};

// The mean over a point's part of the cycle. `length_q16` is the whole cycle's, in samples.
std::int16_t mean_of(std::int64_t area_q15, std::uint32_t length_q16) {
  const std::int64_t scaled = area_q15 * static_cast<std::int64_t>(2 * point_count);
  const auto length = static_cast<std::int64_t>(length_q16);
  return static_cast<std::int16_t>((scaled + (scaled < 0 ? -length : length) / 2) / length);
}

}  // namespace

CycleSampler::CycleSampler(const metrology::Calibration& calibration)
    : crossing_(calibration.rate_hz, presence_count(calibration)),
      voltage_factor_q32_(factor_q32(calibration.voltage_microcounts_per_volt, microvolts_per_point_unit)),
      current_factor_q32_(
          factor_q32(calibration.current_microcounts_per_ampere, microamperes_per_point_unit)),
      cycle_limit_(calibration.rate_hz / slowest_mains_hz) {
  ensure(cycle_limit_ + 2 <= longest_cycle);
}

CycleSampler::Result CycleSampler::feed(std::span<const metrology::Sample> samples) {
  Result result;
  while (result.consumed_count < samples.size()) {
    const std::size_t room = cycle_limit_ + 2 - pair_count_;
    const auto rest = samples.subspan(result.consumed_count);
    const auto found = crossing_.scan(rest.first(std::min(room, rest.size())));
    keep(rest.first(found.consumed_count));
    result.consumed_count += found.consumed_count;
    if (found.is_crossing && pair_count_ >= 2) {
      const auto end_q16 = static_cast<std::uint32_t>((pair_count_ - 2) << 16U) + found.fraction_q16;
      const bool is_whole = has_start_;
      if (is_whole) resample(start_q16_, end_q16);
      pairs_[0] = pairs_[pair_count_ - 2];
      pairs_[1] = pairs_[pair_count_ - 1];
      pair_count_ = 2;
      start_q16_ = found.fraction_q16;
      has_start_ = true;
      if (is_whole) {
        result.event = Event::cycle;
        return result;
      }
    } else if (pair_count_ >= cycle_limit_ + 2) {
      const bool was_there = has_start_;
      pairs_[0] = pairs_[pair_count_ - 1];
      pair_count_ = 1;
      has_start_ = false;
      if (was_there) {
        result.event = Event::no_mains;
        return result;
      }
    }
  }
  return result;
}

void CycleSampler::keep(std::span<const metrology::Sample> samples) {
  for (const metrology::Sample& sample : samples) {
    pairs_[pair_count_++] = {point_of(sample.voltage_count, voltage_factor_q32_),
                             point_of(sample.current_count, current_factor_q32_)};
  }
}

// A point is the mean over its 64th of the cycle, not the value in its middle: where samples fall beside the
// corner of a rectifier's pulse then matters little.
void CycleSampler::resample(std::uint32_t from_q16, std::uint32_t to_q16) {
  const std::uint32_t length_q16 = to_q16 - from_q16;
  Area voltage;
  Area current;
  std::uint32_t sample = from_q16 >> 16U;
  std::int64_t voltage_before = 0;
  std::int64_t current_before = 0;
  for (std::uint32_t index = 0; index <= point_count; ++index) {
    const auto at_q16 =
        from_q16 + static_cast<std::uint32_t>(std::uint64_t{length_q16} * index / point_count);
    for (; sample < at_q16 >> 16U; ++sample) {
      voltage.whole(pairs_[sample].voltage, pairs_[sample + 1].voltage);
      current.whole(pairs_[sample].current, pairs_[sample + 1].current);
    }
    const Pair& before = pairs_[sample];
    const Pair& after = pairs_[sample + 1];
    const auto share_q15 = static_cast<std::int32_t>((at_q16 & 0xFFFFU) >> 1U);
    const std::int64_t voltage_now = voltage.up_to(before.voltage, after.voltage, share_q15);
    const std::int64_t current_now = current.up_to(before.current, after.current, share_q15);
    if (index > 0) {
      wave_.voltage[index - 1] = mean_of(voltage_now - voltage_before, length_q16);
      wave_.current[index - 1] = mean_of(current_now - current_before, length_q16);
    }
    voltage_before = voltage_now;
    current_before = current_now;
  }
}

}  // namespace lk::guard
