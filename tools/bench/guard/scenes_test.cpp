// SPDX-License-Identifier: Apache-2.0
// A slice of the campaign, small enough for every run of the tests, on drawn appliances alone.
#include "tools/bench/guard/scenes.hpp"

#include <gtest/gtest.h>

namespace lk::bench_guard {
namespace {

constexpr guard::RecognitionParameters parameters{.least = quantity::Power::of(80'000)};
constexpr std::uint64_t seed = 20'260;

int found_of(const Plan& plan, int scenes) {
  int found = 0;
  for (int index = 0; index < scenes; ++index) {
    const Outcome outcome =
        run_scene(plan, parameters, {}, sim::seed_of(seed, static_cast<std::uint64_t>(index)));
    found += outcome.is_found ? 1 : 0;
    if (outcome.is_found && plan.trick == Trick::plain) {
      EXPECT_LT(outcome.seconds, 1.0) << outcome.seed;
    }
  }
  return found;
}

TEST(Scenes, MostKettlesAmongOtherLoadsAreFoundWithinASecond) {
  EXPECT_GE(found_of({Trick::plain, {200, 2200}, {0, 10}}, 24), 20) << "seed " << seed;
}

TEST(Scenes, TricksAreFound) {
  for (const Trick trick : {Trick::diode, Trick::dimmer, Trick::capacitor}) {
    EXPECT_GE(found_of({trick, {300, 2000}, {0, 2}}, 6), 5) << name_of(trick) << ", seed " << seed;
  }
  for (const Trick trick : {Trick::slow, Trick::steps}) {
    EXPECT_GE(found_of({trick, {400, 1500}, {0, 0.1}}, 3), 3) << name_of(trick) << ", seed " << seed;
  }
}

TEST(Scenes, OtherLoadsAloneAreLeftInPeace) {
  const SoakResult result = run_soak(0.2, parameters, {}, seed);
  EXPECT_GT(result.switchings, 4U);
  EXPECT_TRUE(result.findings.empty()) << "seed " << seed;
}

TEST(Scenes, OneSeedGivesOneScene) {
  const Plan plan{Trick::plain, {500, 1000}, {2, 5}};
  const Outcome first = run_scene(plan, parameters, {}, 7);
  const Outcome second = run_scene(plan, parameters, {}, 7);
  EXPECT_EQ(first.is_found, second.is_found);
  EXPECT_EQ(first.watts, second.watts);
  EXPECT_EQ(first.seconds, second.seconds);
  EXPECT_EQ(first.found_watts, second.found_watts);
}

}  // namespace
}  // namespace lk::bench_guard
