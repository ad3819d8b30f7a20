// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/onset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace lk::guard {
namespace {

constexpr double full_units = 1000;  // peak
constexpr double cycle_ms = 20;

double sine(std::size_t at) {
  return std::sin(2 * std::numbers::pi * (static_cast<double>(at) + 0.5) / point_count);
}

Wave full_wave() {
  Wave full;
  for (std::size_t k = 0; k < point_count; ++k)
    full[k] = static_cast<std::int16_t>(std::lround(full_units * sine(k)));
  return full;
}

// What comes by e^(−t/τ) from a point on; a step where τ is 0.
OnsetCycles rise(std::size_t start, double tau_ms, double noise = 0, std::uint32_t seed = 1) {
  std::mt19937 random{seed};
  std::normal_distribution<double> normal{0, noise * full_units};
  OnsetCycles cycles{};
  for (std::size_t at = 0; at < onset_cycles * point_count; ++at) {
    const double ms = (static_cast<double>(at) + 0.5 - static_cast<double>(start)) * cycle_ms / point_count;
    const double share = ms < 0 ? 0 : tau_ms == 0 ? 1 : 1 - std::exp(-ms / tau_ms);
    const double value = full_units * sine(at) * share + (noise > 0 ? normal(random) : 0);
    cycles[at / point_count][at % point_count] = static_cast<std::int16_t>(std::lround(value));
  }
  return cycles;
}

TEST(StepMargin, TellsAStepFromARiseWhereverItBegins) {
  for (std::size_t start = 2 * point_count; start < 3 * point_count; ++start) {
    EXPECT_GE(step_margin_e3(rise(start, 0), full_wave()), 90) << "a step at point " << start;
    for (const double tau_ms : {15.0, 20.0, 40.0, 80.0})
      EXPECT_LE(step_margin_e3(rise(start, tau_ms), full_wave()), -100) << tau_ms << " ms at " << start;
  }
}

TEST(StepMargin, TellsThemApartAmongNoise) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    EXPECT_GE(step_margin_e3(rise(70, 0, 0.15, seed), full_wave()), 45) << "seed " << seed;
    EXPECT_LE(step_margin_e3(rise(70, 15, 0.15, seed), full_wave()), -45) << "seed " << seed;
  }
}

TEST(StepMargin, IsNoStepWhereNothingOrALongRampComes) {
  EXPECT_EQ(step_margin_e3({}, Wave{}), 0) << "nothing to compare with";
  EXPECT_LE(step_margin_e3({}, full_wave()), 0) << "nothing came";
  OnsetCycles ramp{};
  for (std::size_t at = 0; at < onset_cycles * point_count; ++at) {
    const double share = static_cast<double>(at) / (onset_cycles * point_count);
    ramp[at / point_count][at % point_count] =
        static_cast<std::int16_t>(std::lround(full_units * sine(at) * share));
  }
  EXPECT_LE(step_margin_e3(ramp, full_wave()), 0) << "a ramp over all of it";
}

TEST(StepMargin, IsSafeWithTheLargestWaves) {
  Wave largest;
  largest.fill(32'767);
  Wave smallest;
  smallest.fill(-32'767);
  OnsetCycles cycles;
  cycles.fill(smallest);
  EXPECT_LE(step_margin_e3(cycles, largest), 0);
  cycles.fill(largest);
  EXPECT_GE(step_margin_e3(cycles, largest), 0);
}

}  // namespace
}  // namespace lk::guard
