// SPDX-License-Identifier: Apache-2.0
#include "meter/records/freeze.hpp"

#include <gtest/gtest.h>

namespace lk::records {
namespace {

using quantity::Energy;
using quantity::Money;

struct Case {
  const char* name;
  FreezeKind kind;
  PeriodRules rules;
  LocalDate at;
  std::uint32_t period;
};

TEST(Freeze, PeriodsBeginWhereTheRulesSay) {
  constexpr std::uint32_t june = 2026 * 12 + 6;
  const Case cases[] = {
      {"first of the month", FreezeKind::monthly, {1, 0, 0}, {20'605, 2026, 6, 1, 0}, june},
      {"before the billing day", FreezeKind::monthly, {15, 0, 0}, {20'618, 2026, 6, 14, 1439}, june - 1},
      {"before the billing hour", FreezeKind::monthly, {15, 6, 0}, {20'619, 2026, 6, 15, 359}, june - 1},
      {"at the billing hour", FreezeKind::monthly, {15, 6, 0}, {20'619, 2026, 6, 15, 360}, june},
      {"turn of the year", FreezeKind::monthly, {2, 0, 0}, {20'454, 2026, 1, 1, 0}, 2026 * 12},
      {"day", FreezeKind::daily, {1, 0, 0}, {20'605, 2026, 6, 1, 0}, 20'605},
      {"day that begins at six, before", FreezeKind::daily, {1, 0, 360}, {20'605, 2026, 6, 1, 359}, 20'604},
      {"day that begins at six", FreezeKind::daily, {1, 0, 360}, {20'605, 2026, 6, 1, 360}, 20'605},
      {"hour", FreezeKind::hourly, {}, {20'605, 2026, 6, 1, 119}, 20'605 * 24 + 1},
  };
  for (const Case& c : cases) EXPECT_EQ(period_of(c.kind, c.rules, c.at), c.period) << c.name;
}

TEST(Freeze, ComesBackFromItsBytes) {
  Freeze freeze{.time_s = 1'790'000'000,
                .period = 24'312,
                .cause = FreezeCause::tariff,
                .marks = freeze_late,
                .import_energy = Energy::of(1'234'567'890'123),
                .export_energy = Energy::of(7),
                .credited = Money::of(-5),
                .deducted = Money::of(99)};
  freeze.rates[7] = Energy::of(77);
  freeze.quality.over_s = 3;
  const auto bytes = encode(freeze);
  const Freeze back = decode_freeze(bytes);
  EXPECT_EQ(encode(back), bytes);
  EXPECT_EQ(back.import_energy, freeze.import_energy);
  EXPECT_EQ(back.credited, freeze.credited);
  EXPECT_EQ(back.rates[7], freeze.rates[7]);
  EXPECT_EQ(back.cause, FreezeCause::tariff);
  EXPECT_EQ(back.quality.over_s, 3U);
}

}  // namespace
}  // namespace lk::records
