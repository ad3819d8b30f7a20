// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/pace.hpp"

#include <gtest/gtest.h>

namespace lk::host {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(Pace, ABlockIsDueWhenItsTimeHasPassed) {
  Pace pace(seconds(5), milliseconds(10), 1);
  EXPECT_EQ(pace.due(), seconds(5) + milliseconds(10));
  pace.advance(pace.due());
  EXPECT_EQ(pace.due(), seconds(5) + milliseconds(20));
  Pace fast(seconds(5), milliseconds(10), 100);
  EXPECT_EQ(fast.due(), seconds(5) + nanoseconds(100'000));
}

TEST(Pace, CatchesUpAShortStopCompletely) {
  Pace pace(seconds(0), milliseconds(10), 1);
  const nanoseconds now = milliseconds(400);
  int blocks = 0;
  for (; pace.due() <= now; ++blocks) pace.advance(now);
  EXPECT_EQ(blocks, 40);
  EXPECT_EQ(pace.take_lag(), nanoseconds(0));
}

TEST(Pace, LagsAfterALongStopAndSaysByHowMuch) {
  Pace pace(seconds(0), milliseconds(10), 1);
  const nanoseconds now = seconds(10);
  int blocks = 0;
  for (; pace.due() <= now; ++blocks) pace.advance(now);
  const nanoseconds lag = pace.take_lag();
  EXPECT_NEAR(static_cast<double>(lag.count()), 9.5e9, 0.02e9);
  EXPECT_EQ(seconds(10) - lag - blocks * milliseconds(10) < milliseconds(10), true);
  EXPECT_EQ(pace.take_lag(), nanoseconds(0));
}

}  // namespace
}  // namespace lk::host
