// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/tariff/document.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tariff/validate.hpp"

namespace lk::tools {
namespace {

// A sound tariff of two rates; each row of the table below replaces one part of it.
const std::string sound = R"({
  "format": "latchkey-tariff-1", "version": 7, "name": "N", "currency": "EUR",
  "zone": {"offset": "+01:00"},
  "rates": ["low", "high"], "default_rate": "low",
  "ladder": {"per": "month", "thresholds_kwh": ["100", "200.5"]},
  "prices": [["0.1", "0.2"], ["0.2", "0.3"], ["0.3", "0.4"]],
  "settlement": {"day": 10, "hour": 8},
  "day_tables": {
    "work": [{"from": "00:00", "rate": "low"}, {"from": "06:00", "to": "22:00", "rate": "high"}, {"from": "22:00", "rate": "low"}],
    "rest": [{"from": "00:00", "rate": "low"}]},
  "week_tables": {
    "a": {"monday": "work", "tuesday": "work", "wednesday": "work", "thursday": "work", "friday": "work", "saturday": "rest", "sunday": "rest"},
    "b": {"monday": "rest", "tuesday": "rest", "wednesday": "rest", "thursday": "rest", "friday": "rest", "saturday": "rest", "sunday": "rest"}},
  "seasons": [{"from": "04-01", "week": "a"}, {"from": "10-01", "week": "b"}],
  "special_days": [{"date": "12-25", "day": "rest"}, {"date": "2026-04-03", "day": "rest"}],
  "standing_charge": {"amount": "0.25", "per": "day"},
  "minimum_charge": "5.00",
  "demand_charge": {"price_per_kw": "4.5", "window_minutes": 30},
  "taxes": [{"name": "levy", "per_kwh": "0.02"}, {"name": "VAT", "percent": "19", "of": ["energy", "taxes"]}]
})";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = sound;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(TariffDocument, ReadsAllParts) {
  const TariffDocument document = parse_tariff(sound);
  for (const Problem& problem : document.problems) ADD_FAILURE() << problem.place << " " << problem.text;
  const tariff::TariffSet& set = document.set;
  EXPECT_FALSE(tariff::find_fault(set));
  EXPECT_EQ(set.version, 7U);
  EXPECT_EQ(set.zone.offset_minutes, 60);
  EXPECT_EQ(set.ladder.thresholds_wh[1], 200'500U);
  EXPECT_EQ(set.prices[2][1], quantity::Price::of(4'000));
  EXPECT_EQ(set.day_tables[0].count, 3);
  EXPECT_EQ(set.week_tables[0][5], 1);
  EXPECT_EQ(set.seasons[1].week_table, 1);
  EXPECT_EQ(set.special_days[1].year, 2026);
  EXPECT_EQ(set.standing.amount, quantity::Money::of(25'000));
  EXPECT_EQ(set.demand.window_minutes, 30);
  EXPECT_EQ(set.taxes[1].base, tariff::base_energy | tariff::base_earlier_taxes);
  EXPECT_EQ(set.taxes[1].value, 190'000U);
}

TEST(TariffDocument, TheLeastTariffIsFlat) {
  const TariffDocument document =
      parse_tariff(R"({"format": "latchkey-tariff-1", "version": 3, "prices": [["0.25"]]})");
  EXPECT_TRUE(document.is_valid());
  EXPECT_EQ(document.set, tariff::flat_set(quantity::Price::of(2'500), 3));
}

struct Row {
  const char* name;
  const char* from;
  const char* to;
  const char* place;
  const char* text;  // part of what is said
};

constexpr Row errors[] = {
    {"not JSON", "{", "[", "", "is not JSON"},
    {"another format", "latchkey-tariff-1", "latchkey-tariff-2", "format", "must be"},
    {"version 0", "\"version\": 7", "\"version\": 0", "version", "from 1 to"},
    {"an unknown member", "\"name\"", "\"nam\"", "", "unknown member \"nam\""},
    {"a rate twice", "[\"low\", \"high\"]", "[\"low\", \"low\"]", "rates[1]", "second time"},
    {"an unknown default rate", "\"default_rate\": \"low\"", "\"default_rate\": \"mid\"", "default_rate",
     "use one of: low, high"},
    {"a zone by name", "+01:00", "Berlin", "zone.offset", "+01:00"},
    {"a ladder that falls", "200.5", "99", "ladder.thresholds_kwh[1]", "does not rise"},
    {"a price as a number", "\"0.1\"", "0.1", "prices[0][0]", "in quotes"},
    {"a price too fine", "\"0.1\"", "\"0.12345\"", "prices[0][0]", "4 places"},
    {"a price too many", "[\"0.1\", \"0.2\"]", "[\"0.1\", \"0.2\", \"0.3\"]", "prices[0]",
     "one for each of the 2"},
    {"a step too few", ", [\"0.3\", \"0.4\"]", "", "prices", "write 3"},
    {"settled on the 31st", "\"day\": 10", "\"day\": 31", "settlement.day", "from 1 to 28"},
    {"a gap at midnight", "\"from\": \"00:00\"", "\"from\": \"01:00\"", "day_tables.work[0].from",
     "begin the day at 00:00"},
    {"times unordered", "\"from\": \"06:00\"", "\"from\": \"00:00\"", "day_tables.work[1].from",
     "order the times"},
    {"a gap by day", "\"to\": \"22:00\"", "\"to\": \"21:00\"", "day_tables.work[2].from",
     "gap from 21:00 to 22:00"},
    {"an overlap", "\"to\": \"22:00\"", "\"to\": \"23:00\"", "day_tables.work[2].from", "overlaps"},
    {"over midnight", "\"to\": \"22:00\"", "\"to\": \"05:00\"", "day_tables.work[1].to", "split"},
    {"a rate that is not", "\"rate\": \"high\"", "\"rate\": \"peak\"", "day_tables.work[1].rate", "no rate"},
    {"24:00 begins nothing", "\"from\": \"22:00\"", "\"from\": \"24:00\"", "day_tables.work[2].from",
     "before 24:00"},
    {"25 o'clock", "\"from\": \"22:00\"", "\"from\": \"25:00\"", "day_tables.work[2].from", "06:30"},
    {"a weekday is missing", "\"sunday\": \"rest\"", "\"sonntag\": \"rest\"", "week_tables.a",
     "lacks \"sunday\""},
    {"a day table that is not", "\"monday\": \"work\"", "\"monday\": \"party\"", "week_tables.a.monday",
     "no day table"},
    {"a season without week table", "\"week\": \"b\"", "\"week\": \"c\"", "seasons[1].week", "no week table"},
    {"seasons unordered", "10-01", "03-01", "seasons[1].from", "order the seasons"},
    {"a season of no date", "10-01", "02-29", "seasons[1].from", "every year"},
    {"no seasons",
     "\"seasons\": [{\"from\": \"04-01\", \"week\": \"a\"}, {\"from\": \"10-01\", \"week\": \"b\"}],", "", "",
     "no \"seasons\""},
    {"a special day twice", "2026-04-03", "12-25", "special_days[1].date", "at special_days[0].date"},
    {"31 April", "2026-04-03", "2026-04-31", "special_days[1].date", "is no date"},
    {"a charge by the year", "\"per\": \"day\"", "\"per\": \"year\"", "standing_charge.per", "day, month"},
    {"a negative minimum", "5.00", "-5.00", "minimum_charge", "from 0"},
    {"a window of 25 minutes", "\"window_minutes\": 30", "\"window_minutes\": 25",
     "demand_charge.window_minutes", "5, 10, 15"},
    {"a tax of two kinds", "\"per_kwh\": \"0.02\"", "\"per_kwh\": \"0.02\", \"percent\": \"1\"", "taxes[0]",
     "either"},
    {"a tax with a long name", "\"VAT\"", "\"Value added\"", "taxes[1].name", "1 to 8"},
    {"a tax above 100 %", "\"19\"", "\"101\"", "taxes[1].percent", "from 0 to 100"},
    {"a tax of nothing known", "[\"energy\", \"taxes\"]", "[\"profit\"]", "taxes[1].of[0]", "use one of"},
};

TEST(TariffDocument, NamesThePlaceAndTheRemedy) {
  for (const Row& row : errors) {
    const TariffDocument document = parse_tariff(replaced(row.from, row.to));
    EXPECT_FALSE(document.is_valid()) << row.name;
    const bool is_told = std::ranges::any_of(document.problems, [&](const Problem& problem) {
      return problem.is_error && problem.place == row.place &&
             problem.text.find(row.text) != std::string::npos;
    });
    EXPECT_TRUE(is_told) << row.name;
    if (is_told) continue;
    for (const Problem& problem : document.problems) ADD_FAILURE() << problem.place << ": " << problem.text;
  }
}

constexpr Row warnings[] = {
    {"a rate that is never in force", "\"rate\": \"high\"", "\"rate\": \"low\"", "rates[1]",
     "never in force"},
    {"two periods that are one", "\"rate\": \"high\"", "\"rate\": \"low\"", "day_tables.work[1]",
     "the two are one"},
    {"a week in no season", "\"week\": \"b\"", "\"week\": \"a\"", "week_tables.b", "in no season"},
    {"a price that falls", "[\"0.3\", \"0.4\"]", "[\"0.3\", \"0.1\"]", "prices[2][1]", "falls"},
    {"free energy", "\"0.1\"", "\"0\"", "prices[0][0]", "free"},
    {"leap day", "12-25", "02-29", "special_days[0]", "leap years"},
};

TEST(TariffDocument, WarnsOfWhatIsHardlyMeant) {
  for (const Row& row : warnings) {
    const TariffDocument document = parse_tariff(replaced(row.from, row.to));
    EXPECT_TRUE(document.is_valid()) << row.name;
    EXPECT_TRUE(std::ranges::any_of(document.problems, [&](const Problem& problem) {
      return !problem.is_error && problem.place == row.place &&
             problem.text.find(row.text) != std::string::npos;
    })) << row.name;
  }
}

TEST(TariffDocument, FindsAllErrorsInOneGo) {
  std::string text = replaced("\"0.1\"", "0.1");
  text.replace(text.find("12-25"), 5, "12-32");
  text.replace(text.find("\"version\": 7"), 12, "\"version\": 0");
  EXPECT_EQ(parse_tariff(text).problems.size(), 3U);
}

TEST(TariffDocument, IsToldInWords) {
  const std::string words = explain(parse_tariff(sound));
  for (const char* part :
       {"N, version 7", "UTC+01:00", "step 2, 100.000 kWh to 200.500 kWh: low EUR 0.2000, high EUR 0.3000",
        "work: 00:00-06:00 low, 06:00-22:00 high, 22:00-24:00 low",
        "a: Monday to Friday work, Saturday and Sunday rest", "from 1 October: b",
        "25 December of each year: rest", "3 April 2026: rest", "EUR 0.25000 for each begun day",
        "day 10, 08:00", "highest 30 minutes", "VAT: 19.0000 % of energy, the taxes above"}) {
    EXPECT_NE(words.find(part), std::string::npos) << part << "\nin\n" << words;
  }
}

}  // namespace
}  // namespace lk::tools
