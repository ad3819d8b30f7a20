// SPDX-License-Identifier: Apache-2.0
#include "meter/records/quality.hpp"

#include <gtest/gtest.h>

#include <array>

namespace lk::records {
namespace {

using quantity::Power;
using quantity::Voltage;

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

}  // namespace
}  // namespace lk::records
