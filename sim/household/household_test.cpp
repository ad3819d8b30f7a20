// SPDX-License-Identifier: Apache-2.0
#include "sim/household/household.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace lk::sim {
namespace {

constexpr std::int64_t monday_ms = 1'750'032'000'000;  // 2025-06-16 00:00 UTC
constexpr int days = 14;

double watts(const Demand& demand) {
  return demand.resistive_w + demand.motor_w + demand.rectifier_w + demand.sine_w;
}

double daily_kwh(LoadSource& source, double* least_w = nullptr) {
  constexpr std::int64_t step_ms = 5000;
  double joules = 0;
  for (std::int64_t t = 0; t < days * 86'400'000LL; t += step_ms) {
    const double now_w = watts(source.at(quantity::Instant::of(monday_ms + t)));
    joules += now_w * step_ms / 1000;
    if (least_w != nullptr && now_w < *least_w) *least_w = now_w;
  }
  return joules / 3.6e6 / days;
}

TEST(Household, UsesAPlausibleAmountADay) {
  struct Row {
    const char* name;
    HouseholdKind kind;
    double least_kwh;
    double most_kwh;
  };
  for (const Row& row :
       {Row{"family", HouseholdKind::family, 4, 14}, Row{"dormitory", HouseholdKind::dormitory, 0.8, 4},
        Row{"shop", HouseholdKind::shop, 9, 24}}) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const double kwh = daily_kwh(*make_household(row.kind, seed));
      EXPECT_GT(kwh, row.least_kwh) << row.name << " seed " << seed;
      EXPECT_LT(kwh, row.most_kwh) << row.name << " seed " << seed;
      RecordProperty(std::string{row.name} + std::to_string(seed), std::to_string(kwh));
    }
  }
}

TEST(Household, SolarExportsAtNoonAndNotAtNight) {
  const auto solar = make_household(HouseholdKind::solar, 3);
  double least_w = 0;
  const double kwh = daily_kwh(*solar, &least_w);
  EXPECT_LT(least_w, -1500);
  EXPECT_LT(kwh, 3);
  EXPECT_GE(watts(solar->at(quantity::Instant::of(monday_ms + 2 * 3'600'000))), 0);
}

TEST(Household, AnswersForAnyMomentInAnyOrder) {
  const auto first = make_household(HouseholdKind::family, 5);
  const auto second = make_household(HouseholdKind::family, 5);
  const auto at = [](int minute) { return quantity::Instant::of(monday_ms + minute * 60'000LL); };
  for (int minute = 0; minute < 2880; minute += 7) (void)first->at(at(minute));
  for (int minute = 2879; minute >= 0; minute -= 13)
    EXPECT_EQ(first->at(at(minute)), second->at(at(minute))) << minute;
}

TEST(Household, DiffersByItsSeed) {
  const auto first = make_household(HouseholdKind::family, 1);
  const auto second = make_household(HouseholdKind::family, 2);
  EXPECT_NE(daily_kwh(*first), daily_kwh(*second));
}

TEST(Household, FollowsTheClockOnTheWall) {
  const auto here = make_household(HouseholdKind::shop, 1);
  const auto east = make_household(HouseholdKind::shop, 1, 120);
  for (int hour = 0; hour < 48; ++hour) {
    const auto at = quantity::Instant::of(monday_ms + hour * 3'600'000LL);
    EXPECT_EQ(east->at(at), here->at(at + quantity::minutes(120)));
  }
}

}  // namespace
}  // namespace lk::sim
