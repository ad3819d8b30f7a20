// SPDX-License-Identifier: Apache-2.0
// Demand and voltage of the billing period, and the parameters of the records.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

// clang-format off: one row, one line
inline constexpr auto demand_and_voltage = grouped(Group::demand_and_voltage, std::to_array<Row>({
    value(Id::max_demand, "max_demand", own(106), 0x6200, u32, dW),
    value(Id::max_demand_time, "max_demand_time", own(107), 0x6202, u32, seconds),
    value(Id::voltage_inside, "voltage_inside", own(108), 0x6204, u32, seconds),
    value(Id::voltage_under, "voltage_under", own(109), 0x6206, u32, seconds),
    value(Id::voltage_over, "voltage_over", own(110), 0x6208, u32, seconds),
    value(Id::voltage_lowest, "voltage_lowest", own(111), 0x620A, u32, mV),
    value(Id::voltage_highest, "voltage_highest", own(112), 0x620C, u32, mV),
    value(Id::rate_energy, "rate_energy", {1, 0, 1, 8, 1, 255}, 0x620E, i64, mJ, 8),
    value(Id::demand, "demand", electricity(1, 5), 0x622E, u32, dW),
    value(Id::rising_demand, "rising_demand", electricity(1, 4), 0x6230, u32, dW),
    value(Id::max_export_demand, "max_export_demand", electricity(2, 6), 0x6232, u32, dW),
    value(Id::max_export_demand_time, "max_export_demand_time", own(24), 0x6234, u32, seconds),
    value(Id::max_reactive_import_demand, "max_reactive_import_demand", electricity(3, 6), 0x6236, u32, dvar),
    value(Id::max_reactive_import_demand_time, "max_reactive_import_demand_time", own(25), 0x6238, u32, seconds),
    value(Id::max_reactive_export_demand, "max_reactive_export_demand", electricity(4, 6), 0x623A, u32, dvar),
    value(Id::max_reactive_export_demand_time, "max_reactive_export_demand_time", own(26), 0x623C, u32, seconds),
    value(Id::rate_max_demand, "rate_max_demand", {1, 0, 1, 6, 1, 255}, 0x6280, u32, dW, 8),
    value(Id::rate_max_demand_time, "rate_max_demand_time", own(107, 1), 0x6290, u32, seconds, 8),
    value(Id::rate_max_export_demand, "rate_max_export_demand", {1, 0, 2, 6, 1, 255}, 0x62A0, u32, dW, 8),
    value(Id::rate_max_export_demand_time, "rate_max_export_demand_time", own(24, 1), 0x62B0, u32, seconds, 8),
    value(Id::rate_max_reactive_import_demand, "rate_max_reactive_import_demand", {1, 0, 3, 6, 1, 255}, 0x62C0, u32, dvar, 8),
    value(Id::rate_max_reactive_import_demand_time, "rate_max_reactive_import_demand_time", own(25, 1), 0x62D0, u32, seconds, 8),
    value(Id::rate_max_reactive_export_demand, "rate_max_reactive_export_demand", {1, 0, 4, 6, 1, 255}, 0x62E0, u32, dvar, 8),
    value(Id::rate_max_reactive_export_demand_time, "rate_max_reactive_export_demand_time", own(26, 1), 0x62F0, u32, seconds, 8),
}));

inline constexpr auto records_parameters = grouped(Group::records_parameters, std::to_array<Row>({
    parameter(Id::billing_day, "billing_day", own(114), 0x6240, u16, plain, {1, 28, 1}),
    parameter(Id::billing_hour, "billing_hour", own(115), 0x6241, u16, plain, {0, 23, 0}),
    parameter(Id::daily_minute, "daily_minute", own(116), 0x6242, u16, plain, {0, 1439, 0}),
    parameter(Id::demand_minutes, "demand_minutes", own(117), 0x6243, u16, plain, {1, 60, 15}),
    parameter(Id::voltage_low, "voltage_low", own(118), 0x6244, u32, mV, {0, 500000, 207000}),
    parameter(Id::voltage_high, "voltage_high", own(119), 0x6246, u32, mV, {0, 500000, 253000}),
    parameter(Id::profile_minutes, "profile_minutes", own(120), 0x6248, u16, plain, {1, 60, 15}),
    parameter(Id::demand_slide, "demand_slide", own(27), 0x6251, u16, plain, {0, 60, 0}),
    parameter(Id::profile_channel, "profile_channel", own(121), 0x6249, u16, plain, {0, 16, 0}, 8),
}));
// clang-format on

}  // namespace lk::dictionary::tables
