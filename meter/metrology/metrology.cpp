// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/metrology.hpp"

#include <algorithm>

#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

constexpr std::uint32_t window_cycles = 10;
constexpr std::uint32_t fallback_windows_per_second = 5;
constexpr std::uint32_t settling_crossings = 4;
constexpr std::uint32_t shortest_window_share = 16;  // of a second: no window that a crossing ends is shorter
constexpr std::uint32_t longest_cycle_ms = 30;       // no crossing for longer: the mains is lost
constexpr std::int64_t creep_percent = 60;

// The hysteresis of the crossings: 7 V of the filtered voltage, so that about 10 V RMS count as mains.
std::int32_t presence_count(const Calibration& calibration) {
  constexpr std::int64_t presence_millivolts = 7000;
  const std::int64_t count =
      calibration.voltage_microcounts_per_volt / 1000 * presence_millivolts / 1'000'000;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(count, 1, count_limit));
}

std::uint32_t step_of(std::uint32_t cycles, std::int64_t span_q16) {
  return static_cast<std::uint32_t>((std::uint64_t{cycles} << 48U) / static_cast<std::uint64_t>(span_q16));
}

std::int64_t samples_q16(std::uint64_t samples) {
  return static_cast<std::int64_t>(samples << 16U);
}

// Takes the whole millijoules out and leaves the rest.
quantity::Energy take_whole(Wide& energy) {
  const auto whole = narrow(Wide{0, energy.high});
  energy.high = 0;
  return quantity::Energy::of(whole);
}

}  // namespace

Metrology::Metrology(const Calibration& calibration)
    : calibration_(calibration),
      figures_(calibration),
      crossing_(calibration.rate_hz, presence_count(calibration)),
      step_(step_of(1, samples_q16(calibration.rate_hz / 50))) {}

std::uint32_t Metrology::feed(std::span<const Sample> samples) {
  window_count_ = 0;
  while (!samples.empty()) {
    const std::size_t limit = std::min(samples.size(), samples_until_check());
    const ZeroCrossing::Result found = crossing_.scan(samples.first(limit));
    accumulate(samples.first(found.consumed_count));
    if (found.is_crossing) take_crossing(found.fraction_q16);
    check_time();
    samples = samples.subspan(found.consumed_count);
  }
  return window_count_;
}

bool Metrology::close_window() {
  if (sums_.weight_q16 <= 0) return false;
  close_here();
  return true;
}

EnergyDelta Metrology::take_energy() {
  return {take_whole(import_), take_whole(export_)};
}

void Metrology::accumulate(std::span<const Sample> samples) {
  sums_.add(samples, phase_, step_);
  phase_ += step_ * static_cast<std::uint32_t>(samples.size());
  previous_ = samples.size() > 1 ? samples[samples.size() - 2] : last_;
  last_ = samples.back();
}

// The last sample taken is the first one at or above the level; the crossing is `fraction` after the one
// before. In the trapezoid rule a window's sum of weights is its length plus the half samples at its borders,
// hence 1.5.
void Metrology::take_crossing(std::uint32_t fraction_q16) {
  const std::int64_t crossing_q16 = sums_.weight_q16 - whole_q16 * 3 / 2 + fraction_q16;
  if (is_locked_) {
    last_crossing_q16_ = crossing_q16;
    if (++cycle_count_ == window_cycles) close_at(fraction_q16);
    return;
  }
  // Only the newest cycle is kept: the ones before it may still feel the switching-on in the crossing filter.
  cycle_count_ = has_crossing_ ? 1 : 0;
  unlocked_crossings_ = has_crossing_ ? unlocked_crossings_ + 1 : 1;
  first_crossing_q16_ = last_crossing_q16_;
  last_crossing_q16_ = crossing_q16;
  has_crossing_ = true;
  if (unlocked_crossings_ >= settling_crossings &&
      sums_.weight_q16 >= samples_q16(calibration_.rate_hz / shortest_window_share)) {
    close_at(fraction_q16);
  }
}

std::size_t Metrology::samples_until_check() const {
  const std::uint64_t longest_cycle = std::uint64_t{calibration_.rate_hz} * longest_cycle_ms / 1000;
  std::int64_t left_q16 = samples_q16(calibration_.rate_hz);
  if (has_crossing_) left_q16 = last_crossing_q16_ + samples_q16(longest_cycle) - sums_.weight_q16;
  if (!is_locked_) {
    const std::int64_t window_q16 = samples_q16(calibration_.rate_hz / fallback_windows_per_second);
    left_q16 = std::min(left_q16, window_q16 - sums_.weight_q16);
  }
  return static_cast<std::size_t>(std::max<std::int64_t>(1, (left_q16 + whole_q16 - 1) / whole_q16));
}

// Ends a lock whose mains has gone, and a window that no crossing will end.
void Metrology::check_time() {
  const std::uint64_t longest_cycle = std::uint64_t{calibration_.rate_hz} * longest_cycle_ms / 1000;
  if (has_crossing_ && sums_.weight_q16 - last_crossing_q16_ >= samples_q16(longest_cycle)) {
    has_crossing_ = false;
    is_locked_ = false;
  }
  if (!is_locked_ && sums_.weight_q16 >= samples_q16(calibration_.rate_hz / fallback_windows_per_second)) {
    if (!has_crossing_)
      crossing_.set_level(static_cast<std::int32_t>(mean_of(sums_).voltage_q16 / whole_q16));
    close_here();
  }
}

// Both border samples are shared as if the products ran in straight lines between samples (trapezoid rule):
// the window then ends at the crossing itself, and its error is of second order in the sampling interval.
void Metrology::close_at(std::uint32_t fraction_q16) {
  const std::int64_t before = fraction_q16;
  const std::int64_t after = whole_q16 - before;
  WindowSums next;
  sums_.give(terms_of(previous_, phase_ - 2 * step_), (after * after) >> 17U, next);
  sums_.give(terms_of(last_, phase_ - step_), whole_q16 - ((before * before) >> 17U), next);
  conclude();
  step_ = step_of(cycle_count_, last_crossing_q16_ - first_crossing_q16_);
  sums_ = next;
  is_locked_ = true;
  cycle_count_ = 0;
  first_crossing_q16_ = 0;
  last_crossing_q16_ = 0;
}

void Metrology::close_here() {
  const std::int64_t length_q16 = sums_.weight_q16;
  is_locked_ = false;
  conclude();
  sums_ = {};
  unlocked_crossings_ = 0;
  first_crossing_q16_ -= length_q16;
  last_crossing_q16_ -= length_q16;
}

// A window of whole cycles gives its own direct part; another one has none of its own (half a cycle has a
// mean) and takes the last one known. Without any mains yet, all there is on the voltage is offset.
void Metrology::conclude() {
  const bool is_whole = is_locked_ && cycle_count_ == window_cycles;
  if (is_whole) {
    offset_ = mean_of(sums_);
    has_offset_ = true;
  }
  const bool is_all_offset = !has_offset_ && !has_crossing_;
  const Offset offset = is_all_offset ? mean_of(sums_) : offset_;
  const auto turns_q16 =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(sums_.weight_q16) * step_ >> 32U);
  const std::int64_t slip_q16 = is_whole ? turns_q16 - samples_q16(window_cycles) : 0;
  latest_ = figures_.measure(sums_, offset, slip_q16);
  latest_.frequency = measured_frequency();
  is_latest_whole_ = is_whole;
  ++window_count_;
  if (latest_.current.count() * 100 < calibration_.starting_current.count() * creep_percent) {
    latest_.current = {};
    latest_.active = latest_.reactive = latest_.apparent = {};
    latest_.power_factor_e4 = 0;
    return;
  }
  const Wide energy = figures_.energy(sums_, offset);
  if (energy.is_negative()) {
    export_ = export_ - energy;
  } else {
    import_ = import_ + energy;
  }
}

quantity::Frequency Metrology::measured_frequency() const {
  if (!has_crossing_ || cycle_count_ == 0) return {};
  const auto cycles = static_cast<std::int64_t>(std::uint64_t{cycle_count_} * calibration_.rate_hz * 1000);
  return quantity::Frequency::of(
      divide_rounded(shift_left(Wide::of(cycles), 16),
                     static_cast<std::uint64_t>(last_crossing_q16_ - first_crossing_q16_)));
}

}  // namespace lk::metrology
