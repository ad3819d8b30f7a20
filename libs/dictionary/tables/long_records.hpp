// SPDX-License-Identifier: Apache-2.0
// The window through which the long records are read (docs/formats/records.md).
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto long_records = grouped(Group::long_records, std::to_array<Row>({
    entry(Id::log_kind, "log_kind", own(125), 0x7000, u16, plain),
    entry(Id::log_number, "log_number", own(126), 0x7001, u32, plain),
    entry(Id::log_since, "log_since", own(127), 0x7003, u32, seconds),
    value(Id::log_first, "log_first", own(128), 0x7005, u32, plain),
    value(Id::log_next, "log_next", own(129), 0x7007, u32, plain),
    value(Id::log_entry_bytes, "log_entry_bytes", own(130), 0x7009, u16, plain),
    block(Id::log_data, "log_data", own(131), 0x700A, 101),
}));
// clang-format on

}  // namespace lk::dictionary::tables
