// SPDX-License-Identifier: Apache-2.0
// Local time of a tariff's zone, and the civil calendar (Gregorian, proleptic) in whole days since
// 1970-01-01. Pure integer arithmetic; instants are UTC. Good for the years 1970 to 2105.
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"
#include "tariff/set.hpp"

namespace lk::tariff {

inline constexpr std::int64_t ms_per_minute = 60'000;
inline constexpr std::int64_t ms_per_hour = 3'600'000;
inline constexpr std::int64_t ms_per_day = 86'400'000;

struct Date {
  std::int32_t year = 1970;
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  bool operator==(const Date&) const = default;
};

// Rounded towards minus infinity, as counts of days before 1970 need it. `divisor` is above 0.
[[nodiscard]] constexpr std::int64_t floor_div(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

[[nodiscard]] std::int32_t days_of(const Date& date);
[[nodiscard]] Date date_of(std::int32_t days);
[[nodiscard]] bool is_date(int year, int month, int day);
// 0 Monday to 6 Sunday.
[[nodiscard]] std::uint8_t weekday_of(std::int32_t days);

// What must be added to UTC at an instant, and until when that stays so (exclusive).
struct ZoneSpan {
  std::int64_t offset_ms = 0;
  quantity::Instant until;
};
[[nodiscard]] ZoneSpan zone_at(const Zone& zone, quantity::Instant at);

// A wall clock's day and time of day.
struct WallTime {
  std::int32_t day = 0;  // since 1970-01-01
  std::int32_t ms = 0;   // of the day
  bool operator==(const WallTime&) const = default;
};
[[nodiscard]] WallTime wall_time(const Zone& zone, quantity::Instant at);

}  // namespace lk::tariff
