// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "tools/latchkey/tariff/document.hpp"

namespace lk::tools {
namespace {

void add(TariffDocument& document, std::string place, std::string text) {
  document.problems.push_back({false, std::move(place), std::move(text)});
}

void warn_of_unused(TariffDocument& document) {
  const tariff::TariffSet& set = document.set;
  std::array<bool, tariff::rate_max> is_rate_used{};
  std::array<bool, tariff::day_table_max> is_day_used{};
  std::array<bool, tariff::week_table_max> is_week_used{};
  is_week_used[0] = set.season_count == 0;
  for (std::size_t i = 0; i < set.season_count; ++i) is_week_used[set.seasons[i].week_table] = true;
  for (std::size_t i = 0; i < set.week_table_count; ++i) {
    for (const std::uint8_t day : set.week_tables[i]) is_day_used[day] = is_day_used[day] || is_week_used[i];
  }
  for (std::size_t i = 0; i < set.special_day_count; ++i) is_day_used[set.special_days[i].day_table] = true;
  for (std::size_t i = 0; i < set.day_table_count; ++i) {
    for (std::size_t j = 0; j < set.day_tables[i].count; ++j) {
      is_rate_used[set.day_tables[i].switchings[j].rate] |= is_day_used[i];
    }
  }
  for (std::size_t i = 0; i < set.week_table_count; ++i) {
    if (!is_week_used[i])
      add(document, "week_tables." + document.week_names[i], "is in no season; remove it, or add a season");
  }
  for (std::size_t i = 0; i < set.day_table_count; ++i) {
    if (!is_day_used[i])
      add(document, "day_tables." + document.day_names[i],
          "is on no day; remove it, or use it in a week or on a special day");
  }
  for (std::size_t i = 0; i < set.rate_count; ++i) {
    if (!is_rate_used[i])
      add(document, "rates[" + std::to_string(i) + "]",
          "(" + document.rate_names[i] + ") is never in force; remove it, or use it in a day table");
  }
}

void warn_of_prices(TariffDocument& document) {
  const tariff::TariffSet& set = document.set;
  for (std::size_t step = 0; step < set.step_count(); ++step) {
    for (std::size_t rate = 0; rate < set.rate_count; ++rate) {
      const std::string place = "prices[" + std::to_string(step) + "][" + std::to_string(rate) + "]";
      const quantity::Price price = set.prices[step][rate];
      if (price == quantity::Price{}) add(document, place, "is 0: this energy is free");
      if (step == 0) continue;
      const quantity::Price before = set.prices[step - 1][rate];
      if (price < before) add(document, place, "is below the step before it: the ladder falls");
      if (price == before) add(document, place, "equals the step before it: the step changes nothing");
    }
  }
}

void warn_of_times(TariffDocument& document) {
  const tariff::TariffSet& set = document.set;
  for (std::size_t i = 0; i < set.day_table_count; ++i) {
    const tariff::DayTable& table = set.day_tables[i];
    for (std::size_t j = 1; j < table.count; ++j) {
      if (table.switchings[j].rate != table.switchings[j - 1].rate) continue;
      add(document, "day_tables." + document.day_names[i] + "[" + std::to_string(j) + "]",
          "has the rate of the period before it: the two are one");
    }
  }
  for (std::size_t i = 0; i < set.season_count; ++i) {
    const std::size_t before = (i == 0 ? set.season_count : i) - 1U;
    if (before == i || set.seasons[i].week_table != set.seasons[before].week_table) continue;
    add(document, "seasons[" + std::to_string(i) + "]",
        "has the week table of the season before it: nothing changes");
  }
  for (std::size_t i = 0; i < set.special_day_count; ++i) {
    const tariff::SpecialDay& day = set.special_days[i];
    if (day.year != 0 || day.month != 2 || day.day != 29) continue;
    add(document, "special_days[" + std::to_string(i) + "]",
        "is the 29th of February: it comes in leap years only");
  }
}

}  // namespace

void warn(TariffDocument& document) {
  warn_of_unused(document);
  warn_of_prices(document);
  warn_of_times(document);
}

}  // namespace lk::tools
