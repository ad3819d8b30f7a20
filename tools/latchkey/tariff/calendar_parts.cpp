// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/tariff/calendar_parts.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "tariff/local_time.hpp"

namespace lk::tools {
namespace {

const std::vector<std::string> weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};

// Digits at a place of a text, or -1.
int number_at(const std::string& text, std::size_t at, std::size_t count) {
  int number = -1;
  if (at + count > text.size()) return -1;
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + count, number);
  return error == std::errc{} && end == text.data() + at + count && number >= 0 ? number : -1;
}

// "+01:00", also "-03:30", as minutes.
int offset_minutes(const Node& node) {
  const std::string text = node.is_text() ? node.text(16) : "";
  const int hours = number_at(text, 1, 2);
  const int minutes = number_at(text, 4, 2);
  const bool is_offset = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
                         hours >= 0 && minutes >= 0 && minutes < 60 && hours * 60 + minutes <= 14 * 60;
  if (!is_offset) {
    node.error(
        "is no offset of a zone; write hours and minutes east of Greenwich, as \"+01:00\" or \"-03:30\"");
    return 0;
  }
  return (hours * 60 + minutes) * (text[0] == '-' ? -1 : 1);
}

tariff::Changeover changeover(const Node& node) {
  tariff::Changeover change;
  if (!node.object({"month", "week", "weekday", "minute"}, {})) return change;
  change.month = static_cast<std::uint8_t>(node.required("month").integer(1, 12));
  const Node week = node.required("week");
  change.week = week.is_text() ? static_cast<std::uint8_t>(5 + week.name({"last"}, "week of a month"))
                               : static_cast<std::uint8_t>(week.integer(1, 4));
  change.weekday = node.required("weekday").name(weekdays, "weekday");
  change.minute = static_cast<std::int16_t>(node.required("minute").integer(-1440, 2880));
  return change;
}

std::string clock_text(int minute) {
  std::string text = "00:00";
  text[0] = static_cast<char>('0' + minute / 600);
  text[1] = static_cast<char>('0' + minute / 60 % 10);
  text[3] = static_cast<char>('0' + minute % 60 / 10);
  text[4] = static_cast<char>('0' + minute % 10);
  return text;
}

// A day's periods; each may say where it ends, so that gaps and overlaps are found.
void read_day_table(const Node& node, const TariffDocument& out, tariff::DayTable& table) {
  table.count = 0;
  int before = -1;  // where the period before begins
  int end = 0;      // where it says that it ends; -1: where this one begins
  for (const Node& period : node.elements("periods", tariff::switching_max)) {
    tariff::Switching& at = table.switchings[table.count++];
    if (!period.object({"from", "rate"}, {"to"})) continue;
    const Node from = period.required("from");
    const int minute = from.time_of_day();
    if (minute == 1440) {
      from.error("is the end of the day; the last period begins before 24:00");
    } else if (before < 0 && minute != 0) {
      from.error("leaves a gap: nothing is said of 00:00 to " + clock_text(minute) +
                 "; begin the day at 00:00");
    } else if (minute <= before) {
      from.error("is not after " + clock_text(before) + ", where the period before begins; order the times");
    } else if (end >= 0 && minute > end) {
      from.error("leaves a gap from " + clock_text(end) + " to " + clock_text(minute) + "; close it");
    } else if (end >= 0 && minute < end) {
      from.error("overlaps the period before, which ends at " + clock_text(end) +
                 "; let one end where the next begins");
    }
    before = std::max(before, minute);
    end = -1;
    if (const auto to = period.find("to")) {
      end = to->time_of_day();
      if (end <= minute) to->error("is not after \"from\"; split a period that passes midnight in two");
    }
    at = {static_cast<std::uint16_t>(minute), period.required("rate").name(out.rate_names, "rate")};
  }
  if (table.count == 0) node.error("is empty; write at least one period from 00:00");
  if (end >= 0 && end != 1440) node.error("leaves a gap from " + clock_text(end) + " to 24:00; close it");
}

void read_day_tables(const Node& root, TariffDocument& out) {
  const auto tables = root.find("day_tables");
  if (!tables) {
    out.day_names = {"every day"};
    if (out.rate_names.size() > 1) {
      root.error("has more than one rate, but no \"day_tables\" that say when each is in force; add them");
    }
    return;
  }
  const auto members = tables->members("an object of day tables, by name");
  if (members.empty() || members.size() > tariff::day_table_max) {
    return tables->error("has " + std::to_string(members.size()) + " day tables; 1 to 8 are possible");
  }
  for (const auto& [name, table] : members) {
    read_day_table(table, out, out.set.day_tables[out.day_names.size()]);
    out.day_names.push_back(name);
  }
  out.set.day_table_count = static_cast<std::uint8_t>(members.size());
}

void read_week_tables(const Node& root, TariffDocument& out) {
  const auto tables = root.find("week_tables");
  if (!tables) {
    out.week_names = {"every week"};
    if (out.day_names.size() > 1) {
      root.error(
          "has more than one day table, but no \"week_tables\" that say on which days each is in force; add "
          "them");
    }
    return;
  }
  const auto members = tables->members("an object of week tables, by name");
  if (members.empty() || members.size() > tariff::week_table_max) {
    return tables->error("has " + std::to_string(members.size()) + " week tables; 1 to 14 are possible");
  }
  for (const auto& [name, table] : members) {
    tariff::WeekTable& week = out.set.week_tables[out.week_names.size()];
    out.week_names.push_back(name);
    if (!table.object({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}, {}))
      continue;
    for (std::size_t day = 0; day < week.size(); ++day) {
      week[day] = table.required(weekdays[day].c_str()).name(out.day_names, "day table");
    }
  }
  out.set.week_table_count = static_cast<std::uint8_t>(members.size());
}

void read_seasons(const Node& root, TariffDocument& out) {
  const auto seasons = root.find("seasons");
  if (!seasons) {
    if (out.week_names.size() > 1) {
      root.error("has more than one week table, but no \"seasons\" that choose among them; add them");
    }
    return;
  }
  int before = 0;
  for (const Node& season : seasons->elements("seasons", tariff::season_max)) {
    tariff::Season& to = out.set.seasons[out.set.season_count++];
    out.season_names.emplace_back();
    if (!season.object({"from", "week"}, {"name"})) continue;
    if (const auto name = season.find("name")) out.season_names.back() = name->text(32);
    to.week_table = season.required("week").name(out.week_names, "week table");
    const Node from = season.required("from");
    const std::string text = from.is_text() ? from.text(16) : "";
    const int month = number_at(text, 0, 2);
    const int day = number_at(text, 3, 2);
    if (text.size() != 5 || text[2] != '-' || !tariff::is_date(2001, month, day)) {
      from.error("is no date of every year; write month and day, as \"10-01\" (not the 29th of February)");
      continue;
    }
    if (month * 32 + day <= before)
      from.error("is not after the season before; order the seasons from January to December");
    before = std::max(before, month * 32 + day);
    to.month = static_cast<std::uint8_t>(month);
    to.day = static_cast<std::uint8_t>(day);
  }
  if (out.set.season_count == 0 && out.week_names.size() > 1) {
    seasons->error("is empty, but there is more than one week table; add seasons that choose among them");
  }
}

void read_special_days(const Node& root, TariffDocument& out) {
  const auto days = root.find("special_days");
  if (!days) return;
  std::map<std::string, std::string> places;
  for (const Node& node : days->elements("special days", tariff::special_day_max)) {
    tariff::SpecialDay& to = out.set.special_days[out.set.special_day_count++];
    out.special_names.emplace_back();
    if (!node.object({"date", "day"}, {"name"})) continue;
    if (const auto name = node.find("name")) out.special_names.back() = name->text(40);
    to.day_table = node.required("day").name(out.day_names, "day table");
    const Node date = node.required("date");
    const std::string text = date.is_text() ? date.text(16) : "";
    const bool has_year = text.size() == 10 && text[4] == '-';
    const std::size_t at = has_year ? 5 : 0;
    const int year = has_year ? number_at(text, 0, 4) : 0;
    const int month = number_at(text, at, 2);
    const int day = number_at(text, at + 3, 2);
    const bool is_date =
        text.size() == at + 5 && text[at + 2] == '-' && tariff::is_date(has_year ? year : 2000, month, day);
    if (!is_date || (has_year && (year < 2000 || year > 2105))) {
      date.error("is no date; write \"2026-12-25\" (2000 to 2105), or \"12-25\" for each year");
      continue;
    }
    const auto [first, is_new] = places.emplace(text, date.place());
    if (!is_new) date.error("stands there already, at " + first->second + "; remove one of them");
    to.year = static_cast<std::uint16_t>(year);
    to.month = static_cast<std::uint8_t>(month);
    to.day = static_cast<std::uint8_t>(day);
  }
}

}  // namespace

void read_zone(const Node& node, tariff::Zone& zone) {
  if (!node.object({"offset"}, {"daylight"})) return;
  zone.offset_minutes = static_cast<std::int16_t>(offset_minutes(node.required("offset")));
  const auto daylight = node.find("daylight");
  if (!daylight || !daylight->object({"start", "end"}, {"save_minutes"})) return;
  zone.save_minutes = 60;
  if (const auto save = daylight->find("save_minutes")) {
    zone.save_minutes = static_cast<std::uint8_t>(save->integer(1, 120));
  }
  zone.start = changeover(daylight->required("start"));
  zone.end = changeover(daylight->required("end"));
  if (zone.start.month == zone.end.month) {
    daylight->error("starts and ends in the same month; name two months, or remove \"daylight\"");
  }
}

void read_calendar(const Node& root, TariffDocument& out) {
  read_day_tables(root, out);
  read_week_tables(root, out);
  read_seasons(root, out);
  read_special_days(root, out);
}

}  // namespace lk::tools
