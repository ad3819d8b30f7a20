// SPDX-License-Identifier: Apache-2.0
#include "meter/supply/power_limit.hpp"

#include <gtest/gtest.h>

namespace lk::supply {
namespace {

using quantity::Duration;
using quantity::Instant;
using quantity::Power;
using quantity::seconds;
using Phase = PowerLimiter::Phase;

constexpr Power watts(std::int64_t n) {
  return Power::of(n * 1000);
}

struct Bench {
  LimitRules rules{
      .always = watts(2000), .delay = seconds(30), .pause = seconds(60), .tries = 2, .forget = seconds(600)};
  PowerLimiter limiter;
  Instant now = Instant::of(1'000'000);
  Power power;
  int trips = 0;
  bool holds = false;

  void run(Duration duration) {
    const Instant end = now + duration;
    for (; now < end; now = now + seconds(1)) {
      const Power drawn = holds ? Power{} : power;
      const auto step = limiter.step(drawn, limit_at(rules, {}), rules, now);
      holds = step.holds_open;
      if (step.has_tripped) ++trips;
    }
  }
};

TEST(PowerLimit, WaitsTheDelayAndABriefPeakDoesNotTrip) {
  Bench bench;
  bench.power = watts(2500);
  bench.run(seconds(29));
  bench.power = watts(2000);
  bench.run(seconds(2));
  bench.power = watts(2500);
  bench.run(seconds(30));
  EXPECT_EQ(bench.trips, 0);
  bench.run(seconds(1));
  EXPECT_EQ(bench.trips, 1);
  EXPECT_TRUE(bench.holds);
}

TEST(PowerLimit, ClosesAgainAndLocksWhenTheTriesAreUsedUp) {
  Bench bench;
  bench.power = watts(2500);
  bench.run(seconds(1000));
  EXPECT_EQ(bench.trips, 3) << "the first, and two tries";
  EXPECT_EQ(bench.limiter.stored().phase, Phase::locked);
  EXPECT_TRUE(bench.holds);
  bench.limiter.release();
  bench.power = watts(100);
  bench.run(seconds(10));
  EXPECT_FALSE(bench.holds);
  EXPECT_EQ(bench.limiter.stored(), PowerLimiter::Stored{});
}

TEST(PowerLimit, GoodBehaviourGivesTheTriesBack) {
  Bench bench;
  bench.power = watts(2500);
  bench.run(seconds(32));
  EXPECT_EQ(bench.limiter.stored().used_tries, 1);
  bench.power = watts(100);
  bench.run(seconds(60 + 601));
  EXPECT_EQ(bench.limiter.stored().used_tries, 0);
}

TEST(PowerLimit, APowerCutNeitherOpensTheLockNorGivesTriesBack) {
  Bench bench;
  bench.power = watts(2500);
  bench.run(seconds(1000));
  PowerLimiter after;
  after.restore(bench.limiter.stored(), bench.now);
  EXPECT_TRUE(after.step({}, watts(2000), bench.rules, bench.now).holds_open);

  after.restore({Phase::tripped, 1}, bench.now);
  EXPECT_TRUE(after.step({}, watts(2000), bench.rules, bench.now + seconds(59)).holds_open);
  EXPECT_FALSE(after.step({}, watts(2000), bench.rules, bench.now + seconds(60)).holds_open);
  EXPECT_EQ(after.stored().used_tries, 1);
}

TEST(PowerLimit, TriesWithoutEnd) {
  Bench bench;
  bench.rules.tries = 65'535;
  bench.power = watts(2500);
  bench.run(seconds(5000));
  EXPECT_GT(bench.trips, 40);
  EXPECT_NE(bench.limiter.stored().phase, Phase::locked);
}

TEST(PowerLimit, TheFirstWindowThatAppliesGivesTheLimit) {
  LimitRules rules{.always = watts(2000)};
  rules.windows[0] = schedule::Window::of(0xFF, 0, 360);
  rules.limits[0] = watts(300);
  rules.windows[1] = schedule::Window::of(0xFF, 300, 720);
  rules.limits[1] = watts(0);
  EXPECT_EQ(limit_at(rules, {100, 0, false}), watts(300));
  EXPECT_EQ(limit_at(rules, {350, 0, true}), watts(300));
  EXPECT_EQ(limit_at(rules, {400, 0, false}), std::nullopt) << "no limit in the morning";
  EXPECT_EQ(limit_at(rules, {800, 0, false}), watts(2000));
}

}  // namespace
}  // namespace lk::supply
