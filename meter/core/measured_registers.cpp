// SPDX-License-Identifier: Apache-2.0
// What is measured, by its dictionary rows, in the rows' units and scales.
#include <algorithm>

#include "meter/core/meter.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;

// Rounded to the nearest, halves away from zero.
constexpr std::int64_t scaled_down(std::int64_t value, std::int64_t divisor) {
  const std::int64_t half = value < 0 ? -(divisor / 2) : divisor / 2;
  return (value + half) / divisor;
}

constexpr std::int64_t milliamperes(quantity::Current current) {
  return scaled_down(current.count(), 1000);
}

// Of W, var or VA.
constexpr std::int64_t tenths(quantity::Power power) {
  return scaled_down(power.count(), 100);
}

// A share that a register of 16 bits holds.
constexpr std::int64_t share(std::int64_t share_e4) {
  return std::clamp<std::int64_t>(share_e4, 0, 0xFFFF);
}

}  // namespace

std::int64_t Meter::measured_number(Id id) const {
  const auto quadrants = [this](std::size_t one, std::size_t other) {
    return (state_.reactive_energy[one] + state_.reactive_energy[other]).count();
  };
  switch (id) {
    case Id::import_energy:
      return state_.import_energy.count();
    case Id::export_energy:
      return state_.export_energy.count();
    case Id::total_energy:
      return (state_.import_energy + state_.export_energy).count();
    case Id::reactive_import_energy:
      return quadrants(0, 1);
    case Id::reactive_export_energy:
      return quadrants(2, 3);
    case Id::reactive_energy_q1:
      return state_.reactive_energy[0].count();
    case Id::reactive_energy_q2:
      return state_.reactive_energy[1].count();
    case Id::reactive_energy_q3:
      return state_.reactive_energy[2].count();
    case Id::reactive_energy_q4:
      return state_.reactive_energy[3].count();
    case Id::total_reactive_energy:
      return quadrants(0, 1) + quadrants(2, 3);
    case Id::apparent_import_energy:
      return state_.apparent_import_energy.count();
    case Id::apparent_export_energy:
      return state_.apparent_export_energy.count();
    case Id::clock:
      return clock(now_).unix_ms();
    default:
      return figure(id);
  }
}

// Of the latest window.
std::int64_t Meter::figure(Id id) const {
  const metrology::WindowFigures<1>& window = metering_.latest();
  const metrology::PhaseFigures& live = window.phase[0];
  switch (id) {
    case Id::voltage:
      return live.voltage.count();
    case Id::current:
      return milliamperes(live.current);
    case Id::active_power:
      return tenths(live.active);
    case Id::reactive_power:
    case Id::fundamental_reactive_power:
      return tenths(live.reactive);
    case Id::apparent_power:
      return tenths(live.apparent);
    case Id::power_factor:
      return live.power_factor_e4;
    case Id::frequency:
      return window.frequency.count();
    case Id::neutral_current:
      return milliamperes(window.neutral.current);
    case Id::neutral_difference:
      return metering_.has_neutral() ? milliamperes(window.neutral.current - live.current) : 0;
    case Id::charged_conductor:
      return window.neutral.is_charged ? 1 : 0;
    case Id::quadrant:
      return live.quadrant;
    case Id::current_angle:
      return live.current_angle_millidegrees;
    case Id::fundamental_voltage:
      return live.fundamental_voltage.count();
    case Id::fundamental_current:
      return milliamperes(live.fundamental_current);
    case Id::fundamental_active_power:
      return tenths(live.fundamental_active);
    case Id::voltage_thd:
      return share(live.voltage_thd_e4);
    case Id::current_thd:
      return share(live.current_thd_e4);
    case Id::measuring_faults:
      return measuring_faults(now_).bits();
    case Id::measuring_fault_channels:
      return measuring_faults(now_).channels();
    default:
      break;
  }
  ensure(false);
  return 0;
}

std::int64_t Meter::waveform_number(Id id, std::uint16_t slot_index) const {
  constexpr std::size_t first_order = 2;
  const bool is_voltage = id == Id::voltage_harmonic;
  const std::size_t channel = is_voltage ? metrology::voltage_channel(0) : metrology::current_channel(0);
  if (!is_voltage && figures().current.count() == 0) return 0;
  return share(metering_.harmonic(channel, first_order + slot_index).share_e4);
}

}  // namespace lk::meter
