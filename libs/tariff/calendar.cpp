// SPDX-License-Identifier: Apache-2.0
#include "tariff/calendar.hpp"

#include <algorithm>

#include "tariff/local_time.hpp"

namespace lk::tariff {
namespace {

using quantity::Instant;

// The season in force is the one that began last; before the year's first it is the year's last.
std::uint8_t week_table_of(const TariffSet& set, const Date& date) {
  if (set.season_count == 0) return 0;
  std::uint8_t week_table = set.seasons[set.season_count - 1U].week_table;
  for (std::size_t i = 0; i < set.season_count; ++i) {
    const Season& season = set.seasons[i];
    if (season.month > date.month || (season.month == date.month && season.day > date.day)) break;
    week_table = season.week_table;
  }
  return week_table;
}

// Which switching of a day is in force at a minute.
std::size_t switching_at(const DayTable& table, std::int32_t minute) {
  std::size_t index = 0;
  while (index + 1U < table.count && table.switchings[index + 1U].minute <= minute) ++index;
  return index;
}

}  // namespace

std::uint8_t day_table_of(const TariffSet& set, std::int32_t day) {
  const Date date = date_of(day);
  const SpecialDay* each_year = nullptr;
  for (std::size_t i = 0; i < set.special_day_count; ++i) {
    const SpecialDay& special = set.special_days[i];
    if (special.month != date.month || special.day != date.day) continue;
    if (special.year == date.year) return special.day_table;
    if (special.year == 0) each_year = &special;
  }
  if (each_year != nullptr) return each_year->day_table;
  return set.week_tables[week_table_of(set, date)][weekday_of(day)];
}

std::int32_t year_of_month(const Settlement& settlement, std::int32_t month) {
  return static_cast<std::int32_t>(floor_div(month - (settlement.month - 1), 12));
}

std::uint8_t step_of(const Ladder& ladder, quantity::Energy used) {
  std::uint8_t step = 0;
  while (step < ladder.threshold_count && used >= quantity::wh(ladder.thresholds_wh[step])) ++step;
  return step;
}

// Between two changes of the offset, local time runs as UTC does: what comes first of the next switching, the
// settlement, midnight and the change of the offset ends the moment.
Moment moment_at(const TariffSet& set, Instant at) {
  const ZoneSpan zone = zone_at(set.zone, at);
  const std::int64_t local_ms = at.unix_ms() + zone.offset_ms;
  const std::int64_t day = floor_div(local_ms, ms_per_day);
  const std::int64_t ms = local_ms - day * ms_per_day;

  Moment moment;
  moment.day = static_cast<std::int32_t>(day);
  moment.day_table = day_table_of(set, moment.day);
  const DayTable& table = set.day_tables[moment.day_table];
  const std::size_t index = switching_at(table, static_cast<std::int32_t>(ms / ms_per_minute));
  moment.rate = table.switchings[index].rate;
  std::int64_t end_ms =
      index + 1U < table.count ? table.switchings[index + 1U].minute * ms_per_minute : ms_per_day;

  const Date date = date_of(moment.day);
  const std::int64_t settled_ms = set.settlement.hour * ms_per_hour;
  const bool is_settled =
      date.day > set.settlement.day || (date.day == set.settlement.day && ms >= settled_ms);
  moment.month = date.year * 12 + date.month - 1 - (is_settled ? 0 : 1);
  if (date.day == set.settlement.day && ms < settled_ms) end_ms = std::min(end_ms, settled_ms);

  moment.until = std::min(at + quantity::milliseconds(end_ms - ms), zone.until);
  return moment;
}

}  // namespace lk::tariff
