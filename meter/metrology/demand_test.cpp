// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/demand.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace lk::metrology {
namespace {

using quantity::Instant;

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t noon_ms = 1'700'000'100'000 - 1'700'000'100'000 % (60 * minute_ms);

Energies of_import(std::int64_t millijoules) {
  Energies energies{};
  energies[0] = quantity::Energy::of(millijoules);
  return energies;
}

// Constant power from minute to minute, told once a second.
void run(Demand& demand, std::int64_t from_minute, std::int64_t to_minute, std::int64_t milliwatts,
         std::size_t rate = 0) {
  for (std::int64_t ms = from_minute * minute_ms; ms < to_minute * minute_ms; ms += 1000) {
    demand.add(of_import(milliwatts), rate, Instant::of(noon_ms + ms));
  }
}

TEST(Demand, ABlockIsTheMeanOfItsTimeAndStampedWithItsEnd) {
  Demand demand{{15, 1}};
  run(demand, 0, 15, 1'000'000);
  EXPECT_EQ(demand.maximum(DemandRegister::active_import).power.count(), 0) << "not over yet";
  EXPECT_EQ(demand.rising(DemandRegister::active_import).count(), 1'000'000);
  run(demand, 15, 20, 6'000'000);
  run(demand, 20, 31, 0);
  EXPECT_EQ(demand.maximum(DemandRegister::active_import).power.count(), 2'000'000);
  EXPECT_EQ(demand.maximum(DemandRegister::active_import).time.unix_ms(), noon_ms + 30 * minute_ms);
  EXPECT_EQ(demand.latest(DemandRegister::active_import).count(), 2'000'000);
}

TEST(Demand, ASlidingWindowFindsThePeakThatBlocksSplit) {
  Demand block{{15, 1}};
  Demand sliding{{5, 3}};
  for (Demand* const demand : {&block, &sliding}) {
    run(*demand, 0, 20, 0);
    run(*demand, 20, 35, 3'000'000);
    run(*demand, 35, 61, 0);
  }
  EXPECT_EQ(block.maximum(DemandRegister::active_import).power.count(), 2'000'000);
  EXPECT_EQ(sliding.maximum(DemandRegister::active_import).power.count(), 3'000'000);
  EXPECT_EQ(sliding.maximum(DemandRegister::active_import).time.unix_ms(), noon_ms + 35 * minute_ms);
}

TEST(Demand, KeepsFourRegistersAndEveryRateApart) {
  Demand demand{{1, 1}};
  Energies energies{};
  for (std::size_t index = 0; index < register_count; ++index) {
    energies[index] = quantity::Energy::of(static_cast<std::int64_t>(index + 1) * 60'000);
  }
  demand.add(energies, 2, Instant::of(noon_ms));
  demand.add({}, 2, Instant::of(noon_ms + minute_ms));
  EXPECT_EQ(demand.maximum(DemandRegister::active_import).power.count(), 1000);
  EXPECT_EQ(demand.maximum(DemandRegister::active_export).power.count(), 2000);
  EXPECT_EQ(demand.maximum(DemandRegister::reactive_import).power.count(), 7000) << "Q1 and Q2";
  EXPECT_EQ(demand.maximum(DemandRegister::reactive_export, 2).power.count(), 11'000) << "Q3 and Q4";
  EXPECT_EQ(demand.maximum(DemandRegister::active_import, 1).power.count(), 0);
}

TEST(Demand, ResetForgetsMaximaButNotTheWindowUnderWay) {
  Demand demand{{15, 1}};
  run(demand, 0, 20, 2'000'000);
  demand.reset(Instant::of(noon_ms + 20 * minute_ms));
  EXPECT_EQ(demand.maximum(DemandRegister::active_import).power.count(), 0);
  EXPECT_EQ(demand.reset_count(), 1U);
  EXPECT_EQ(demand.reset_time().unix_ms(), noon_ms + 20 * minute_ms);
  run(demand, 20, 31, 500'000);
  EXPECT_EQ(demand.maximum(DemandRegister::active_import).power.count(), 1'000'000);
}

TEST(Demand, AClockThatIsSetMakesNoMaximum) {
  struct Row {
    const char* name;
    std::int64_t step_ms;
  };
  for (const Row& row : {Row{"back an hour", -60 * minute_ms}, Row{"on a day", 24 * 60 * minute_ms}}) {
    SCOPED_TRACE(row.name);
    Demand demand{{15, 1}};
    run(demand, 0, 14, 4'000'000);
    demand.add(of_import(1), 0, Instant::of(noon_ms + 14 * minute_ms + row.step_ms));
    demand.add(of_import(1), 0, Instant::of(noon_ms + 16 * minute_ms + row.step_ms));
    EXPECT_LT(demand.maximum(DemandRegister::active_import).power.count(), 10);
  }
}

TEST(Demand, RefusesWindowsThatDoNotFitTheHour) {
  for (const DemandSettings& settings : {DemandSettings{0, 1}, DemandSettings{7, 1}, DemandSettings{15, 0},
                                         DemandSettings{15, 16}, DemandSettings{61, 1}}) {
    EXPECT_FALSE(is_valid(settings));
  }
  EXPECT_TRUE(is_valid(DemandSettings{60, 1}));
  EXPECT_TRUE(is_valid(DemandSettings{1, 15}));
}

}  // namespace
}  // namespace lk::metrology
