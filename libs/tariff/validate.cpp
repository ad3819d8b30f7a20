// SPDX-License-Identifier: Apache-2.0
#include "tariff/validate.hpp"

#include <algorithm>

#include "tariff/local_time.hpp"
#include "tariff/tariff.hpp"

namespace lk::tariff {
namespace {

using Result = Finding;

constexpr Result found(Fault fault, std::size_t index = 0, std::size_t inner = 0) {
  return Finding{fault, static_cast<std::uint8_t>(index), static_cast<std::uint8_t>(inner)};
}

constexpr bool is_price(quantity::Price price) {
  return price >= quantity::Price{} && price <= price_max;
}

constexpr bool is_fixed_charge(quantity::Money amount) {
  return amount >= quantity::Money{} && amount <= fixed_charge_max;
}

constexpr bool is_changeover(const Changeover& c) {
  return c.month >= 1 && c.month <= 12 && c.week >= 1 && c.week <= 5 && c.weekday <= 6 &&
         c.minute >= -minutes_per_day && c.minute <= 2 * minutes_per_day;
}

Result fault_of_zone(const Zone& zone) {
  constexpr int offset_max = 14 * 60;
  constexpr int save_max = 120;
  if (zone.offset_minutes < -offset_max || zone.offset_minutes > offset_max) return found(Fault::zone_offset);
  if (zone.save_minutes > save_max) return found(Fault::zone_save);
  if (zone.save_minutes == 0) {
    if (zone.start != Changeover{}) return found(Fault::zone_changeover, 0);
    if (zone.end != Changeover{}) return found(Fault::zone_changeover, 1);
    return {};
  }
  if (!is_changeover(zone.start)) return found(Fault::zone_changeover, 0);
  if (!is_changeover(zone.end) || zone.end.month == zone.start.month) return found(Fault::zone_changeover, 1);
  return {};
}

Result fault_of_prices(const TariffSet& set) {
  if (set.rate_count < 1 || set.rate_count > rate_max) return found(Fault::rate_count);
  if (set.default_rate >= set.rate_count) return found(Fault::default_rate);
  const Ladder& ladder = set.ladder;
  if (ladder.per != Per::month && ladder.per != Per::year) return found(Fault::ladder_per);
  if (ladder.threshold_count >= step_max) return found(Fault::threshold_count);
  std::uint32_t before_wh = 0;
  for (std::size_t i = 0; i < ladder.threshold_count; ++i) {
    if (ladder.thresholds_wh[i] <= before_wh) return found(Fault::threshold_order, i);
    before_wh = ladder.thresholds_wh[i];
  }
  for (std::size_t step = 0; step < set.step_count(); ++step) {
    for (std::size_t rate = 0; rate < set.rate_count; ++rate) {
      if (!is_price(set.prices[step][rate])) return found(Fault::price, step, rate);
    }
  }
  return {};
}

Result fault_of_day_table(const TariffSet& set, std::size_t index) {
  const DayTable& table = set.day_tables[index];
  if (table.count < 1 || table.count > switching_max) return found(Fault::switching_count, index);
  if (table.switchings[0].minute != 0) return found(Fault::day_start, index);
  for (std::size_t i = 0; i < table.count; ++i) {
    const Switching& at = table.switchings[i];
    if (at.minute >= minutes_per_day || (i > 0 && at.minute <= table.switchings[i - 1].minute)) {
      return found(Fault::switching_order, index, i);
    }
    if (at.rate >= set.rate_count) return found(Fault::switching_rate, index, i);
  }
  return {};
}

Result fault_of_seasons(const TariffSet& set) {
  if (set.season_count > season_max) return found(Fault::season_count);
  int before = 0;
  for (std::size_t i = 0; i < set.season_count; ++i) {
    const Season& season = set.seasons[i];
    // The 29th of February is not a date of every year.
    if (!is_date(2001, season.month, season.day)) return found(Fault::season_date, i);
    const int date = season.month * 32 + season.day;
    if (date <= before) return found(Fault::season_order, i);
    before = date;
    if (season.week_table >= set.week_table_count) return found(Fault::season_week_table, i);
  }
  if (set.season_count == 0 && set.week_table_count > 1) return found(Fault::weeks_without_season);
  return {};
}

Result fault_of_special_days(const TariffSet& set) {
  constexpr std::uint16_t first_year = 2000;
  constexpr std::uint16_t last_year = 2105;
  if (set.special_day_count > special_day_max) return found(Fault::special_day_count);
  for (std::size_t i = 0; i < set.special_day_count; ++i) {
    const SpecialDay& day = set.special_days[i];
    const bool is_each_year = day.year == 0;
    if (!is_each_year && (day.year < first_year || day.year > last_year)) {
      return found(Fault::special_day_date, i);
    }
    if (!is_date(is_each_year ? first_year : day.year, day.month, day.day)) {
      return found(Fault::special_day_date, i);
    }
    if (day.day_table >= set.day_table_count) return found(Fault::special_day_table, i);
    for (std::size_t j = 0; j < i; ++j) {
      const SpecialDay& other = set.special_days[j];
      if (other.year == day.year && other.month == day.month && other.day == day.day) {
        return found(Fault::special_day_twice, i, j);
      }
    }
  }
  return {};
}

Result fault_of_calendar(const TariffSet& set) {
  if (set.day_table_count < 1 || set.day_table_count > day_table_max) return found(Fault::day_table_count);
  for (std::size_t i = 0; i < set.day_table_count; ++i) {
    if (const Result fault = fault_of_day_table(set, i)) return fault;
  }
  if (set.week_table_count < 1 || set.week_table_count > week_table_max) {
    return found(Fault::week_table_count);
  }
  for (std::size_t i = 0; i < set.week_table_count; ++i) {
    for (std::size_t weekday = 0; weekday < 7; ++weekday) {
      if (set.week_tables[i][weekday] >= set.day_table_count) return found(Fault::week_day_table, i, weekday);
    }
  }
  if (const Result fault = fault_of_seasons(set)) return fault;
  return fault_of_special_days(set);
}

// Printable characters, then only NULs; at least one.
bool is_name(const std::array<char, tax_name_max>& name) {
  const auto end = std::ranges::find(name, '\0');
  return end != name.begin() && std::all_of(name.begin(), end, [](char c) { return c >= ' ' && c <= '~'; }) &&
         std::all_of(end, name.end(), [](char c) { return c == '\0'; });
}

bool is_tax(const Tax& tax) {
  constexpr std::uint32_t whole = 1'000'000;
  if (!is_name(tax.name)) return false;
  switch (tax.kind) {
    case TaxKind::share:
      return tax.base != 0 && tax.base <= base_all && tax.value <= whole;
    case TaxKind::per_kwh:
      return tax.base == 0;
  }
  return false;
}

Result fault_of_charges(const TariffSet& set) {
  const bool is_per = set.standing.per == Per::day || set.standing.per == Per::month;
  if (!is_per || !is_fixed_charge(set.standing.amount)) return found(Fault::standing);
  if (!is_fixed_charge(set.minimum_charge)) return found(Fault::minimum);
  constexpr std::array<std::uint8_t, 6> windows{5, 10, 15, 20, 30, 60};
  if (std::ranges::find(windows, set.demand.window_minutes) == windows.end()) {
    return found(Fault::demand_window);
  }
  if (!is_price(set.demand.price_per_kw)) return found(Fault::demand_price);
  if (set.tax_count > tax_max) return found(Fault::tax_count);
  for (std::size_t i = 0; i < set.tax_count; ++i) {
    if (!is_tax(set.taxes[i])) return found(Fault::tax, i);
  }
  return {};
}

}  // namespace

Result find_fault(const TariffSet& set) {
  if (const Result fault = fault_of_zone(set.zone)) return fault;
  const Settlement& s = set.settlement;
  if (s.month < 1 || s.month > 12 || s.day < 1 || s.day > 28 || s.hour > 23) return found(Fault::settlement);
  if (const Result fault = fault_of_prices(set)) return fault;
  if (const Result fault = fault_of_calendar(set)) return fault;
  return fault_of_charges(set);
}

}  // namespace lk::tariff
