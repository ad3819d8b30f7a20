// SPDX-License-Identifier: Apache-2.0
// The clock and its parameters.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto clock = grouped(Group::clock, std::to_array<Row>({
    value(Id::clock_state, "clock_state", own(122), 0x6300, u16, plain),
    parameter(Id::zone_offset, "zone_offset", own(123), 0x6301, i32, plain, {-840, 840, 0}),
    parameter(Id::clock_drift, "clock_drift", own(124), 0x6303, i32, plain, {-500000, 500000, 0}),
}));
// clang-format on

}  // namespace lk::dictionary::tables
