// SPDX-License-Identifier: Apache-2.0
// What is measured of each phase, a block of registers for each, phase 1 first: slots 0 to 2. A meter of one
// phase has its values in slot 0 and zeros in the others. In OBIS codes C rises by 20 from phase to phase.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

inline constexpr std::uint16_t phase_slot_count = 3;
inline constexpr std::uint16_t phase_slot_registers = 0x50;

constexpr Row of_phase(Row row) {
  row = in_slots(row, phase_slot_count, phase_slot_registers);
  row.obis_step = {20, 0};
  return row;
}

// Angles: E has the two conductors that it lies between.
constexpr Row of_phase(Row row, std::uint8_t e_step) {
  row = of_phase(row);
  row.obis_step = {0, e_step};
  return row;
}

// clang-format off: one row, one line
inline constexpr auto phases = grouped(Group::phases, std::to_array<Row>({
    of_phase(value(Id::phase_voltage, "phase_voltage", electricity(32, 7), 0x2100, i32, mV)),
    of_phase(value(Id::phase_current, "phase_current", electricity(31, 7), 0x2102, i32, mA)),
    of_phase(value(Id::phase_active_power, "phase_active_power", electricity(36, 7), 0x2104, i32, dW)),
    of_phase(value(Id::phase_reactive_power, "phase_reactive_power", electricity(151, 7), 0x2106, i32, dvar)),
    of_phase(value(Id::phase_apparent_power, "phase_apparent_power", electricity(29, 7), 0x2108, i32, dVA)),
    of_phase(value(Id::phase_power_factor, "phase_power_factor", electricity(33, 7), 0x210A, i32, e4)),
    of_phase(value(Id::phase_voltage_angle, "phase_voltage_angle", {1, 0, 81, 7, 0, 255}, 0x210C, i32, mdeg), 10),
    of_phase(value(Id::phase_current_angle, "phase_current_angle", {1, 0, 81, 7, 4, 255}, 0x210E, i32, mdeg), 11),
    of_phase(value(Id::phase_fundamental_voltage, "phase_fundamental_voltage", {1, 0, 32, 7, 1, 255}, 0x2110, i32, mV)),
    of_phase(value(Id::phase_fundamental_current, "phase_fundamental_current", {1, 0, 31, 7, 1, 255}, 0x2112, i32, mA)),
    of_phase(value(Id::phase_fundamental_power, "phase_fundamental_power", {1, 0, 36, 7, 1, 255}, 0x2114, i32, dW)),
    of_phase(value(Id::phase_quadrant, "phase_quadrant", own(180), 0x2116, u16, plain), 1),
    of_phase(value(Id::phase_voltage_thd, "phase_voltage_thd", {1, 0, 32, 7, 124, 255}, 0x2117, u16, e4)),
    of_phase(value(Id::phase_current_thd, "phase_current_thd", {1, 0, 31, 7, 124, 255}, 0x2118, u16, e4)),
    of_phase(value(Id::phase_import_energy, "phase_import_energy", electricity(21, 8), 0x211A, i64, mJ)),
    of_phase(value(Id::phase_export_energy, "phase_export_energy", electricity(22, 8), 0x211E, i64, mJ)),
    of_phase(value(Id::phase_total_energy, "phase_total_energy", electricity(35, 8), 0x2122, i64, mJ)),
    of_phase(value(Id::phase_reactive_import_energy, "phase_reactive_import_energy", electricity(23, 8), 0x2126, i64, mvars)),
    of_phase(value(Id::phase_reactive_export_energy, "phase_reactive_export_energy", electricity(24, 8), 0x212A, i64, mvars)),
    of_phase(value(Id::phase_total_reactive_energy, "phase_total_reactive_energy", own(181), 0x212E, i64, mvars), 1),
    of_phase(value(Id::phase_reactive_energy_q1, "phase_reactive_energy_q1", electricity(25, 8), 0x2132, i64, mvars)),
    of_phase(value(Id::phase_reactive_energy_q2, "phase_reactive_energy_q2", electricity(26, 8), 0x2136, i64, mvars)),
    of_phase(value(Id::phase_reactive_energy_q3, "phase_reactive_energy_q3", electricity(27, 8), 0x213A, i64, mvars)),
    of_phase(value(Id::phase_reactive_energy_q4, "phase_reactive_energy_q4", electricity(28, 8), 0x213E, i64, mvars)),
    of_phase(value(Id::phase_apparent_import_energy, "phase_apparent_import_energy", electricity(29, 8), 0x2142, i64, mVAs)),
    of_phase(value(Id::phase_apparent_export_energy, "phase_apparent_export_energy", electricity(30, 8), 0x2146, i64, mVAs)),
}));

// Harmonics 2 to 21 of phase 1, then of phase 2 and 3.
inline constexpr auto phase_harmonics = grouped(Group::phase_harmonics, std::to_array<Row>({
    value(Id::phase_voltage_harmonic, "phase_voltage_harmonic", own(182), 0x2200, u16, e4, 60),
    value(Id::phase_current_harmonic, "phase_current_harmonic", own(183), 0x2240, u16, e4, 60),
}));
// clang-format on

}  // namespace lk::dictionary::tables
