// SPDX-License-Identifier: Apache-2.0
// What the panel shows by itself.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto panel_parameters = grouped(Group::panel_parameters, std::to_array<Row>({
    parameter(Id::panel_page, "panel_page", own(175, 1), 0x6500, u16, plain, {0, 98, 0}, 16),
    parameter(Id::panel_page_time, "panel_page_time", own(175, 2), 0x6510, u16, seconds, {5, 20, 5}),
}));
// clang-format on

}  // namespace lk::dictionary::tables
