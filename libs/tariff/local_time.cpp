// SPDX-License-Identifier: Apache-2.0
#include "tariff/local_time.hpp"

#include <algorithm>

namespace lk::tariff {
namespace {

using quantity::Instant;

constexpr bool is_leap(std::int32_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

constexpr int days_in_month(std::int32_t year, int month) {
  constexpr std::array<std::uint8_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
}

// The day, since 1970-01-01, that a changeover names in a year.
std::int32_t day_of(const Changeover& change, std::int32_t year) {
  const std::int32_t first = days_of({year, change.month, 1});
  const int to_weekday = (change.weekday - weekday_of(first) + 7) % 7;
  int in_month = to_weekday + 7 * (change.week - 1);
  if (in_month >= days_in_month(year, change.month)) in_month -= 7;
  return first + in_month;
}

// `before_minutes` is what is added to UTC just before the change.
std::int64_t change_ms(const Changeover& change, std::int32_t year, int before_minutes) {
  return day_of(change, year) * ms_per_day + (change.minute - before_minutes) * ms_per_minute;
}

}  // namespace

// Years are counted from March, so that a leap day is a year's last; 400 years are 146 097 days.
std::int32_t days_of(const Date& date) {
  const std::int32_t year = date.year - (date.month <= 2 ? 1 : 0);
  const auto era = static_cast<std::int32_t>(floor_div(year, 400));
  const std::int32_t year_of_era = year - era * 400;
  const std::int32_t month_from_march = (date.month + 9) % 12;
  const std::int32_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  constexpr std::int32_t epoch = 719'468;  // from 0000-03-01 to 1970-01-01
  return era * 146'097 + day_of_era - epoch;
}

Date date_of(std::int32_t days) {
  constexpr std::int32_t epoch = 719'468;
  const std::int32_t from_march_0 = days + epoch;
  const auto era = static_cast<std::int32_t>(floor_div(from_march_0, 146'097));
  const std::int32_t day_of_era = from_march_0 - era * 146'097;
  const std::int32_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int32_t month_from_march = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<std::uint8_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const auto month =
      static_cast<std::uint8_t>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

bool is_date(int year, int month, int day) {
  return month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

std::uint8_t weekday_of(std::int32_t days) {
  constexpr std::int32_t thursday = 3;  // 1970-01-01 was one
  return static_cast<std::uint8_t>(days + thursday - 7 * floor_div(days + thursday, 7));
}

// The last change at or before the instant tells what is in force, the first one after it until when. A
// change near New Year can fall into the neighbouring year of UTC: three years are looked at.
ZoneSpan zone_at(const Zone& zone, Instant at) {
  constexpr std::int64_t never_ms = 0x7FFF'FFFF'FFFFLL;
  const std::int64_t standard_ms = zone.offset_minutes * ms_per_minute;
  if (zone.save_minutes == 0) return {standard_ms, Instant::of(never_ms)};

  const std::int32_t year = date_of(static_cast<std::int32_t>(floor_div(at.unix_ms(), ms_per_day))).year;
  std::int64_t last_ms = -never_ms;
  std::int64_t next_ms = never_ms;
  bool is_saving = false;
  for (std::int32_t y = year - 1; y <= year + 1; ++y) {
    const std::int64_t start_ms = change_ms(zone.start, y, zone.offset_minutes);
    const std::int64_t end_ms = change_ms(zone.end, y, zone.offset_minutes + zone.save_minutes);
    if (start_ms <= at.unix_ms() && start_ms > last_ms) last_ms = start_ms, is_saving = true;
    if (end_ms <= at.unix_ms() && end_ms > last_ms) last_ms = end_ms, is_saving = false;
    if (start_ms > at.unix_ms()) next_ms = std::min(next_ms, start_ms);
    if (end_ms > at.unix_ms()) next_ms = std::min(next_ms, end_ms);
  }
  return {standard_ms + (is_saving ? zone.save_minutes * ms_per_minute : 0), Instant::of(next_ms)};
}

WallTime wall_time(const Zone& zone, Instant at) {
  const std::int64_t local_ms = at.unix_ms() + zone_at(zone, at).offset_ms;
  const std::int64_t day = floor_div(local_ms, ms_per_day);
  return {static_cast<std::int32_t>(day), static_cast<std::int32_t>(local_ms - day * ms_per_day)};
}

}  // namespace lk::tariff
