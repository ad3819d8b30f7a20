// SPDX-License-Identifier: Apache-2.0
// The newest events and the log of tokens, entry n in slot n mod the number of slots.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

constexpr Row event_field(Row row) {
  return in_slots(row, event_slot_count, event_slot_registers);
}
constexpr Row token_log_field(Row row) {
  return in_slots(row, token_log_slot_count, token_log_slot_registers);
}

// clang-format off: one row, one line
inline constexpr auto event = grouped(Group::event, std::to_array<Row>({
    event_field(value(Id::event_number, "event_number", abstract(99, 98, 1), 0x5300, u32, plain)),
    event_field(value(Id::event_time, "event_time", abstract(99, 98, 2), 0x5302, u32, seconds)),
    event_field(value(Id::event_code, "event_code", abstract(99, 98, 3), 0x5304, u16, plain)),
    event_field(value(Id::event_detail, "event_detail", abstract(99, 98, 4), 0x5305, u16, plain)),
    event_field(value(Id::event_value, "event_value", abstract(99, 98, 5), 0x5306, i64, plain)),
}));

inline constexpr auto token_log = grouped(Group::token_log, std::to_array<Row>({
    token_log_field(value(Id::token_log_number, "token_log_number", abstract(99, 99, 1), 0x5500, u32, plain)),
    token_log_field(value(Id::token_log_time, "token_log_time", abstract(99, 99, 2), 0x5502, u32, seconds)),
    token_log_field(text(Id::token_log_token, "token_log_token", abstract(99, 99, 3), 0x5504, 10)),
    token_log_field(value(Id::token_log_result, "token_log_result", abstract(99, 99, 4), 0x550E, u16, plain)),
    token_log_field(value(Id::token_log_identifier, "token_log_identifier", abstract(99, 99, 5), 0x550F, u32, plain)),
    token_log_field(value(Id::token_log_amount, "token_log_amount", abstract(99, 99, 6), 0x5511, i64, money)),
}));
// clang-format on

}  // namespace lk::dictionary::tables
