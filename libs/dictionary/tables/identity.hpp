// SPDX-License-Identifier: Apache-2.0
// Who the meter is.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto identity = grouped(Group::identity, std::to_array<Row>({
    text(Id::meter_number, "meter_number", abstract(96, 1, 0), 0x4000, 6),
    value(Id::firmware_version, "firmware_version", {1, 0, 0, 2, 0, 255}, 0x4006, u32, plain),
    text(Id::model, "model", abstract(96, 1, 1), 0x4008, 8),
}));
// clang-format on

}  // namespace lk::dictionary::tables
