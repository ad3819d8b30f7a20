// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/observation.hpp"

#include <algorithm>

namespace lk::guard {
namespace {

constexpr std::int64_t whole_e4 = 10'000;
constexpr std::int64_t presence_e4 = 2000;  // of the nominal voltage: there is a voltage
// Below these currents there is nothing to compare.
constexpr std::int64_t least_difference_ua = 500'000;
constexpr std::int64_t least_unbalance_ua = 1'000'000;
constexpr std::int64_t least_stolen_ua = 200'000;

std::int64_t share_e4(quantity::Voltage voltage, quantity::Voltage nominal) {
  return voltage.count() * whole_e4 / nominal.count();
}

struct Extremes {
  std::int64_t least, most, sum;
};

template <class Get>
Extremes extremes_of(std::size_t count, Get&& get) {
  Extremes extremes{get(0), get(0), get(0)};
  for (std::size_t phase = 1; phase < count; ++phase) {
    const std::int64_t value = get(phase);
    extremes.least = std::min(extremes.least, value);
    extremes.most = std::max(extremes.most, value);
    extremes.sum += value;
  }
  return extremes;
}

// The largest departure from the mean, as a share of the mean.
std::int64_t unbalance_e4(const Extremes& extremes, std::int64_t count) {
  const std::int64_t mean = extremes.sum / count;
  if (mean <= 0) return 0;
  return std::max(extremes.most - mean, mean - extremes.least) * whole_e4 / mean;
}

// Three phases: how far the star point is off shows as a spread of the phases' voltages. One phase: current
// flows and the meter sees no voltage, because its neutral was taken away.
std::optional<std::int64_t> neutral_missing_e4(const Observation& window, const Extremes& volts) {
  if (window.phase_count > 1) {
    if (volts.least < presence_e4) return std::nullopt;
    return volts.most - volts.least;
  }
  if (volts.most >= presence_e4) return 0;
  return window.phase[0].current.count() >= least_stolen_ua ? whole_e4 : 0;
}

std::int64_t magnitude(std::int64_t value) {
  return value < 0 ? -value : value;
}

}  // namespace

std::optional<std::int64_t> value_of(ConditionId id, const HalfCycleVoltages& half_cycle,
                                     quantity::Voltage nominal) {
  const Extremes volts = extremes_of(half_cycle.phase_count, [&](std::size_t phase) {
    return share_e4(half_cycle.voltage[phase], nominal);
  });
  switch (id) {
    case ConditionId::voltage_dip:
      return volts.least;
    case ConditionId::voltage_swell:
    case ConditionId::voltage_interruption:
      return volts.most;
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> value_of(ConditionId id, const Observation& window, quantity::Voltage nominal) {
  const std::size_t count = window.phase_count;
  const auto phases = static_cast<std::int64_t>(count);
  const Extremes volts =
      extremes_of(count, [&](std::size_t k) { return share_e4(window.phase[k].voltage, nominal); });
  const Extremes currents =
      extremes_of(count, [&](std::size_t k) { return window.phase[k].current.count(); });
  const Extremes powers = extremes_of(count, [&](std::size_t k) { return window.phase[k].active.count(); });
  const bool has_voltage = volts.most >= presence_e4;
  switch (id) {
    case ConditionId::over_voltage:
      return volts.most;
    case ConditionId::under_voltage:
      // No voltage at all is an interruption, and one phase without is a loss.
      if (volts.least < presence_e4) return std::nullopt;
      return volts.least;
    case ConditionId::over_current:
      return currents.most;
    case ConditionId::overload:
      return powers.sum;
    case ConditionId::phase_loss:
      if (count < 2 || !has_voltage) return std::nullopt;
      return volts.least;
    case ConditionId::voltage_unbalance:
      if (count < 2 || !has_voltage) return std::nullopt;
      return unbalance_e4(volts, phases);
    case ConditionId::current_unbalance:
      if (count < 2) return std::nullopt;
      return currents.most < least_unbalance_ua ? 0 : unbalance_e4(currents, phases);
    case ConditionId::reversed_sequence:
      if (count < 2) return std::nullopt;
      return window.is_sequence_reversed ? 1 : 0;
    case ConditionId::missing_neutral:
      return neutral_missing_e4(window, volts);
    case ConditionId::neutral_difference: {
      if (count > 1 || !window.has_neutral) return std::nullopt;
      const std::int64_t larger = std::max(window.neutral.count(), currents.most);
      if (larger < least_difference_ua) return 0;
      return magnitude(window.neutral.count() - currents.most) * whole_e4 / larger;
    }
    case ConditionId::reversed_current:
      return -powers.least;
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> value_of(ConditionId id, const Inputs& inputs) {
  switch (id) {
    case ConditionId::magnetic_field:
      return inputs.magnetic_field;
    case ConditionId::meter_cover:
      return inputs.meter_cover;
    case ConditionId::terminal_cover:
      return inputs.terminal_cover;
    case ConditionId::clock_battery:
      return inputs.clock_battery;
    case ConditionId::measuring_channel:
      return inputs.measuring_channel;
    case ConditionId::memory:
      return inputs.memory;
    case ConditionId::relay_feedback:
      return inputs.relay_feedback;
    default:
      return std::nullopt;
  }
}

bool ChargedConductor::update(quantity::Current live, quantity::Current neutral, std::int64_t share_e4,
                              quantity::Current least) {
  const std::int64_t larger = std::max(live.count(), neutral.count());
  if (larger < least.count()) return is_neutral_;
  const std::int64_t excess_e4 = (neutral.count() - live.count()) * whole_e4 / larger;
  is_neutral_ = excess_e4 > (is_neutral_ ? share_e4 / 2 : share_e4);
  return is_neutral_;
}

}  // namespace lk::guard
