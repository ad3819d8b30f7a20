// SPDX-License-Identifier: Apache-2.0
// What is measured of each phase, by its dictionary rows. Phases that a meter does not have read as zero.
#include <cstddef>
#include <initializer_list>
#include <optional>

#include "meter/core/meter.hpp"
#include "meter/core/scaled.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using metrology::Register;

std::int64_t sum_of(const metrology::Energies& energies, std::initializer_list<Register> registers) {
  quantity::Energy sum;
  for (const Register which : registers) sum += energies[static_cast<std::size_t>(which)];
  return sum.count();
}

// Nothing for a row that is no energy.
std::optional<std::int64_t> energy_number(Id id, const metrology::Energies& energies) {
  using enum Register;
  switch (id) {
    case Id::phase_import_energy:
      return sum_of(energies, {active_import});
    case Id::phase_export_energy:
      return sum_of(energies, {active_export});
    case Id::phase_total_energy:
      return sum_of(energies, {active_import, active_export});
    case Id::phase_reactive_import_energy:
      return sum_of(energies, {reactive_q1, reactive_q2});
    case Id::phase_reactive_export_energy:
      return sum_of(energies, {reactive_q3, reactive_q4});
    case Id::phase_total_reactive_energy:
      return sum_of(energies, {reactive_q1, reactive_q2, reactive_q3, reactive_q4});
    case Id::phase_reactive_energy_q1:
      return sum_of(energies, {reactive_q1});
    case Id::phase_reactive_energy_q2:
      return sum_of(energies, {reactive_q2});
    case Id::phase_reactive_energy_q3:
      return sum_of(energies, {reactive_q3});
    case Id::phase_reactive_energy_q4:
      return sum_of(energies, {reactive_q4});
    case Id::phase_apparent_import_energy:
      return sum_of(energies, {apparent_import});
    case Id::phase_apparent_export_energy:
      return sum_of(energies, {apparent_export});
    default:
      return std::nullopt;
  }
}

std::int64_t figure_number(Id id, const metrology::PhaseFigures& phase) {
  switch (id) {
    case Id::phase_voltage:
      return phase.voltage.count();
    case Id::phase_current:
      return milliamperes(phase.current);
    case Id::phase_active_power:
      return tenths(phase.active);
    case Id::phase_reactive_power:
      return tenths(phase.reactive);
    case Id::phase_apparent_power:
      return tenths(phase.apparent);
    case Id::phase_power_factor:
      return phase.power_factor_e4;
    case Id::phase_voltage_angle:
      return phase.voltage_angle_millidegrees;
    case Id::phase_current_angle:
      return phase.current_angle_millidegrees;
    case Id::phase_fundamental_voltage:
      return phase.fundamental_voltage.count();
    case Id::phase_fundamental_current:
      return milliamperes(phase.fundamental_current);
    case Id::phase_fundamental_power:
      return tenths(phase.fundamental_active);
    case Id::phase_quadrant:
      return phase.quadrant;
    case Id::phase_voltage_thd:
      return share(phase.voltage_thd_e4);
    case Id::phase_current_thd:
      return share(phase.current_thd_e4);
    default:
      break;
  }
  ensure(false);
  return 0;
}

}  // namespace

// Of a meter with one phase, that phase's energies are those of all together.
metrology::Energies Meter::phase_energies(std::size_t phase) const {
  if (instrument_.phases().size() > 1) return phase_energies_.phase[phase];
  return {state_.import_energy,          state_.export_energy,         state_.reactive_energy[0],
          state_.reactive_energy[1],     state_.reactive_energy[2],    state_.reactive_energy[3],
          state_.apparent_import_energy, state_.apparent_export_energy};
}

std::int64_t Meter::phase_number(Id id, std::uint16_t slot_index) const {
  const auto phases = instrument_.phases();
  if (slot_index >= phases.size()) return 0;
  const auto energy = energy_number(id, phase_energies(slot_index));
  return energy ? *energy : figure_number(id, phases[slot_index]);
}

// Slots of twenty orders, from 2 on, phase by phase.
std::int64_t Meter::harmonic_number(Id id, std::uint16_t slot_index) const {
  constexpr std::size_t first_order = 2;
  constexpr std::size_t order_count = 20;
  const std::size_t phase = slot_index / order_count;
  if (phase >= instrument_.phases().size()) return 0;
  const bool is_voltage = id == Id::voltage_harmonic || id == Id::phase_voltage_harmonic;
  if (!is_voltage && instrument_.phases()[phase].current.count() == 0) return 0;
  const std::size_t channel =
      is_voltage ? metrology::voltage_channel(phase) : metrology::current_channel(phase);
  return share(instrument_.harmonic(channel, first_order + slot_index % order_count).share_e4);
}

}  // namespace lk::meter
