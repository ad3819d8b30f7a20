// SPDX-License-Identifier: Apache-2.0
#include "meter/records/refusal_limit.hpp"

#include <gtest/gtest.h>

namespace lk::records {
namespace {

using quantity::Instant;
using quantity::minutes;
using quantity::seconds;

TEST(RefusalLimit, LetsABurstThroughAndThenOneAMinute) {
  RefusalLimit limit;
  Instant now = Instant::of(1'790'000'000'000);
  std::uint32_t allowed = 0;
  for (int i = 0; i < 3600; ++i) {
    if (limit.allows(now)) ++allowed;
    now = now + seconds(1);
  }
  EXPECT_EQ(allowed, RefusalLimit::burst + 59);
}

TEST(RefusalLimit, RecoversInPeace) {
  RefusalLimit limit;
  Instant now = Instant::of(1'790'000'000'000);
  for (std::uint32_t i = 0; i < RefusalLimit::burst; ++i) EXPECT_TRUE(limit.allows(now));
  EXPECT_FALSE(limit.allows(now));
  now = now + minutes(1000);
  for (std::uint32_t i = 0; i < RefusalLimit::burst; ++i) EXPECT_TRUE(limit.allows(now));
  EXPECT_FALSE(limit.allows(now));
  EXPECT_FALSE(limit.allows(Instant::of(0))) << "a clock set back gives nothing";
  EXPECT_TRUE(limit.allows(Instant::of(60'000)));
}

}  // namespace
}  // namespace lk::records
