// SPDX-License-Identifier: Apache-2.0
// What the credit rules have made of the account, and the rules' parameters.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto credit = grouped(Group::credit, std::to_array<Row>({
    value(Id::account_unit, "account_unit", own(60), 0x6000, u16, plain),
    value(Id::account_payment, "account_payment", own(61), 0x6001, u16, plain),
    value(Id::charged, "charged", own(62), 0x6002, i64, money),
    value(Id::returned, "returned", own(63), 0x6006, i64, money),
    value(Id::preset_outstanding, "preset_outstanding", own(64), 0x600A, i64, money),
    value(Id::emergency_state, "emergency_state", own(65), 0x600E, u16, plain),
    value(Id::credit_floor, "credit_floor", own(66), 0x600F, i64, money),
    value(Id::debt_1, "debt_1", own(67), 0x6013, i64, money),
    value(Id::debt_2, "debt_2", own(68), 0x6017, i64, money),
    value(Id::debt_3, "debt_3", own(69), 0x601B, i64, money),
    value(Id::settlement_count, "settlement_count", own(70), 0x601F, u16, plain),
    value(Id::refund_amount, "refund_amount", own(71), 0x6020, i64, money),
    value(Id::refund_sequence, "refund_sequence", own(72), 0x6024, u32, plain),
    text(Id::refund_proof, "refund_proof", own(73), 0x6026, 16),
    value(Id::rate_in_force, "rate_in_force", own(174), 0x6036, u16, plain),
}));

inline constexpr auto credit_parameters = grouped(Group::credit_parameters, std::to_array<Row>({
    parameter(Id::credit_ceiling, "credit_ceiling", own(74), 0x6040, i64, money, {0, most, 0}),
    parameter(Id::reconnect_credit, "reconnect_credit", own(75), 0x6044, i64, money, {0, most, 0}),
    parameter(Id::reminder_credit, "reminder_credit", own(76), 0x6048, i64, money, {0, most, 0}),
    parameter(Id::emergency_credit, "emergency_credit", own(77), 0x604C, i64, money, {0, most, 0}),
    parameter(Id::emergency_offer, "emergency_offer", own(78), 0x6050, i64, money, {-most, most, 0}),
    parameter(Id::overdraft_credit, "overdraft_credit", own(79), 0x6054, i64, money, {0, most, 0}),
    parameter(Id::debt_1_instalment, "debt_1_instalment", own(80), 0x6058, i64, money, {0, most, 0}),
    parameter(Id::debt_1_period, "debt_1_period", own(81), 0x605C, u16, plain, {1, 8784, 24}),
    parameter(Id::debt_2_instalment, "debt_2_instalment", own(82), 0x605D, i64, money, {0, most, 0}),
    parameter(Id::debt_2_period, "debt_2_period", own(83), 0x6061, u16, plain, {1, 8784, 24}),
    parameter(Id::debt_share, "debt_share", own(84), 0x6062, u16, plain, {0, 10000, 0}),
    parameter(Id::debt_cap, "debt_cap", own(85), 0x6063, i64, money, {0, most, 0}),
    parameter(Id::standing_charge, "standing_charge", own(86), 0x6067, i64, money, {0, most / 1000, 0}),
    parameter(Id::collect_when_exhausted, "collect_when_exhausted", own(87), 0x606B, u16, plain, {0, 1, 0}),
    parameter(Id::friendly_window, "friendly_window", own(88), 0x606C, u32, plain, {0, all_bits, 0}, 4),
}));
// clang-format on

}  // namespace lk::dictionary::tables
