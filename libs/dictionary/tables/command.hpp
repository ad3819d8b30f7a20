// SPDX-License-Identifier: Apache-2.0
// The command block: arguments, then the code, then the result is read (commands.hpp); what a site opens of
// it to a password; the serial line.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto command = grouped(Group::command, std::to_array<Row>({
    block_entry(Id::command_arguments, "command_arguments", own(132), 0x5280, 1 + command_max_bytes / 2),
    entry(Id::command_code, "command_code", own(133), 0x52A8, u16, plain),
    value(Id::command_result, "command_result", own(134), 0x52A9, u16, plain),
    value(Id::command_detail, "command_detail", own(135), 0x52AA, u16, plain),
    value(Id::command_value, "command_value", own(136), 0x52AB, i64, plain),
}));

inline constexpr auto link_parameters = grouped(Group::link_parameters, std::to_array<Row>({
    parameter(Id::compatibility_mode, "compatibility_mode", own(137), 0x6400, u16, plain, {0, 1, 0}),
    secret(Id::compatibility_password, "compatibility_password", own(138), 0x6401, u32, plain, {0, 99'999'999, 0}),
    parameter(Id::dlt_permissions, "dlt_permissions", own(170), 0x6440, u16, plain, {0, 0x7F, 0}),
    parameter(Id::dlt_address, "dlt_address", own(171), 0x6441, i64, plain, {0, 999'999'999'998, 0}),
    parameter(Id::optical_protocol, "optical_protocol", own(173), 0x6445, u16, plain, {1, 2, 1}),
}));

// The serial line. 0 is what was installed; read, they tell what is in force.
inline constexpr auto line_parameters = grouped(Group::line_parameters, std::to_array<Row>({
    parameter(Id::line_address, "line_address", own(172, 1), 0x6450, u16, plain, {0, 247, 0}),
    parameter(Id::line_baud, "line_baud", own(172, 2), 0x6451, u32, plain, {0, 115'200, 0}),
    parameter(Id::line_parity, "line_parity", own(172, 3), 0x6453, u16, plain, {0, 4, 0}),
    parameter(Id::line_protocol, "line_protocol", own(172, 4), 0x6454, u16, plain, {0, 3, 0}),
}));
// clang-format on

}  // namespace lk::dictionary::tables
