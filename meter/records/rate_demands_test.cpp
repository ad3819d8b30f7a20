// SPDX-License-Identifier: Apache-2.0
#include "meter/records/rate_demands.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lk::records {
namespace {

using quantity::Power;

TEST(RateDemands, KeepTheHighestOfEachRateAndRegisterWithItsTime) {
  RateDemands demands;
  demands.observe(0, 0, Power::of(3'000'000), 900);
  demands.observe(0, 0, Power::of(2'000'000), 1800);
  demands.observe(7, 3, Power::of(100'000), 2700);
  EXPECT_EQ(demands.peak(0, 0), (DemandPeak{30'000, 900}));
  EXPECT_EQ(demands.peak(7, 3), (DemandPeak{1'000, 2700}));
  EXPECT_EQ(demands.peak(1, 0), DemandPeak{});
}

TEST(RateDemands, TellWhenTheyAreToBeStoredAnew) {
  RateDemands demands;
  const std::uint32_t at_first = demands.revision();
  demands.observe(0, 0, {}, 900);
  EXPECT_EQ(demands.revision(), at_first) << "nothing is no maximum";
  demands.observe(0, 0, Power::of(3'000'000), 900);
  const std::uint32_t after_one = demands.revision();
  EXPECT_NE(after_one, at_first);
  demands.observe(0, 0, Power::of(3'000'000), 1800);
  EXPECT_EQ(demands.revision(), after_one);
  demands.clear();
  EXPECT_NE(demands.revision(), after_one);
  EXPECT_EQ(demands.peak(0, 0), DemandPeak{});
}

TEST(RateDemands, ComeBackFromTheirBytesAndFromNoOthers) {
  RateDemands demands;
  for (std::size_t rate = 0; rate < rate_count; ++rate) {
    for (std::size_t which = 0; which < demand_count; ++which)
      demands.observe(rate, which,
                      Power::of(1000 * static_cast<std::int64_t>(1 + rate * demand_count + which)), 77);
  }
  const auto bytes = demands.encode();
  RateDemands back;
  ASSERT_TRUE(back.decode(bytes));
  EXPECT_EQ(back.encode(), bytes);
  EXPECT_EQ(back.peak(7, 3), (DemandPeak{320, 77}));
  auto other = bytes;
  other[0] = std::byte{2};
  RateDemands none;
  EXPECT_FALSE(none.decode(other)) << "another version";
  EXPECT_FALSE(none.decode(std::span{bytes}.first(bytes.size() - 1)));
  EXPECT_FALSE(none.decode({}));
  EXPECT_EQ(none.peak(7, 3), DemandPeak{});
}

}  // namespace
}  // namespace lk::records
