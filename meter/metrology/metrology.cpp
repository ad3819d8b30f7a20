// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/metrology.hpp"

#include <algorithm>

#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

constexpr std::int64_t creep_percent = 60;         // of the starting current
constexpr std::uint64_t least_power_percent = 30;  // of it at the voltage

// The hysteresis of the crossings: 7 V of the filtered voltage, so that about 10 V RMS count as mains.
std::int32_t presence_count(const Calibration& calibration) {
  constexpr std::int64_t presence_millivolts = 7000;
  const std::int64_t count =
      calibration.voltage_microcounts_per_volt / 1000 * presence_millivolts / 1'000'000;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(count, 1, count_limit));
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
      lock_(calibration.rate_hz, presence_count(calibration), 10),
      step_(step_of(50, std::int64_t{calibration.rate_hz} * whole_q16)) {}

std::uint32_t Metrology::feed(std::span<const Sample> samples) {
  window_count_ = 0;
  while (!samples.empty()) {
    const WindowLock::Step step =
        lock_.look(samples, [](const Sample& sample) { return sample.voltage_count; });
    accumulate(samples.first(step.count));
    if (step.end == WindowLock::End::at_crossing) close_at(step.fraction_q16);
    if (step.end == WindowLock::End::here) {
      learn_level();
      close_here();
    }
    samples = samples.subspan(step.count);
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

void Metrology::close_at(std::uint32_t fraction_q16) {
  const WindowLock::Border border = WindowLock::border_at(fraction_q16);
  WindowSums next;
  sums_.give(terms_of(previous_, phase_ - 2 * step_), border.previous_q16, next);
  sums_.give(terms_of(last_, phase_ - step_), border.last_q16, next);
  const WindowLock::Window window = lock_.window();
  conclude(window);
  step_ = step_of(window.cycles, window.span_q16);
  lock_.begin_at(fraction_q16);
  sums_ = next;
}

// A whole window without mains shows where the middle of the voltage channel is.
void Metrology::learn_level() {
  if (lock_.window().has_mains) return;
  lock_.set_level(static_cast<std::int32_t>(mean_of(sums_).voltage_q16 / whole_q16));
}

void Metrology::close_here() {
  const WindowLock::Window window = lock_.window();
  conclude(window);
  lock_.begin_here();
  sums_ = {};
}

// A window of whole cycles gives its own direct part; another one has none of its own (half a cycle has a
// mean) and takes the last one known. Without any mains yet, all there is on the voltage is offset.
void Metrology::conclude(const WindowLock::Window& window) {
  if (window.is_whole) {
    offset_ = mean_of(sums_);
    has_offset_ = true;
  }
  const bool is_all_offset = !has_offset_ && !window.has_mains;
  const Offset offset = is_all_offset ? mean_of(sums_) : offset_;
  const auto turns_q16 =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(sums_.weight_q16) * step_ >> 32U);
  const std::int64_t slip_q16 = window.is_whole ? turns_q16 - window.cycles * whole_q16 : 0;
  latest_ = figures_.measure(sums_, offset, slip_q16);
  latest_.frequency = frequency_of(window);
  is_latest_whole_ = window.is_whole;
  ++window_count_;
  if (latest_.current.count() * 100 < calibration_.starting_current.count() * creep_percent) {
    latest_.current = {};
    latest_.active = latest_.reactive = latest_.apparent = {};
    latest_.power_factor_e4 = 0;
    return;
  }
  // Noise beside a current that is all reactive is no energy. The voltage is the measured one: this element
  // knows no nominal.
  const Wide start_nanowatts = multiply(latest_.voltage.count(), calibration_.starting_current.count());
  const std::int64_t least_mw = divide_rounded(start_nanowatts, 100'000'000 / least_power_percent);
  if (magnitude(latest_.active.count()) < magnitude(least_mw)) return;
  const Wide energy = figures_.energy(sums_, offset);
  if (energy.is_negative()) {
    export_ = export_ - energy;
  } else {
    import_ = import_ + energy;
  }
}

quantity::Frequency Metrology::frequency_of(const WindowLock::Window& window) const {
  if (window.span_q16 <= 0) return {};
  const auto cycles = static_cast<std::int64_t>(std::uint64_t{window.cycles} * calibration_.rate_hz * 1000);
  return quantity::Frequency::of(
      divide_rounded(shift_left(Wide::of(cycles), 16), static_cast<std::uint64_t>(window.span_q16)));
}

}  // namespace lk::metrology
