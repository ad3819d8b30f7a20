// SPDX-License-Identifier: Apache-2.0
#include "tariff/pricer.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tariff/local_time.hpp"
#include "tariff/testing/sets.hpp"

namespace lk::tariff {
namespace {

using quantity::Duration;
using quantity::Energy;
using quantity::Instant;
using quantity::kwh;
using quantity::Money;
using quantity::Price;
using quantity::units;
using quantity::wh;

// UTC.
Instant at(int year, int month, int day, int hour = 0, int minute = 0) {
  const auto days = days_of({year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)});
  return Instant::of(days * ms_per_day + hour * ms_per_hour + minute * ms_per_minute);
}

struct Pieces final : PieceObserver {
  void on_piece(const Piece& piece) override { list.push_back(piece); }
  std::vector<Piece> list;
};

Sets only(const TariffSet& set) {
  EXPECT_FALSE(find_fault(set));
  Sets sets;
  sets.current = set;
  return sets;
}

Charges run(Pricer& pricer, Sets& sets, Energy energy, Instant from, Instant to,
            PieceObserver* observer = nullptr) {
  const auto advanced = pricer.advance(sets, energy, from, to, observer);
  EXPECT_TRUE(advanced.has_value());
  return advanced ? advanced->charges : Charges{};
}

TEST(Pricer, SplitsAnIntervalAtTheSwitchingTime) {
  Sets sets = only(test::day_and_night(1));
  Pricer pricer;
  Pieces pieces;
  // 05:30 to 06:30 in Berlin's winter: half an hour of each rate.
  const Charges charges = run(pricer, sets, kwh(2), at(2026, 1, 5, 4, 30), at(2026, 1, 5, 5, 30), &pieces);
  ASSERT_EQ(pieces.list.size(), 2U);
  EXPECT_EQ(pieces.list[0].rate, 0);
  EXPECT_EQ(pieces.list[0].energy, kwh(1));
  EXPECT_EQ(pieces.list[0].to, at(2026, 1, 5, 5, 0));
  EXPECT_EQ(pieces.list[1].rate, 1);
  EXPECT_EQ(pieces.list[1].energy, kwh(1));
  EXPECT_EQ(charges.energy, Money::of(12'000 + 24'000));
}

TEST(Pricer, FollowsTheClocksChange) {
  Sets sets = only(test::day_and_night(1));
  // 06:00 in Berlin is 05:00 UTC in winter and 04:00 in summer.
  EXPECT_EQ(Pricer{}.price_at(sets, at(2026, 3, 28, 4, 30)), Price::of(1'200));
  EXPECT_EQ(Pricer{}.price_at(sets, at(2026, 3, 29, 4, 30)), Price::of(2'400));
  EXPECT_EQ(Pricer{}.price_at(sets, at(2026, 10, 25, 4, 30)), Price::of(1'200));
}

TEST(Pricer, ClimbsTheLadderAndStartsAnewAtTheSettlement) {
  TariffSet set = flat_set(Price::of(1'000), 1);
  set.settlement = {1, 10, 8};
  set.ladder = {Per::month, 2, {100'000, 300'000}};
  set.prices[1][0] = Price::of(2'000);
  set.prices[2][0] = Price::of(5'000);
  Sets sets = only(set);
  Pricer pricer;
  Pieces pieces;
  const Instant start = at(2026, 5, 10, 8);
  run(pricer, sets, kwh(350), start, start + quantity::minutes(60), &pieces);
  ASSERT_EQ(pieces.list.size(), 3U);
  EXPECT_EQ(pieces.list[0].energy, kwh(100));
  EXPECT_EQ(pieces.list[1].energy, kwh(200));
  EXPECT_EQ(pieces.list[2].energy, kwh(50));
  EXPECT_EQ(pieces.list[2].step, 2);
  EXPECT_EQ(pricer.month_money(), units(10 + 40 + 25));
  // An hour across the settlement: the second half is the first step again.
  pieces.list.clear();
  run(pricer, sets, kwh(2), at(2026, 6, 10, 7, 30), at(2026, 6, 10, 8, 30), &pieces);
  ASSERT_EQ(pieces.list.size(), 2U);
  EXPECT_EQ(pieces.list[0].step, 2);
  EXPECT_EQ(pieces.list[1].step, 0);
  EXPECT_EQ(pricer.ladder_energy(), kwh(1));
}

TEST(Pricer, AYearlyLadderStartsAnewOnceAYear) {
  TariffSet set = flat_set(Price::of(1'000), 1);
  set.settlement = {4, 1, 0};
  set.ladder = {Per::year, 1, {1'000'000}};
  set.prices[1][0] = Price::of(3'000);
  Sets sets = only(set);
  Pricer pricer;
  run(pricer, sets, kwh(600), at(2026, 4, 1), at(2026, 4, 2));
  run(pricer, sets, kwh(600), at(2027, 1, 1), at(2027, 1, 2));
  EXPECT_EQ(pricer.ladder_energy(), kwh(1'200));
  EXPECT_EQ(pricer.price_at(sets, at(2027, 3, 31)), Price::of(3'000));
  run(pricer, sets, kwh(1), at(2027, 4, 1), at(2027, 4, 2));
  EXPECT_EQ(pricer.ladder_energy(), kwh(1));
}

TEST(Pricer, ChoosesTheDayTableBySpecialDayThenSeasonThenWeekday) {
  TariffSet set = flat_set(Price::of(1'000), 1);
  set.day_table_count = 4;
  set.rate_count = 4;
  for (std::uint8_t i = 0; i < 4; ++i) {
    set.prices[0][i] = Price::of(1'000 * (i + 1));
    set.day_tables[i] = {1, {{{0, i}}}};
  }
  set.week_table_count = 2;
  set.week_tables[0] = {0, 0, 0, 0, 0, 1, 1};
  set.week_tables[1] = {2, 2, 2, 2, 2, 2, 2};
  set.season_count = 2;
  set.seasons[0] = {4, 1, 0};
  set.seasons[1] = {10, 15, 1};
  set.special_day_count = 2;
  set.special_days[0] = {0, 12, 25, 3};
  set.special_days[1] = {2027, 12, 25, 0};
  ASSERT_FALSE(find_fault(set));
  const struct {
    const char* name;
    Instant time;
    int rate;
  } rows[] = {
      {"before the year's first season its last one is in force", at(2026, 2, 2), 2},
      {"on a Friday of summer", at(2026, 5, 15), 0},
      {"on a Saturday of summer", at(2026, 5, 16), 1},
      {"the day before winter", at(2026, 10, 14), 0},
      {"the first day of winter", at(2026, 10, 15), 2},
      {"a special day of each year", at(2026, 12, 25), 3},
      {"a special day of one year before that of each year", at(2027, 12, 25), 0},
  };
  for (const auto& row : rows) EXPECT_EQ(moment_at(set, row.time).rate, row.rate) << row.name;
}

TEST(Pricer, BillsBegunDaysAndMonthsOnce) {
  TariffSet daily = flat_set(Price{}, 1);
  daily.standing = {Per::day, units(1)};
  Sets sets = only(daily);
  Pricer pricer;
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 1, 1, 12), at(2026, 1, 1, 13)).standing, units(1));
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 1, 1, 13), at(2026, 1, 2)).standing, Money{});
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 1, 2), at(2026, 1, 4)).standing, units(2));
  EXPECT_EQ(run(pricer, sets, kwh(1), at(2026, 1, 4), at(2026, 1, 11)).standing, units(7))
      << "with energy too";
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 1, 20), at(2026, 1, 20)).standing, units(10)) << "after a gap";

  TariffSet monthly = flat_set(Price{}, 2);
  monthly.settlement = {1, 15, 6};
  monthly.standing = {Per::month, units(5)};
  sets = only(monthly);
  Pricer other;
  EXPECT_EQ(run(other, sets, {}, at(2026, 1, 1), at(2026, 1, 15, 6)).standing, units(5));
  EXPECT_EQ(run(other, sets, {}, at(2026, 1, 15, 6), at(2026, 4, 15, 6)).standing, units(15));
}

TEST(Pricer, TopsAMonthUpToTheMinimumCharge) {
  TariffSet set = flat_set(Price::of(1'000), 1);
  set.minimum_charge = units(10);
  Sets sets = only(set);
  Pricer pricer;
  run(pricer, sets, kwh(30), at(2026, 1, 10), at(2026, 1, 11));
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 2, 1), at(2026, 2, 1)).minimum, units(7));
  run(pricer, sets, kwh(150), at(2026, 2, 10), at(2026, 2, 11));
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 3, 1), at(2026, 3, 1)).minimum, Money{});
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 6, 1), at(2026, 6, 1)).minimum, units(30)) << "three empty months";
}

TEST(Pricer, BillsTheHighestWindowOfTheMonth) {
  TariffSet set = flat_set(Price{}, 1);
  set.demand = {15, Price::of(50'000)};  // 5.00 per kW
  Sets sets = only(set);
  Pricer pricer;
  run(pricer, sets, wh(500), at(2026, 1, 10, 8), at(2026, 1, 10, 8, 15));  // 2 kW
  run(pricer, sets, wh(1'000), at(2026, 1, 10, 8, 20),
      at(2026, 1, 10, 8, 40));  // 3 kW in a row: 750 Wh in no window
  EXPECT_EQ(pricer.month_demand(), quantity::Power::of(2'000'000)) << "a window counts when it is over";
  const Charges february = run(pricer, sets, {}, at(2026, 2, 1), at(2026, 2, 1));
  EXPECT_EQ(february.demand, units(10));
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 3, 1), at(2026, 3, 1)).demand, Money{});
}

TEST(Pricer, TaxesWhatIsDeductedAndCarriesTheRest) {
  TariffSet set = flat_set(Price::of(10'000), 1);  // 1.00
  set.tax_count = 3;
  set.taxes[0] = test::tax(TaxKind::per_kwh, 0, 500, "levy");                                  // 0.05 per kWh
  set.taxes[1] = test::tax(TaxKind::share, base_energy | base_earlier_taxes, 190'000, "VAT");  // 19 %
  set.taxes[2] = test::tax(TaxKind::share, base_standing, 1'000'000, "double");
  set.standing = {Per::day, units(1)};
  Sets sets = only(set);
  Pricer pricer;
  const Charges charges = run(pricer, sets, kwh(10), at(2026, 1, 1), at(2026, 1, 1, 1));
  EXPECT_EQ(charges.taxes[0], Money::of(50'000));
  EXPECT_EQ(charges.taxes[1], Money::of(199'500));
  EXPECT_EQ(charges.taxes[2], units(1));
  EXPECT_EQ(charges.total(), units(12) + Money::of(50'000 + 199'500));
}

TEST(Pricer, PricesTheOldSetUpToTheSwitchAndTheNewOneFromThere) {
  Sets sets = only(flat_set(Price::of(1'000), 1));
  sets.spare = flat_set(Price::of(3'000), 2);
  sets.has_spare = true;
  sets.activation = at(2026, 6, 1, 0, 15);
  Pricer pricer;
  const auto before = pricer.advance(sets, kwh(1), at(2026, 5, 31, 23), at(2026, 6, 1));
  ASSERT_TRUE(before.has_value());
  EXPECT_FALSE(before->has_switched);
  const auto across = pricer.advance(sets, kwh(4), at(2026, 6, 1), at(2026, 6, 1, 1));
  ASSERT_TRUE(across.has_value());
  EXPECT_TRUE(across->has_switched);
  EXPECT_EQ(across->energy_before_switch, kwh(1));
  EXPECT_EQ(across->charges.energy, Money::of(10'000 + 3 * 30'000));
  EXPECT_EQ(sets.current.version, 2U);
  EXPECT_FALSE(sets.has_spare);
}

TEST(Pricer, TheMonthThatEndsWithTheSwitchIsSettledByTheOldSet) {
  TariffSet old_set = flat_set(Price::of(1'000), 1);
  old_set.minimum_charge = units(10);
  old_set.standing = {Per::day, units(1)};
  Sets sets = only(old_set);
  sets.spare = flat_set(Price::of(1'000), 2);
  sets.spare.minimum_charge = units(99);
  sets.spare.standing = {Per::day, units(2)};
  sets.has_spare = true;
  sets.activation = at(2026, 2, 1);
  Pricer pricer;
  run(pricer, sets, {}, at(2026, 1, 31), at(2026, 1, 31, 12));
  const Charges charges = run(pricer, sets, kwh(1), at(2026, 1, 31, 12), at(2026, 2, 2, 12));
  EXPECT_EQ(charges.minimum, units(10) - (Money::of(2'500)));
  EXPECT_EQ(charges.standing, units(4)) << "two days of the new set; the old one's was paid";
}

TEST(Pricer, AGapBeforeTheSwitchIsBilledByTheOldSet) {
  TariffSet old_set = flat_set(Price{}, 1);
  old_set.standing = {Per::day, units(1)};
  Sets sets = only(old_set);
  sets.spare = flat_set(Price{}, 2);
  sets.spare.standing = {Per::day, units(100)};
  sets.has_spare = true;
  sets.activation = at(2026, 1, 11);
  Pricer pricer;
  run(pricer, sets, {}, at(2026, 1, 1), at(2026, 1, 1));
  const Charges charges = run(pricer, sets, {}, at(2026, 1, 13), at(2026, 1, 13));
  EXPECT_EQ(charges.standing, units(9 + 300));
}

TEST(Pricer, ASetWithAnotherSettlementMovesTheMonthsEnd) {
  TariffSet old_set = flat_set(Price::of(1'000), 1);
  old_set.minimum_charge = units(10);
  old_set.ladder = {Per::month, 1, {100'000}};
  old_set.prices[1][0] = Price::of(2'000);
  Sets sets = only(old_set);
  sets.spare = old_set;
  sets.spare.version = 2;
  sets.spare.settlement = {1, 20, 0};
  sets.has_spare = true;
  sets.activation = at(2026, 1, 15);
  Pricer pricer;
  run(pricer, sets, kwh(50), at(2026, 1, 10), at(2026, 1, 11));
  const Charges at_switch = run(pricer, sets, kwh(20), at(2026, 1, 15), at(2026, 1, 16));
  EXPECT_EQ(at_switch.minimum, Money{});
  EXPECT_EQ(pricer.ladder_energy(), kwh(70));
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 1, 20), at(2026, 1, 20)).minimum, units(3));
  EXPECT_EQ(pricer.ladder_energy(), Energy{});
}

TEST(Pricer, AClockThatGoesBackBillsNothingTwice) {
  TariffSet set = test::day_and_night(1);
  set.standing = {Per::day, units(1)};
  set.minimum_charge = units(10);
  Sets sets = only(set);
  Pricer pricer;
  run(pricer, sets, {}, at(2026, 1, 31, 12), at(2026, 2, 1, 12));
  pricer.clock_was_set(set, at(2026, 1, 30, 12));
  const Charges again = run(pricer, sets, kwh(1), at(2026, 1, 30, 12), at(2026, 2, 1, 12));
  EXPECT_EQ(again.standing, Money{});
  EXPECT_EQ(again.minimum, Money{});
  EXPECT_GT(again.energy, Money{}) << "energy is priced, by the clock's own rate";
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 2, 2, 12), at(2026, 2, 2, 12)).standing, units(1));
}

TEST(Pricer, AClockThatWasYearsOffBillsNoFixedChargeForIt) {
  TariffSet set = flat_set(Price::of(1'000), 1);
  set.standing = {Per::day, units(1)};
  set.minimum_charge = units(10);
  Sets sets = only(set);
  Pricer pricer;
  run(pricer, sets, {}, at(1970, 1, 1), at(1970, 1, 1));
  pricer.clock_was_set(set, at(2026, 1, 1, 12));
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 1, 1, 12), at(2026, 1, 1, 13)), Charges{});
  pricer.clock_was_set(set, at(2040, 1, 1, 12));
  EXPECT_EQ(run(pricer, sets, {}, at(2040, 1, 1, 12), at(2040, 1, 1, 13)), Charges{});
  pricer.clock_was_set(set, at(2026, 1, 1, 14));
  EXPECT_EQ(run(pricer, sets, {}, at(2026, 1, 1, 14), at(2026, 1, 2, 1)).standing, units(1))
      << "the calendar goes on";
}

TEST(Pricer, WithoutAClockTheDefaultRatePricesAndTheLadderGoesOn) {
  TariffSet set = test::day_and_night(1);
  set.default_rate = 1;
  set.ladder = {Per::month, 1, {1'000}};
  set.prices[1] = {Price::of(5'000), Price::of(6'000)};
  Pricer pricer;
  Pieces pieces;
  Sets sets = only(set);
  const auto charges = pricer.advance_without_clock(sets, kwh(2), &pieces);
  ASSERT_TRUE(charges.has_value());
  EXPECT_EQ(charges->energy, Money::of(24'000 + 60'000));
  ASSERT_EQ(pieces.list.size(), 2U);
  EXPECT_EQ(pieces.list[1].step, 1);
  sets.only_rate = 1;
  const auto by_one_rate = pricer.advance_without_clock(sets, kwh(1));
  ASSERT_TRUE(by_one_rate.has_value());
  EXPECT_EQ(by_one_rate->energy, Money::of(50'000)) << "the only rate goes before the default one";
}

TEST(Pricer, AnOnlyRateGoesBeforeTheCalendarInEverySetThatHasIt) {
  Sets sets = only(test::day_and_night(1));
  sets.only_rate = 2;
  Pricer pricer;
  Pieces pieces;
  // 05:30 to 06:30 in Berlin's winter: the calendar would change its rate between.
  EXPECT_EQ(run(pricer, sets, kwh(2), at(2026, 1, 5, 4, 30), at(2026, 1, 5, 5, 30), &pieces).energy,
            Money::of(48'000));
  for (const Piece& piece : pieces.list) EXPECT_EQ(piece.rate, 1);
  EXPECT_EQ(pricer.price_at(sets, at(2026, 1, 5, 0)), Price::of(2'400));
  // A spare set without a second rate takes over in the middle: its calendar prices.
  sets.has_spare = true;
  sets.spare = flat_set(Price::of(700), 2);
  sets.activation = at(2026, 1, 5, 6);
  EXPECT_EQ(run(pricer, sets, kwh(2), at(2026, 1, 5, 5), at(2026, 1, 5, 7)).energy,
            Money::of(24'000 + 7'000));
  // And with one that has it, again.
  sets.has_spare = true;
  sets.spare = test::day_and_night(3);
  sets.activation = at(2026, 1, 5, 8);
  EXPECT_EQ(run(pricer, sets, kwh(2), at(2026, 1, 5, 7), at(2026, 1, 5, 9)).energy,
            Money::of(7'000 + 24'000));
  sets.only_rate = 0;
  EXPECT_EQ(run(pricer, sets, kwh(1), at(2026, 1, 6, 0), at(2026, 1, 6, 1)).energy, Money::of(12'000))
      << "the calendar again";
}

TEST(Pricer, RefusesWhatCannotBePriced) {
  Sets sets = only(flat_set(Price::of(1'000), 1));
  Pricer pricer;
  const Instant now = at(2026, 1, 1);
  const auto error = [&](Energy energy, Instant from, Instant to) {
    const auto result = pricer.advance(sets, energy, from, to);
    return result ? std::optional<AdvanceError>{} : result.error();
  };
  EXPECT_EQ(error(Energy::of(-1), now, now), AdvanceError::energy_out_of_range);
  EXPECT_EQ(error(energy_max + Energy::of(1), now, now), AdvanceError::energy_out_of_range);
  EXPECT_EQ(error({}, now, now + Duration::of(-1)), AdvanceError::time_out_of_range);
  EXPECT_EQ(error({}, Instant::of(-1), now), AdvanceError::time_out_of_range);
  EXPECT_EQ(error({}, now, Instant::of(0x1'0000'0000LL * 1000)), AdvanceError::time_out_of_range);
  EXPECT_EQ(error(kwh(1), now, now + interval_max + Duration::of(1)), AdvanceError::interval_too_long);
  EXPECT_EQ(error({}, now, now + interval_max + Duration::of(1)), std::nullopt) << "time alone may be long";
  EXPECT_EQ(pricer.advance_without_clock(sets, Energy::of(-1)).error(), AdvanceError::energy_out_of_range);
}

TEST(Pricer, TheMostOfEverythingIsCountedOrRefused) {
  TariffSet set = flat_set(price_max, 1);
  set.standing = {Per::day, fixed_charge_max};
  set.minimum_charge = fixed_charge_max;
  set.demand = {5, price_max};
  set.tax_count = tax_max;
  for (Tax& tax : set.taxes) tax = test::tax(TaxKind::share, base_all, 1'000'000, "all");
  Sets sets = only(set);
  Pricer pricer;
  const Instant start = at(2026, 1, 1);
  bool is_refused = false;
  for (int i = 0; i < 3'000 && !is_refused; ++i) {
    is_refused = !pricer.advance(sets, energy_max, start, start).has_value();
  }
  EXPECT_TRUE(is_refused);
  const auto settled = pricer.advance(sets, {}, at(2105, 1, 1), at(2105, 1, 1));
  EXPECT_EQ(settled.error(), AdvanceError::overflow);
  Pricer fresh;
  ASSERT_TRUE(fresh.advance(sets, energy_max, start, start).has_value());
  EXPECT_TRUE(fresh.advance(sets, energy_max, at(2105, 1, 1), at(2105, 1, 1)).has_value());
}

TEST(Pricer, ComesBackFromItsBytes) {
  TariffSet set = test::day_and_night(1);
  set.tax_count = 1;
  set.taxes[0] = test::tax(TaxKind::share, base_all, 70'001, "tax");
  set.demand = {30, Price::of(777)};
  Sets sets = only(set);
  Pricer pricer;
  run(pricer, sets, Energy::of(123'456'789'012), at(2026, 1, 5, 4, 13), at(2026, 1, 5, 5, 37));
  std::array<std::byte, Pricer::stored_bytes> room{};
  bytes::Writer writer{room};
  pricer.encode(writer);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.size_bytes(), Pricer::stored_bytes);
  bytes::Reader reader{room};
  Pricer back;
  ASSERT_TRUE(back.decode(reader));
  EXPECT_EQ(back, pricer);

  bytes::Reader short_reader{std::span{room}.first(Pricer::stored_bytes - 1)};
  EXPECT_FALSE(back.decode(short_reader));
  room[3] = std::byte{0xFF};  // a remainder that is a whole count and more
  bytes::Reader wrong{room};
  EXPECT_FALSE(back.decode(wrong));
  EXPECT_EQ(back, pricer) << "unchanged";
}

}  // namespace
}  // namespace lk::tariff
