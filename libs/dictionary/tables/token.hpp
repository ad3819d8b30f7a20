// SPDX-License-Identifier: Apache-2.0
// Token entry and its results; the key that the meter holds.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto token = grouped(Group::token, std::to_array<Row>({
    text_entry(Id::token_entry, "token_entry", abstract(19, 40, 0), 0x5100, 10),
    value(Id::token_result, "token_result", own(11), 0x510A, u16, plain),
    value(Id::token_amount, "token_amount", own(12), 0x510B, i64, money),
    value(Id::token_identifier, "token_identifier", own(13), 0x510F, u32, plain),
    value(Id::key_type, "key_type", own(40), 0x5111, u16, plain),
    value(Id::key_revision, "key_revision", own(41), 0x5112, u16, plain),
    value(Id::key_expiry, "key_expiry", own(42), 0x5113, u16, plain),
    value(Id::tariff_index, "tariff_index", own(43), 0x5114, u16, plain),
    value(Id::supply_group, "supply_group", own(44), 0x5115, u32, plain),
    value(Id::encryption_algorithm, "encryption_algorithm", own(45), 0x5117, u16, plain),
    value(Id::token_power_limit, "token_power_limit", own(46), 0x5118, u32, watt),
    value(Id::token_unbalance_limit, "token_unbalance_limit", own(47), 0x511A, u32, watt),
    value(Id::token_tariff_rate, "token_tariff_rate", own(48), 0x511C, u16, plain),
    value(Id::test_request, "test_request", own(49), 0x511D, i64, plain),
    value(Id::token_log_count, "token_log_count", own(50), 0x5121, u32, plain),
}));
// clang-format on

}  // namespace lk::dictionary::tables
