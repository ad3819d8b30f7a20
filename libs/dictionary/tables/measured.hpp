// SPDX-License-Identifier: Apache-2.0
// What is measured, as integers: a block for PLCs.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto measured = grouped(Group::measured, std::to_array<Row>({
    value(Id::voltage, "voltage", electricity(32, 7), 0x2000, i32, mV),
    value(Id::current, "current", electricity(31, 7), 0x2002, i32, mA),
    value(Id::active_power, "active_power", electricity(16, 7), 0x2004, i32, dW),
    value(Id::reactive_power, "reactive_power", electricity(131, 7), 0x2006, i32, dvar),
    value(Id::apparent_power, "apparent_power", electricity(9, 7), 0x2008, i32, dVA),
    value(Id::power_factor, "power_factor", electricity(13, 7), 0x200A, i32, e4),
    value(Id::frequency, "frequency", electricity(14, 7), 0x200C, i32, mHz),
    value(Id::import_energy, "import_energy", electricity(1, 8), 0x200E, i64, mJ),
    value(Id::export_energy, "export_energy", electricity(2, 8), 0x2012, i64, mJ),
    value(Id::clock, "clock", abstract(1, 0, 0), 0x2016, i64, ms),
    value(Id::total_energy, "total_energy", electricity(15, 8), 0x201A, i64, mJ),
    value(Id::reactive_import_energy, "reactive_import_energy", electricity(3, 8), 0x201E, i64, mvars),
    value(Id::reactive_export_energy, "reactive_export_energy", electricity(4, 8), 0x2022, i64, mvars),
    value(Id::reactive_energy_q1, "reactive_energy_q1", electricity(5, 8), 0x2026, i64, mvars),
    value(Id::reactive_energy_q2, "reactive_energy_q2", electricity(6, 8), 0x202A, i64, mvars),
    value(Id::reactive_energy_q3, "reactive_energy_q3", electricity(7, 8), 0x202E, i64, mvars),
    value(Id::reactive_energy_q4, "reactive_energy_q4", electricity(8, 8), 0x2032, i64, mvars),
    value(Id::apparent_import_energy, "apparent_import_energy", electricity(9, 8), 0x2036, i64, mVAs),
    value(Id::apparent_export_energy, "apparent_export_energy", electricity(10, 8), 0x203A, i64, mVAs),
    value(Id::neutral_current, "neutral_current", electricity(91, 7), 0x203E, i32, mA),
    value(Id::neutral_difference, "neutral_difference", own(18), 0x2040, i32, mA),
    value(Id::charged_conductor, "charged_conductor", own(19), 0x2042, u16, plain),
    value(Id::quadrant, "quadrant", own(20), 0x2043, u16, plain),
    value(Id::current_angle, "current_angle", {1, 0, 81, 7, 4, 255}, 0x2044, i32, mdeg),
    value(Id::fundamental_voltage, "fundamental_voltage", {1, 0, 32, 7, 1, 255}, 0x2046, i32, mV),
    value(Id::fundamental_current, "fundamental_current", {1, 0, 31, 7, 1, 255}, 0x2048, i32, mA),
    value(Id::fundamental_active_power, "fundamental_active_power", {1, 0, 16, 7, 1, 255}, 0x204A, i32, dW),
    value(Id::fundamental_reactive_power, "fundamental_reactive_power", {1, 0, 131, 7, 1, 255}, 0x204C, i32, dvar),
    value(Id::voltage_thd, "voltage_thd", {1, 0, 32, 7, 124, 255}, 0x204E, u16, e4),
    value(Id::current_thd, "current_thd", {1, 0, 31, 7, 124, 255}, 0x204F, u16, e4),
    value(Id::measuring_faults, "measuring_faults", own(21), 0x2050, u16, plain),
    value(Id::measuring_fault_channels, "measuring_fault_channels", own(22), 0x2051, u16, plain),
    value(Id::total_reactive_energy, "total_reactive_energy", own(23), 0x2052, i64, mvars),
    value(Id::phase_count, "phase_count", own(184), 0x2056, u16, plain),
    value(Id::phase_sequence, "phase_sequence", own(185), 0x2057, u16, plain),
}));

// Harmonics 2 to 21 of the latest window, as shares of the fundamental.
inline constexpr auto harmonics = grouped(Group::harmonics, std::to_array<Row>({
    value(Id::voltage_harmonic, "voltage_harmonic", {1, 0, 32, 7, 2, 255}, 0x2080, u16, e4, 20),
    value(Id::current_harmonic, "current_harmonic", {1, 0, 31, 7, 2, 255}, 0x20A0, u16, e4, 20),
}));
// clang-format on

}  // namespace lk::dictionary::tables
