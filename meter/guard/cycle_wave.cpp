// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/cycle_wave.hpp"

#include <algorithm>
#include <bit>
#include <utility>

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

// The area below a straight line from one sample towards the next, up to a share of the way.
std::int64_t area_q16(std::int32_t from, std::int32_t to, std::int32_t share_q15) {
  const std::int32_t square_q15 = (share_q15 * share_q15) >> 15;
  return 2 * std::int64_t{from} * share_q15 + std::int64_t{to - from} * square_q15;
}

constexpr std::uint32_t point_shift = 32 - std::countr_zero(point_count);  // of a turn to a point's number
constexpr std::int32_t whole_q15 = 1 << 15;
// A crossing so far from where it was expected tells that the mains jumped.
constexpr std::int32_t most_slip_q32 = std::int32_t{1} << 28;  // a sixteenth of a turn

}  // namespace

CycleSampler::CycleSampler(const metrology::Calibration& calibration)
    : crossing_(calibration.rate_hz, presence_count(calibration)),
      voltage_factor_q32_(factor_q32(calibration.voltage_microcounts_per_volt, microvolts_per_point_unit)),
      current_factor_q32_(
          factor_q32(calibration.current_microcounts_per_ampere, microamperes_per_point_unit)),
      cycle_limit_(calibration.rate_hz / slowest_mains_hz + 2) {}

CycleSampler::Result CycleSampler::feed(std::span<const metrology::Sample> samples) {
  Result result;
  while (result.consumed_count < samples.size()) {
    const auto sample = samples.subspan(result.consumed_count, 1);
    ++result.consumed_count;
    const auto found = crossing_.scan(sample);
    const bool is_end = add(point_of(sample[0].voltage_count, voltage_factor_q32_),
                            point_of(sample[0].current_count, current_factor_q32_));
    const bool was_locked = is_locked_;
    ++since_crossing_;
    if (found.is_crossing) {
      measure_cycle(found.fraction_q16);
    } else if (since_crossing_ > cycle_limit_) {
      has_crossing_ = false;
      is_locked_ = false;
    }
    if (was_locked && !is_locked_) {
      result.event = Event::no_mains;
      return result;
    }
    if (!is_end) continue;
    const bool is_cycle = is_whole_;
    is_whole_ = true;
    if (!is_cycle) continue;
    result.event = Event::cycle;
    return result;
  }
  return result;
}

// The next cycle is to take as long as this one took, and to end at a crossing.
void CycleSampler::measure_cycle(std::uint32_t fraction_q16) {
  const std::uint32_t length_q16 = (since_crossing_ << 16U) + fraction_q16 - last_fraction_q16_;
  const bool has_length = has_crossing_;
  has_crossing_ = true;
  since_crossing_ = 0;
  last_fraction_q16_ = fraction_q16;
  if (!has_length) return;
  const std::uint32_t since_q16 = 65'536 - fraction_q16;  // from the crossing to the last sample
  if (!is_locked_) {
    step_q32_ = static_cast<std::uint32_t>((std::uint64_t{1} << 48U) / length_q16);
    turn_q32_ = static_cast<std::uint32_t>(std::uint64_t{step_q32_} * since_q16 >> 16U);
    is_locked_ = true;
    is_whole_ = false;
    voltage_area_q16_ = 0;
    current_area_q16_ = 0;
    return;
  }
  const auto expected_q32 = static_cast<std::uint32_t>(std::uint64_t{step_q32_} * since_q16 >> 16U);
  const auto slip_q32 = static_cast<std::int32_t>(turn_q32_ - expected_q32);
  if (slip_q32 > most_slip_q32 || slip_q32 < -most_slip_q32) {
    is_locked_ = false;
    return;
  }
  step_q32_ = static_cast<std::uint32_t>((((std::int64_t{1} << 32U) - slip_q32) << 16U) /
                                         static_cast<std::int64_t>(length_q16));
}

// Goes on by one sample. A point has more than one of them, so that its end is passed at most once. True
// where a cycle ended.
bool CycleSampler::add(std::int16_t voltage, std::int16_t current) {
  const std::int16_t voltage_before = std::exchange(last_voltage_, voltage);
  const std::int16_t current_before = std::exchange(last_current_, current);
  if (!is_locked_) return false;
  const std::uint32_t before_q32 = turn_q32_;
  turn_q32_ += step_q32_;
  const std::uint32_t point = turn_q32_ >> point_shift;
  const std::int64_t voltage_whole = area_q16(voltage_before, voltage, whole_q15);
  const std::int64_t current_whole = area_q16(current_before, current, whole_q15);
  if (point == before_q32 >> point_shift) {
    voltage_area_q16_ += voltage_whole;
    current_area_q16_ += current_whole;
    return false;
  }
  const std::uint32_t to_end_q32 = (point << point_shift) - before_q32;
  const auto share_q15 = static_cast<std::int32_t>(to_end_q32 / std::max<std::uint32_t>(1, step_q32_ >> 15U));
  const std::int64_t voltage_part = area_q16(voltage_before, voltage, share_q15);
  const std::int64_t current_part = area_q16(current_before, current, share_q15);
  const std::size_t ended = (point + point_count - 1) % point_count;
  wave_.voltage[ended] = mean_of(voltage_area_q16_ + voltage_part);
  wave_.current[ended] = mean_of(current_area_q16_ + current_part);
  voltage_area_q16_ = voltage_whole - voltage_part;
  current_area_q16_ = current_whole - current_part;
  return point == 0;
}

std::int16_t CycleSampler::mean_of(std::int64_t area_q16) const {
  const std::int64_t points_per_sample_q16 = step_q32_ >> (point_shift - 16U);
  const std::int64_t mean = (area_q16 * points_per_sample_q16 + (std::int64_t{1} << 31U)) >> 32U;
  return static_cast<std::int16_t>(std::clamp<std::int64_t>(mean, -32'767, 32'767));
}

}  // namespace lk::guard
