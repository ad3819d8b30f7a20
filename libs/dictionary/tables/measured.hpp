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
}));
// clang-format on

}  // namespace lk::dictionary::tables
