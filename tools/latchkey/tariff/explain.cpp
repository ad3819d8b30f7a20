// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>

#include "tools/latchkey/tariff/document.hpp"
#include "tools/latchkey/tariff/fixed.hpp"

namespace lk::tools {
namespace {

constexpr std::array weekday_names{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                   "Friday", "Saturday", "Sunday"};
constexpr std::array month_names{"January", "February", "March",     "April",   "May",      "June",
                                 "July",    "August",   "September", "October", "November", "December"};
constexpr std::array week_names{"first", "second", "third", "fourth", "last"};

std::string two(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string clock(int minute) {
  return two(minute / 60) + ":" + two(minute % 60);
}

std::string date(int month, int day) {
  return std::to_string(day) + " " + month_names[static_cast<std::size_t>(month - 1)];
}

// A minute before or after the named day is told as so many hours from its beginning.
std::string words(const tariff::Changeover& change) {
  const bool is_within = change.minute >= 0 && change.minute < tariff::minutes_per_day;
  const std::string time =
      is_within ? "at " + clock(change.minute) : std::to_string(change.minute) + " minutes from 00:00 of";
  const std::string day = std::string{"the "} + week_names[change.week - 1U] + " " +
                          weekday_names[change.weekday] + " of " + month_names[change.month - 1U];
  return is_within ? day + " " + time : time + " " + day;
}

std::string zone_words(const tariff::Zone& zone) {
  const int offset = std::abs(zone.offset_minutes);
  std::string text = "Local time is UTC" + std::string{zone.offset_minutes < 0 ? "-" : "+"} + clock(offset);
  if (zone.save_minutes == 0) return text + " all the year.\n";
  return text + "; " + std::to_string(zone.save_minutes) + " minutes more from " + words(zone.start) +
         " to " + words(zone.end) + " (wall clock).\n";
}

std::string settlement_words(const tariff::TariffSet& set) {
  return "day " + std::to_string(set.settlement.day) + ", " + two(set.settlement.hour) + ":00";
}

std::string step_words(const tariff::Ladder& ladder, std::size_t step) {
  const auto kwh = [&](std::size_t i) {
    return print_kwh(ladder.thresholds_wh[i] * quantity::mj_per_wh) + " kWh";
  };
  if (ladder.threshold_count == 0) return "all energy";
  if (step == 0) return "step 1, to " + kwh(0);
  if (step == ladder.threshold_count) return "step " + std::to_string(step + 1) + ", above " + kwh(step - 1);
  return "step " + std::to_string(step + 1) + ", " + kwh(step - 1) + " to " + kwh(step);
}

std::string price_words(const TariffDocument& document) {
  const tariff::TariffSet& set = document.set;
  const std::string unit = document.currency.empty() ? "" : document.currency + " ";
  std::string text;
  if (set.ladder.threshold_count > 0) {
    const bool is_yearly = set.ladder.per == tariff::Per::year;
    text +=
        "The ladder counts what is used in a " + std::string{is_yearly ? "year" : "month"} +
        ", which begins on " +
        (is_yearly ? date(set.settlement.month, set.settlement.day) + ", " + two(set.settlement.hour) + ":00"
                   : settlement_words(set)) +
        ".\n";
  }
  text += "Prices per kWh:\n";
  for (std::size_t step = 0; step < set.step_count(); ++step) {
    text += "  " + step_words(set.ladder, step) + ":";
    for (std::size_t rate = 0; rate < set.rate_count; ++rate) {
      text += (rate == 0 ? " " : ", ") + document.rate_names[rate] + " " + unit +
              print_fixed(set.prices[step][rate].count(), 4);
    }
    text += "\n";
  }
  return text + "While the meter's clock is known to be wrong: " + document.rate_names[set.default_rate] +
         ".\n";
}

std::string day_words(const TariffDocument& document, std::size_t index) {
  const tariff::DayTable& table = document.set.day_tables[index];
  std::string text;
  for (std::size_t i = 0; i < table.count; ++i) {
    const int end = i + 1U < table.count ? table.switchings[i + 1].minute : tariff::minutes_per_day;
    text += (i == 0 ? "" : ", ") + clock(table.switchings[i].minute) + "-" + clock(end) + " " +
            document.rate_names[table.switchings[i].rate];
  }
  return text;
}

// Neighbouring weekdays with the same table are told together.
std::string week_words(const TariffDocument& document, const tariff::WeekTable& week) {
  std::string text;
  for (std::size_t first = 0; first < week.size();) {
    std::size_t last = first;
    while (last + 1 < week.size() && week[last + 1] == week[first]) ++last;
    text += (first == 0 ? "" : ", ") + std::string{weekday_names[first]};
    if (last > first) text += std::string{last == first + 1 ? " and " : " to "} + weekday_names[last];
    text += " " + document.day_names[week[first]];
    first = last + 1;
  }
  return text;
}

std::string calendar_words(const TariffDocument& document) {
  const tariff::TariffSet& set = document.set;
  if (set.rate_count == 1 && set.day_table_count == 1) return "";
  std::string text = "Days:\n";
  for (std::size_t i = 0; i < set.day_table_count; ++i)
    text += "  " + document.day_names[i] + ": " + day_words(document, i) + "\n";
  text += "Weeks:\n";
  for (std::size_t i = 0; i < set.week_table_count; ++i)
    text += "  " + document.week_names[i] + ": " + week_words(document, set.week_tables[i]) + "\n";
  if (set.season_count > 0) text += "Seasons:\n";
  for (std::size_t i = 0; i < set.season_count; ++i) {
    const tariff::Season& season = set.seasons[i];
    const std::string& name = document.season_names[i];
    text += "  from " + date(season.month, season.day) + (name.empty() ? "" : ", " + name) + ": " +
            document.week_names[season.week_table] + "\n";
  }
  if (set.special_day_count > 0) text += "Special days:\n";
  for (std::size_t i = 0; i < set.special_day_count; ++i) {
    const tariff::SpecialDay& day = set.special_days[i];
    const std::string& name = document.special_names[i];
    text += "  " + date(day.month, day.day) +
            (day.year == 0 ? " of each year" : " " + std::to_string(day.year)) +
            (name.empty() ? "" : ", " + name) + ": " + document.day_names[day.day_table] + "\n";
  }
  return text;
}

std::string tax_words(const tariff::Tax& tax) {
  const std::string name{tax.name.begin(), std::ranges::find(tax.name, '\0')};
  if (tax.kind == tariff::TaxKind::per_kwh) return name + ": " + print_fixed(tax.value, 4) + " for each kWh";
  constexpr std::array bases{"energy", "standing charge", "minimum charge", "demand charge",
                             "the taxes above"};
  std::string of;
  for (std::size_t bit = 0; bit < bases.size(); ++bit) {
    if ((tax.base >> bit & 1) != 0) of += (of.empty() ? "" : ", ") + std::string{bases[bit]};
  }
  return name + ": " + print_fixed(tax.value, 4) + " % of " + of;
}

std::string charge_words(const TariffDocument& document) {
  const tariff::TariffSet& set = document.set;
  const std::string unit = document.currency.empty() ? "" : document.currency + " ";
  const bool is_monthly = set.standing.per == tariff::Per::month;
  std::string text;
  if (set.standing.amount > quantity::Money{}) {
    text += "Standing charge: " + unit + print_fixed(set.standing.amount.count(), 5) + " for each begun " +
            (is_monthly ? "month (" + settlement_words(set) + ")" : "day") + ".\n";
  }
  if (set.minimum_charge > quantity::Money{}) {
    text += "Minimum charge: " + unit + print_fixed(set.minimum_charge.count(), 5) +
            " for the energy of a month (" + settlement_words(set) + ").\n";
  }
  if (set.demand.price_per_kw > quantity::Price{}) {
    text += "Demand charge: " + unit + print_fixed(set.demand.price_per_kw.count(), 4) +
            " for each kW of the highest " + std::to_string(set.demand.window_minutes) +
            " minutes of a month (" + settlement_words(set) + ").\n";
  }
  if (set.tax_count > 0) text += "Taxes, added to the prices:\n";
  for (std::size_t i = 0; i < set.tax_count; ++i) text += "  " + tax_words(set.taxes[i]) + "\n";
  return text;
}

}  // namespace

std::string explain(const TariffDocument& document) {
  const std::string name = document.name.empty() ? "Tariff" : document.name;
  return name + ", version " + std::to_string(document.set.version) + ".\n" + zone_words(document.set.zone) +
         price_words(document) + calendar_words(document) + charge_words(document);
}

}  // namespace lk::tools
