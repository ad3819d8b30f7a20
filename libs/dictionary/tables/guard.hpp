// SPDX-License-Identifier: Apache-2.0
// What guards the supply and its seller: the state of the trips, and the parameters of the watched conditions
// (meter/guard, one slot each in the order of its table), of the restores and of the malicious load.
#pragma once

#include "dictionary/tables/shape.hpp"

namespace lk::dictionary::tables {

inline constexpr std::uint16_t guard_conditions = 21;
inline constexpr std::uint16_t guard_reasons = 4;
inline constexpr std::int64_t day_in_ms = 86'400'000;
inline constexpr std::int64_t farthest = 100'000'000'000'000;  // of a threshold in the smallest unit

// clang-format off: one row, one line
inline constexpr auto guard = grouped(Group::guard, std::to_array<Row>({
    value(Id::guard_alarms, "guard_alarms", own(140), 0x6800, u32, plain),
    value(Id::guard_held, "guard_held", own(141), 0x6802, u16, plain),
    value(Id::guard_locked, "guard_locked", own(142), 0x6803, u16, plain),
    value(Id::guard_restores_used, "guard_restores_used", own(143), 0x6804, u16, plain, guard_reasons),
}));

inline constexpr auto guard_parameters = grouped(Group::guard_parameters, std::to_array<Row>({
    parameter(Id::condition_action, "condition_action", own(144), 0x6840, u16, plain, {0, 3, 1}, guard_conditions),
    parameter(Id::condition_threshold, "condition_threshold", own(145), 0x6860, i64, plain, {0, farthest, 0}, guard_conditions),
    parameter(Id::condition_hysteresis, "condition_hysteresis", own(146), 0x68C0, i64, plain, {0, farthest, 0}, guard_conditions),
    parameter(Id::condition_delay, "condition_delay", own(147), 0x6920, u32, ms, {0, day_in_ms, 0}, guard_conditions),
    parameter(Id::condition_end_delay, "condition_end_delay", own(148), 0x6950, u32, ms, {0, day_in_ms, 0}, guard_conditions),
    parameter(Id::trip_restore_delay, "trip_restore_delay", own(149), 0x6980, u32, seconds, {0, 86'400, 180}, guard_reasons),
    parameter(Id::trip_restores, "trip_restores", own(150), 0x6988, u16, plain, {0, 255, 3}, guard_reasons),
    parameter(Id::trip_next_day, "trip_next_day", own(151), 0x698C, u16, plain, {0, 1, 0}, guard_reasons),
    parameter(Id::load_action, "load_action", own(152), 0x6990, u16, plain, {0, 3, 0}),
    parameter(Id::load_power_factor, "load_power_factor", own(153), 0x6991, u16, e4, {9'500, 9'999, 9'985}),
    parameter(Id::load_days, "load_days", own(154), 0x6992, u16, plain, {0, 3, 3}),
    parameter(Id::load_watched_least, "load_watched_least", own(155), 0x6994, u32, watt, {0, 100'000, 0}, 6),
    parameter(Id::load_watched_most, "load_watched_most", own(156), 0x69A0, u32, watt, {0, 100'000, 0}, 6),
    parameter(Id::load_allowed_least, "load_allowed_least", own(157), 0x69AC, u32, watt, {0, 100'000, 0}, 6),
    parameter(Id::load_allowed_most, "load_allowed_most", own(158), 0x69B8, u32, watt, {0, 100'000, 0}, 6),
    parameter(Id::load_workday_hours, "load_workday_hours", own(159), 0x69C4, u32, plain, {0, 0x05A0'05A0, 0}, 8),
    parameter(Id::load_holiday_hours, "load_holiday_hours", own(160), 0x69D4, u32, plain, {0, 0x05A0'05A0, 0}, 8),
    parameter(Id::charge_larger, "charge_larger", own(28), 0x69E4, u16, plain, {0, 1, 0}),
    parameter(Id::charge_export, "charge_export", own(28, 1), 0x69E5, u16, plain, {0, 1, 0}),
    parameter(Id::pulse_constant, "pulse_constant", {1, 0, 0, 3, 0, 255}, 0x69E6, u32, plain, {1, 999'999, 1'000}),
}));
// clang-format on

}  // namespace lk::dictionary::tables
