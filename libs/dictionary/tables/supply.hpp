// SPDX-License-Identifier: Apache-2.0
// The supply and its limits, and the rules' parameters.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto supply = grouped(Group::supply, std::to_array<Row>({
    value(Id::display_code, "display_code", own(89), 0x6100, u16, plain),
    value(Id::hold_flags, "hold_flags", own(90), 0x6101, u16, plain),
    value(Id::relay_fault, "relay_fault", own(91), 0x6102, u16, plain),
    value(Id::limit_phase, "limit_phase", own(92), 0x6103, u16, plain),
    value(Id::limit_tries_used, "limit_tries_used", own(93), 0x6104, u16, plain),
    value(Id::limit_now, "limit_now", own(94), 0x6105, u32, watt),
}));

inline constexpr auto supply_parameters = grouped(Group::supply_parameters, std::to_array<Row>({
    parameter(Id::nominal_voltage, "nominal_voltage", own(95), 0x6140, u32, mV, {50000, 500000, 230000}),
    parameter(Id::return_delay, "return_delay", own(96), 0x6142, u16, seconds, {0, 3600, 0}),
    parameter(Id::close_by_hand, "close_by_hand", own(97), 0x6143, u16, plain, {0, 511, 0}),
    parameter(Id::limit_always, "limit_always", own(98), 0x6144, u32, watt, {0, 1000000, 0}),
    parameter(Id::limit_delay, "limit_delay", own(99), 0x6146, u16, seconds, {1, 3600, 30}),
    parameter(Id::limit_pause, "limit_pause", own(100), 0x6147, u16, seconds, {1, 65535, 60}),
    parameter(Id::limit_tries, "limit_tries", own(101), 0x6148, u16, plain, {0, 65535, 5}),
    parameter(Id::limit_forget, "limit_forget", own(102), 0x6149, u16, seconds, {1, 65535, 1800}),
    parameter(Id::limit_window, "limit_window", own(103), 0x614A, u32, plain, {0, all_bits, 0}, 8),
    parameter(Id::limit_power, "limit_power", own(104), 0x615A, u32, watt, {0, 1000000, 0}, 8),
    parameter(Id::switch_window, "switch_window", own(105), 0x616A, u32, plain, {0, all_bits, 0}, 8),
}));
// clang-format on

}  // namespace lk::dictionary::tables
