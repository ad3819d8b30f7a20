// SPDX-License-Identifier: Apache-2.0
#include "meter/records/quality.hpp"

#include <gtest/gtest.h>

#include <array>

namespace lk::records {
namespace {

using quantity::Energy;
using quantity::Power;
using quantity::Voltage;
using quantity::wh;

constexpr VoltageLimits limits{Voltage::of(207'000), Voltage::of(253'000)};

TEST(Quality, CountsTheSecondsInsideUnderAndOver) {
  Quality quality;
  quality.observe(Voltage::of(230'000), limits, 10);
  quality.observe(Voltage::of(206'999), limits, 3);
  quality.observe(Voltage::of(253'001), limits, 2);
  quality.observe(Voltage::of(207'000), limits, 1);
  EXPECT_EQ(quality.inside_s, 11U);
  EXPECT_EQ(quality.under_s, 3U);
  EXPECT_EQ(quality.over_s, 2U);
  EXPECT_EQ(quality.lowest_mv, 206'999U);
  EXPECT_EQ(quality.highest_mv, 253'001U);
}

TEST(Quality, KeepsTheHighestDemandAndItsFirstTime) {
  Quality quality;
  quality.observe_demand(Power::of(1'500'000), 900);
  quality.observe_demand(Power::of(1'500'000), 1800);
  quality.observe_demand(Power::of(1'400'000), 2700);
  EXPECT_EQ(quality.demand_dw, 15'000U);
  EXPECT_EQ(quality.demand_time_s, 900U);
}

TEST(Quality, ComesBackFromItsBytes) {
  Quality quality{1, 2, 3, 4, 5, 6, 7};
  std::array<std::byte, Quality::stored_bytes> room{};
  bytes::Writer writer{room};
  quality.encode(writer);
  ASSERT_EQ(writer.size_bytes(), room.size());
  bytes::Reader reader{room};
  EXPECT_EQ(Quality::decode(reader), quality);
}

TEST(Demand, IsTheMeanOfWholeWindowsOfTheClock) {
  Demand demand;
  Power mean;
  std::uint32_t told = 0;
  // 1 Wh every second from the middle of a window: 3600 W.
  for (std::uint32_t s = 450; s <= 3600; ++s) {
    if (!demand.add(wh(1), s, 15, mean)) continue;
    ++told;
    EXPECT_EQ(mean, Power::of(3'600'000));
    EXPECT_EQ(demand.window_end_s() % 900, 0U);
  }
  EXPECT_EQ(told, 3U) << "the first, half a window, is left out";
}

TEST(Demand, AWindowThatTheClockJumpedOverIsLeftOut) {
  Demand demand;
  Power mean;
  (void)demand.add(wh(1), 900, 15, mean);
  (void)demand.add(wh(1), 1800, 15, mean);
  EXPECT_FALSE(demand.add(wh(1), 9000, 15, mean));
  EXPECT_FALSE(demand.add(wh(1), 9900, 15, mean)) << "begun by a jump";
  EXPECT_TRUE(demand.add(wh(1), 10'800, 15, mean));
  EXPECT_FALSE(demand.add(wh(1), 5400, 15, mean)) << "back";
}

}  // namespace
}  // namespace lk::records
