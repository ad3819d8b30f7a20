// SPDX-License-Identifier: Apache-2.0
#include "sim/mains/mains.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "assert/assert.hpp"
#include "sim/mains/random.hpp"

namespace lk::sim {
namespace {

constexpr std::int64_t tick_ms = 5;
constexpr double two_pi = 2 * std::numbers::pi;

// Smooth, never repeating soon, within ±1: three sines whose angles come from the seed.
double wander(std::uint64_t seed, double seconds) {
  constexpr std::array<double, 3> periods_s = {41, 233, 1871};
  double sum = 0;
  Random random{seed};
  for (const double period : periods_s) sum += std::sin(two_pi * (seconds / period + random.uniform()));
  return sum / 3;
}

}  // namespace

Mains::Mains(MainsConfiguration configuration, std::uint32_t rate_hz, quantity::Instant start)
    : configuration_(std::move(configuration)),
      rate_hz_(rate_hz),
      start_(start),
      phase_(static_cast<std::uint32_t>(seed_of(configuration_.seed, 0))) {
  const double peak = configuration_.voltage * std::numbers::sqrt2;
  for (std::size_t step = 0; step < period_steps; ++step) {
    const double angle = two_pi * static_cast<double>(step) / period_steps;
    double value = std::sin(angle);
    for (const Harmonic& harmonic : configuration_.harmonics) {
      value += harmonic.share * std::sin(harmonic.order * angle + harmonic.angle_degrees * two_pi / 360);
    }
    shape_[step] = static_cast<float>(peak * value);
  }
}

quantity::Instant Mains::now() const {
  return start_ + quantity::Duration::of(static_cast<std::int64_t>(sample_index_ * 1000 / rate_hz_));
}

MainsBlock Mains::advance(std::size_t count) {
  phases_.resize(count);
  voltages_.resize(count);
  levels_.resize(count);
  std::size_t done = 0;
  while (done < count) {
    if (sample_index_ >= tick_end_) begin_tick();
    const auto part =
        static_cast<std::size_t>(std::min<std::uint64_t>(count - done, tick_end_ - sample_index_));
    fill(done, part);
    done += part;
  }
  return {phases_, voltages_, levels_};
}

MainsBlock Mains::phase(std::size_t number) {
  ensure(number >= 1 && number <= 3);
  if (number == 1) return {phases_, voltages_, levels_};
  constexpr auto third = static_cast<std::uint32_t>(0x1p32 / 3);
  Shifted& shifted = shifted_[number - 2];
  shifted.phases.resize(phases_.size());
  shifted.voltages.resize(phases_.size());
  for (std::size_t k = 0; k < phases_.size(); ++k) {
    shifted.phases[k] = phases_[k] - third * static_cast<std::uint32_t>(number - 1);
    shifted.voltages[k] = levels_[k] * shape_[shifted.phases[k] >> period_shift];
  }
  return {shifted.phases, shifted.voltages, levels_};
}

// Voltage and frequency are functions of the tick's own time, so that block sizes do not matter.
void Mains::begin_tick() {
  const std::uint64_t tick = sample_index_ * 1000 / rate_hz_ / tick_ms;
  tick_end_ = std::max(sample_index_ + 1, ((tick + 1) * tick_ms * rate_hz_ + 999) / 1000);
  const quantity::Instant at = start_ + quantity::Duration::of(static_cast<std::int64_t>(tick) * tick_ms);
  const double seconds = static_cast<double>(at.unix_ms()) / 1000;
  const double frequency = configuration_.frequency +
                           configuration_.frequency_wander * wander(seed_of(configuration_.seed, 1), seconds);
  step_ = static_cast<std::uint32_t>(std::llround(frequency / rate_hz_ * 0x1p32));
  double level = 1 + configuration_.voltage_wander * wander(seed_of(configuration_.seed, 2), seconds);
  double disturbed = 1;
  for (const Disturbance& disturbance : configuration_.disturbances) {
    if (at >= disturbance.from && at < disturbance.from + disturbance.duration) disturbed = disturbance.level;
  }
  level_ = static_cast<float>(level * disturbed);
}

void Mains::fill(std::size_t first, std::size_t count) {
  for (std::size_t k = first; k < first + count; ++k) {
    phases_[k] = phase_;
    voltages_[k] = level_ * shape_[phase_ >> period_shift];
    levels_[k] = level_;
    phase_ += step_;
  }
  sample_index_ += count;
}

}  // namespace lk::sim
