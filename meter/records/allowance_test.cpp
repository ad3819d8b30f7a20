// SPDX-License-Identifier: Apache-2.0
#include "meter/records/allowance.hpp"

#include <gtest/gtest.h>

namespace lk::records {
namespace {

using quantity::Instant;
using quantity::minutes;
using quantity::seconds;

constexpr std::uint32_t burst = 20;

TEST(Allowance, LetsABurstThroughAndThenOneAMinute) {
  Allowance limit{burst};
  Instant now = Instant::of(1'790'000'000'000);
  std::uint32_t allowed = 0;
  for (int i = 0; i < 3600; ++i) {
    if (limit.take(now)) ++allowed;
    now = now + seconds(1);
  }
  EXPECT_EQ(allowed, burst + 59);
}

TEST(Allowance, RecoversInPeace) {
  Allowance limit{burst};
  Instant now = Instant::of(1'790'000'000'000);
  for (std::uint32_t i = 0; i < burst; ++i) EXPECT_TRUE(limit.take(now));
  EXPECT_FALSE(limit.take(now));
  now = now + minutes(1000);
  for (std::uint32_t i = 0; i < burst; ++i) EXPECT_TRUE(limit.take(now));
  EXPECT_FALSE(limit.take(now));
  EXPECT_FALSE(limit.take(Instant::of(0))) << "a clock set back gives nothing";
  EXPECT_TRUE(limit.take(Instant::of(60'000)));
}

}  // namespace
}  // namespace lk::records
