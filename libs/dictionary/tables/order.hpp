// SPDX-License-Identifier: Apache-2.0
// Sealed orders and what became of the last one.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto order = grouped(Group::order, std::to_array<Row>({
    block_entry(Id::order_entry, "order_entry", own(14), 0x5200, 1 + order_max_bytes / 2),
    value(Id::order_result, "order_result", own(15), 0x5240, u16, plain),
    value(Id::order_answered, "order_answered", own(16), 0x5241, u32, plain),
    value(Id::order_value, "order_value", own(17), 0x5243, i64, plain),
}));
// clang-format on

}  // namespace lk::dictionary::tables
