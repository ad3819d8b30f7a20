// SPDX-License-Identifier: Apache-2.0
// The prepaid account: one read of the block is one consistent picture.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto account = grouped(Group::account, std::to_array<Row>({
    value(Id::balance, "balance", abstract(19, 10, 0), 0x5000, i64, money),
    value(Id::priced_energy, "priced_energy", own(1), 0x5004, i64, mJ),
    value(Id::deducted, "deducted", own(2), 0x5008, i64, money),
    value(Id::credited, "credited", own(3), 0x500C, i64, money),
    value(Id::price, "price", abstract(19, 20, 0), 0x5010, u32, price_e4),
    value(Id::tariff_version, "tariff_version", own(4), 0x5012, u32, plain),
    value(Id::supply_state, "supply_state", abstract(96, 3, 10), 0x5014, u16, plain),
    value(Id::hold_reasons, "hold_reasons", own(5), 0x5015, u16, plain),
    value(Id::alarms, "alarms", abstract(97, 98, 0), 0x5016, u16, plain),
    value(Id::low_credit, "low_credit", own(6), 0x5017, i64, money),
    value(Id::token_count, "token_count", own(7), 0x501B, u32, plain),
    value(Id::last_token_result, "last_token_result", own(8), 0x501D, u16, plain),
    value(Id::order_sequence, "order_sequence", own(9), 0x501E, u32, plain),
    value(Id::event_count, "event_count", own(10), 0x5020, u32, plain),
    value(Id::uptime, "uptime", abstract(96, 8, 0), 0x5022, u32, seconds),
    value(Id::power_cuts, "power_cuts", abstract(96, 7, 0), 0x5024, u32, plain),
}));
// clang-format on

}  // namespace lk::dictionary::tables
