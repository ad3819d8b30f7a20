// SPDX-License-Identifier: Apache-2.0
// What counts, into which register, and what never does.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "meter/metrology/metering.hpp"
#include "meter/metrology/testing/scene.hpp"

namespace lk::metrology {
namespace {

using quantity::Current;
using synthetic::balanced;
using synthetic::board_24;
using synthetic::sampled;
using synthetic::Scene;
using synthetic::Signal;

constexpr MeteringSettings all_counts = [] {
  MeteringSettings settings;
  settings.starting_current = {};
  return settings;
}();

template <std::size_t n>
void feed_blocks(Metering<n>& metering, std::span<const SampleSet<n>> sets) {
  for (std::size_t at = 0; at < sets.size(); at += 64) {
    metering.feed(sets.subspan(at, std::min<std::size_t>(64, sets.size() - at)));
  }
}

// Joules of each register over `seconds` of the scene.
template <std::size_t n>
std::array<double, register_count> joules_of(const Scene<n>& scene, const MeteringSettings& settings,
                                             long double seconds) {
  const BoardCalibration board = board_24(n, true);
  Metering<n> metering{board, settings};
  feed_blocks<n>(metering, sampled(scene, board, seconds));
  metering.close_window();
  std::array<double, register_count> joules{};
  for (std::size_t index = 0; index < register_count; ++index) {
    joules[index] =
        static_cast<double>(metering.total_energy().whole(static_cast<Register>(index)).count()) / 1000;
  }
  return joules;
}

TEST(MeteringEnergy, GoesIntoTheRegisterOfItsQuadrant) {
  struct Row {
    const char* name;
    long double lag_degrees;
    Register active;
    Register reactive;
    Register apparent;
  };
  for (const Row& row : {
           Row{"import inductive", 40, Register::active_import, Register::reactive_q1,
               Register::apparent_import},
           Row{"export inductive", 140, Register::active_export, Register::reactive_q2,
               Register::apparent_export},
           Row{"export capacitive", -140, Register::active_export, Register::reactive_q3,
               Register::apparent_export},
           Row{"import capacitive", -40, Register::active_import, Register::reactive_q4,
               Register::apparent_import},
       }) {
    SCOPED_TRACE(row.name);
    const Signal signal{.lag_degrees = row.lag_degrees, .frequency_hz = 49.8L};
    const auto joules = joules_of<1>(balanced<1>(signal), all_counts, 10);
    for (std::size_t index = 0; index < register_count; ++index) {
      const auto which = static_cast<Register>(index);
      double right = 0;
      // The first windows see the mains only in part.
      double limit = 60;
      if (which == row.active) right = std::fabs(static_cast<double>(signal.active())) * 10;
      if (which == row.reactive) right = std::fabs(static_cast<double>(signal.reactive())) * 10;
      if (which == row.apparent) right = 23'000;
      if (which == row.active) limit = 0.5;
      EXPECT_NEAR(joules[index], right, limit) << index;
    }
  }
}

TEST(MeteringEnergy, OfAllPhasesFollowsTheSumMode) {
  struct Row {
    const char* name;
    SumMode mode;
    bool in_one_direction;
    double import_kilowatts;
    double export_kilowatts;
  };
  // 4.6 kW and 2.3 kW in, 1.15 kW out.
  Scene<3> scene;
  scene.phase = {Signal{.amperes = 20}, Signal{.amperes = 5, .lag_degrees = 180}, Signal{.amperes = 10}};
  for (const Row& row : {
           Row{"arithmetic", SumMode::arithmetic, false, 5.75, 0},
           Row{"each phase", SumMode::per_phase, false, 6.9, 1.15},
           Row{"absolute", SumMode::absolute, false, 8.05, 0},
           Row{"arithmetic in one direction", SumMode::arithmetic, true, 5.75, 0},
           Row{"each phase in one direction", SumMode::per_phase, true, 8.05, 0},
       }) {
    SCOPED_TRACE(row.name);
    MeteringSettings settings = all_counts;
    settings.sum_mode = row.mode;
    settings.in_one_direction = row.in_one_direction;
    const auto joules = joules_of<3>(scene, settings, 4);
    EXPECT_NEAR(joules[0], row.import_kilowatts * 4000, 2);
    EXPECT_NEAR(joules[1], row.export_kilowatts * 4000, 2);
  }
}

TEST(MeteringEnergy, InOneDirectionChargesAReversedCurrentAsTheLoadItIs) {
  MeteringSettings settings = all_counts;
  settings.in_one_direction = true;
  const auto joules = joules_of<1>(balanced<1>({.lag_degrees = 180 + 40}), settings, 5);
  EXPECT_NEAR(joules[0], 11'500 * std::cos(40 * 3.14159265 / 180), 0.5);
  EXPECT_EQ(joules[1], 0);
  EXPECT_GT(joules[static_cast<std::size_t>(Register::reactive_q1)], 7000) << "inductive as before";
}

TEST(MeteringEnergy, CountsEverySampleOnce) {
  for (const std::uint32_t rate : {4000U, 8000U, 16'000U}) {
    for (const long double frequency : {45.0L, 49.25L, 50.0L, 61.75L}) {
      SCOPED_TRACE(std::to_string(rate) + " " + std::to_string(static_cast<double>(frequency)));
      const Signal signal{.lag_degrees = 60, .frequency_hz = frequency, .current_dc = 2};
      const BoardCalibration board = board_24(1, false, rate);
      SinglePhaseMetering metering{board, all_counts};
      feed_blocks<1>(metering, sampled(balanced<1>(signal), board, 4));
      metering.close_window();
      const auto millijoules =
          static_cast<double>(metering.total_energy().whole(Register::active_import).count());
      EXPECT_NEAR(millijoules / static_cast<double>(signal.active() * 4000), 1, 5e-6);
    }
  }
}

TEST(MeteringEnergy, IsRightForLoadsThatComeAndGo) {
  struct Row {
    const char* name;
    Signal signal;
  };
  for (const Row& row : {
           Row{"burst two on, two off", {.amperes = 30, .cycles_on = 2, .cycles_off = 2}},
           Row{"burst seven on, nine off",
               {.amperes = 30, .frequency_hz = 50.4L, .cycles_on = 7, .cycles_off = 9}},
           Row{"one cycle in fifty", {.amperes = 30, .cycles_on = 1, .cycles_off = 49}},
       }) {
    SCOPED_TRACE(row.name);
    const auto joules = joules_of<1>(balanced<1>(row.signal), all_counts, 8);
    EXPECT_NEAR(joules[0] / static_cast<double>(row.signal.active() * 8), 1, 0.05);
    EXPECT_EQ(joules[1], 0);
  }
}

TEST(MeteringEnergy, FollowsTheClockThatTheCalibrationKnows) {
  for (const std::int32_t ppm : {-100, 100}) {
    Scene<1> scene = balanced<1>({.lag_degrees = 60});
    scene.clock_ppm = ppm;
    BoardCalibration board = board_24(1, false);
    const auto sets = sampled(scene, board, 4);
    std::array<double, 2> millijoules{};
    for (const bool is_known : {false, true}) {
      board.clock_ppb = is_known ? ppm * 1000 : 0;
      SinglePhaseMetering metering{board, all_counts};
      feed_blocks<1>(metering, sets);
      EXPECT_NEAR(static_cast<double>(metering.latest().frequency.count()),
                  is_known ? 50'000 : 50'000 - ppm / 20, 1);
      EXPECT_NEAR(static_cast<double>(metering.latest().phase[0].active.count()), 1'150'000, 30);
      metering.close_window();
      millijoules[is_known ? 1 : 0] =
          static_cast<double>(metering.total_energy().whole(Register::active_import).count());
    }
    // The same samples took less time if the clock ran faster.
    EXPECT_NEAR(millijoules[1] / millijoules[0], 1 / (1 + ppm * 1e-6), 1e-6);
  }
}

TEST(MeteringEnergy, StartsAtTheStartingCurrentAndDoesNotCreep) {
  struct Row {
    const char* name;
    Signal signal;
    bool counts_active;
    bool counts_reactive;
  };
  for (const Row& row : {
           Row{"no load", {.amperes = 0}, false, false},
           Row{"less than starting", {.amperes = 0.011L}, false, false},
           Row{"at the starting current", {.amperes = 0.02L}, true, false},
           Row{"reactive only", {.amperes = 0.5L, .lag_degrees = 90}, false, true},
           Row{"a little active in much reactive", {.amperes = 0.5L, .lag_degrees = 88}, true, true},
       }) {
    SCOPED_TRACE(row.name);
    Scene<1> scene = balanced<1>(row.signal);
    scene.error[0].noise_counts = 120;
    scene.error[1].noise_counts = 120;  // 2.4 mA
    BoardCalibration board = board_24(1, false);
    board.current[0].noise_q8 = 120 * 256;
    SinglePhaseMetering metering{board, MeteringSettings{}};
    feed_blocks<1>(metering, sampled(scene, board, 10));
    metering.close_window();
    const auto joules = [&metering](Register which) {
      return static_cast<double>(metering.total_energy().whole(which).count()) / 1000;
    };
    if (row.counts_active) {
      EXPECT_NEAR(joules(Register::active_import), static_cast<double>(row.signal.active() * 10), 0.3);
    } else {
      EXPECT_LT(joules(Register::active_import), 1.0)
          << "the first window, before the mains was there, at most";
    }
    EXPECT_EQ(joules(Register::reactive_q1) > 1, row.counts_reactive);
    EXPECT_EQ(metering.latest().phase[0].counts, row.counts_active || row.counts_reactive);
  }
}

TEST(MeteringEnergy, PulsesAreTheRegisterAndNothingElse) {
  MeteringSettings settings = all_counts;
  settings.pulses_per_kwh = 6400;
  settings.sum_mode = SumMode::per_phase;
  Scene<3> scene;
  scene.phase = {Signal{.amperes = 60}, Signal{.amperes = 40, .lag_degrees = 180}, Signal{.amperes = 50}};
  const BoardCalibration board = board_24(3, false);
  ThreePhaseMetering metering{board, settings};
  std::vector<double> gaps;
  double since = 0;
  std::int64_t pulses = 0;
  const auto sets = sampled(scene, board, 12);
  for (std::size_t at = 0; at < sets.size(); at += 8) {
    metering.feed(std::span{sets}.subspan(at, 8));
    since += 0.001;
    for (auto due = metering.take_pulses(); due > 0; --due) {
      if (at > 16'000) gaps.push_back(since);
      since = 0;
      ++pulses;
    }
  }
  const auto energy = metering.total_energy().whole(Register::active_import) +
                      metering.total_energy().whole(Register::active_export);
  const double register_pulses =
      static_cast<double>(energy.count()) / static_cast<double>(quantity::mj_per_kwh) * 6400;
  EXPECT_LE(static_cast<double>(pulses), register_pulses);
  EXPECT_GT(static_cast<double>(pulses), register_pulses - 14) << "at most a window behind";
  // 34.5 kW at 6 400 pulses a kWh: one each 16.3 ms.
  for (const double gap : gaps) EXPECT_NEAR(gap, 0.0163, 0.0015);
}

TEST(MeteringEnergy, OfTheLargerConductorCountsWhereTheyDiffer) {
  struct Row {
    const char* name;
    NeutralPolicy policy;
    long double live;
    long double neutral;
    long double charged;
  };
  for (const Row& row : {
           Row{"alike", NeutralPolicy::larger, 10, 10.2L, 10},
           Row{"part of the return by earth", NeutralPolicy::larger, 10, 6, 10},
           Row{"live bypassed", NeutralPolicy::larger, 3, 10, 10},
           Row{"live wholly bypassed", NeutralPolicy::larger, 0, 10, 10},
           Row{"only live counts", NeutralPolicy::live, 3, 10, 3},
       }) {
    SCOPED_TRACE(row.name);
    Scene<1> scene = balanced<1>({.amperes = row.live});
    scene.neutral = Signal{.amperes = row.neutral};
    MeteringSettings settings;
    settings.neutral_policy = row.policy;
    const auto joules = joules_of<1>(scene, settings, 5);
    EXPECT_NEAR(joules[0], static_cast<double>(row.charged) * 230 * 5, 1);
  }
}

}  // namespace
}  // namespace lk::metrology
