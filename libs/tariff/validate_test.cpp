// SPDX-License-Identifier: Apache-2.0
#include "tariff/validate.hpp"

#include <gtest/gtest.h>

#include "tariff/tariff.hpp"
#include "tariff/testing/sets.hpp"

namespace lk::tariff {
namespace {

using quantity::Money;
using quantity::Price;

struct Row {
  const char* name;
  void (*spoil)(TariffSet&);
  Finding finding;
};

constexpr Row rows[] = {
    {"as it is", [](TariffSet&) {}, {}},
    {"15 hours east", [](TariffSet& s) { s.zone.offset_minutes = 900; }, {Fault::zone_offset}},
    {"three hours of summer", [](TariffSet& s) { s.zone.save_minutes = 180; }, {Fault::zone_save}},
    {"summer from month 13", [](TariffSet& s) { s.zone.start.month = 13; }, {Fault::zone_changeover, 0}},
    {"summer until week 0", [](TariffSet& s) { s.zone.end.week = 0; }, {Fault::zone_changeover, 1}},
    {"summer within one month", [](TariffSet& s) { s.zone.end.month = 3; }, {Fault::zone_changeover, 1}},
    {"a changeover without summer",
     [](TariffSet& s) { s.zone.save_minutes = 0; },
     {Fault::zone_changeover, 0}},
    {"settled on the 29th", [](TariffSet& s) { s.settlement.day = 29; }, {Fault::settlement}},
    {"settled at 24:00", [](TariffSet& s) { s.settlement.hour = 24; }, {Fault::settlement}},
    {"no rate", [](TariffSet& s) { s.rate_count = 0; }, {Fault::rate_count}},
    {"nine rates", [](TariffSet& s) { s.rate_count = 9; }, {Fault::rate_count}},
    {"default rate 2 of 2", [](TariffSet& s) { s.default_rate = 2; }, {Fault::default_rate}},
    {"a ladder by the day", [](TariffSet& s) { s.ladder.per = Per::day; }, {Fault::ladder_per}},
    {"8 thresholds", [](TariffSet& s) { s.ladder.threshold_count = 8; }, {Fault::threshold_count}},
    {"a threshold at 0", [](TariffSet& s) { s.ladder = {Per::month, 1, {0}}; }, {Fault::threshold_order, 0}},
    {"a threshold twice",
     [](TariffSet& s) { s.ladder = {Per::month, 2, {5, 5}}; },
     {Fault::threshold_order, 1}},
    {"a negative price", [](TariffSet& s) { s.prices[0][1] = Price::of(-1); }, {Fault::price, 0, 1}},
    {"a price beyond all",
     [](TariffSet& s) { s.prices[0][0] = price_max + Price::of(1); },
     {Fault::price, 0, 0}},
    {"no day table", [](TariffSet& s) { s.day_table_count = 0; }, {Fault::day_table_count}},
    {"15 switchings", [](TariffSet& s) { s.day_tables[0].count = 15; }, {Fault::switching_count, 0}},
    {"a gap in the morning",
     [](TariffSet& s) { s.day_tables[0].switchings[0].minute = 1; },
     {Fault::day_start, 0}},
    {"times unordered",
     [](TariffSet& s) { s.day_tables[0].switchings[2].minute = 300; },
     {Fault::switching_order, 0, 2}},
    {"a time twice",
     [](TariffSet& s) { s.day_tables[0].switchings[2].minute = 360; },
     {Fault::switching_order, 0, 2}},
    {"24:00",
     [](TariffSet& s) { s.day_tables[0].switchings[2].minute = 1'440; },
     {Fault::switching_order, 0, 2}},
    {"a rate that is not",
     [](TariffSet& s) { s.day_tables[0].switchings[1].rate = 2; },
     {Fault::switching_rate, 0, 1}},
    {"no week table", [](TariffSet& s) { s.week_table_count = 0; }, {Fault::week_table_count}},
    {"a Sunday of nothing", [](TariffSet& s) { s.week_tables[0][6] = 1; }, {Fault::week_day_table, 0, 6}},
    {"a second week that is never",
     [](TariffSet& s) { s.week_table_count = 2; },
     {Fault::weeks_without_season}},
    {"a season on leap day",
     [](TariffSet& s) { s.season_count = 1, s.seasons[0] = {2, 29, 0}; },
     {Fault::season_date, 0}},
    {"seasons unordered",
     [](TariffSet& s) { s.season_count = 2, s.seasons[0] = {5, 1, 0}, s.seasons[1] = {4, 30, 0}; },
     {Fault::season_order, 1}},
    {"a season without week table",
     [](TariffSet& s) { s.season_count = 1, s.seasons[0] = {1, 1, 1}; },
     {Fault::season_week_table, 0}},
    {"41 special days", [](TariffSet& s) { s.special_day_count = 41; }, {Fault::special_day_count}},
    {"31 April",
     [](TariffSet& s) { s.special_day_count = 1, s.special_days[0] = {0, 4, 31, 0}; },
     {Fault::special_day_date, 0}},
    {"29 February 2025",
     [](TariffSet& s) { s.special_day_count = 1, s.special_days[0] = {2025, 2, 29, 0}; },
     {Fault::special_day_date, 0}},
    {"a special day of year 1999",
     [](TariffSet& s) { s.special_day_count = 1, s.special_days[0] = {1999, 2, 2, 0}; },
     {Fault::special_day_date, 0}},
    {"a special day of nothing",
     [](TariffSet& s) { s.special_day_count = 1, s.special_days[0] = {0, 1, 1, 1}; },
     {Fault::special_day_table, 0}},
    {"a special day twice",
     [](TariffSet& s) {
       s.special_day_count = 3;
       s.special_days[0] = s.special_days[2] = {0, 5, 1, 0};
       s.special_days[1] = {2026, 5, 1, 0};
     },
     {Fault::special_day_twice, 2, 0}},
    {"a standing charge by the year", [](TariffSet& s) { s.standing.per = Per::year; }, {Fault::standing}},
    {"a negative standing charge",
     [](TariffSet& s) { s.standing.amount = Money::of(-1); },
     {Fault::standing}},
    {"a minimum beyond all",
     [](TariffSet& s) { s.minimum_charge = fixed_charge_max + Money::of(1); },
     {Fault::minimum}},
    {"windows of 7 minutes", [](TariffSet& s) { s.demand.window_minutes = 7; }, {Fault::demand_window}},
    {"a negative demand price",
     [](TariffSet& s) { s.demand.price_per_kw = Price::of(-1); },
     {Fault::demand_price}},
    {"five taxes", [](TariffSet& s) { s.tax_count = 5; }, {Fault::tax_count}},
    {"a tax without name", [](TariffSet& s) { s.tax_count = 1; }, {Fault::tax, 0}},
    {"a tax of nothing",
     [](TariffSet& s) { s.tax_count = 1, s.taxes[0] = test::tax(TaxKind::share, 0, 1, "x"); },
     {Fault::tax, 0}},
    {"a tax above 100 %",
     [](TariffSet& s) { s.tax_count = 1, s.taxes[0] = test::tax(TaxKind::share, 1, 1'000'001, "x"); },
     {Fault::tax, 0}},
    {"a levy with a base",
     [](TariffSet& s) { s.tax_count = 1, s.taxes[0] = test::tax(TaxKind::per_kwh, 1, 1, "x"); },
     {Fault::tax, 0}},
};

TEST(TariffValidate, NamesTheFaultAndItsPlace) {
  for (const Row& row : rows) {
    TariffSet set = test::day_and_night(1);
    row.spoil(set);
    EXPECT_EQ(find_fault(set), row.finding) << row.name;
  }
}

}  // namespace
}  // namespace lk::tariff
