// SPDX-License-Identifier: Apache-2.0
// What is measured, by its dictionary rows, in the rows' units and scales.
#include "meter/core/meter.hpp"
#include "meter/core/scaled.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;

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
  const metrology::MeterFigures& window = instrument_.window();
  const metrology::PhaseFigures& first = instrument_.phases().front();
  switch (id) {
    case Id::voltage:
      return first.voltage.count();
    case Id::current:
      return milliamperes(first.current);
    case Id::active_power:
      return tenths(window.total.active);
    case Id::reactive_power:
    case Id::fundamental_reactive_power:
      return tenths(window.total.reactive);
    case Id::apparent_power:
      return tenths(window.total.apparent);
    case Id::power_factor:
      return window.total.power_factor_e4;
    case Id::frequency:
      return window.frequency.count();
    case Id::neutral_current:
      return milliamperes(window.neutral.current);
    case Id::neutral_difference:
      return instrument_.has_neutral() && instrument_.phases().size() == 1
                 ? milliamperes(window.neutral.current - first.current)
                 : 0;
    case Id::charged_conductor:
      return window.neutral.is_charged ? 1 : 0;
    case Id::quadrant:
      return window.total.quadrant;
    case Id::current_angle:
      return first.current_angle_millidegrees;
    case Id::fundamental_voltage:
      return first.fundamental_voltage.count();
    case Id::fundamental_current:
      return milliamperes(first.fundamental_current);
    case Id::fundamental_active_power:
      return tenths(window.total.fundamental_active);
    case Id::voltage_thd:
      return share(first.voltage_thd_e4);
    case Id::current_thd:
      return share(first.current_thd_e4);
    case Id::phase_count:
      return static_cast<std::int64_t>(instrument_.phases().size());
    case Id::phase_sequence:
      return static_cast<std::int64_t>(window.sequence);
    case Id::measuring_faults:
      return window.faults.bits();
    case Id::measuring_fault_channels:
      return window.faults.channels();
    default:
      break;
  }
  ensure(false);
  return 0;
}

}  // namespace lk::meter
