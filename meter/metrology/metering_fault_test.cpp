// SPDX-License-Identifier: Apache-2.0
// Bad input is named, adds no energy, and never takes any back; and what U_rms(1/2) shows of a dip.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "meter/metrology/metering.hpp"
#include "meter/metrology/testing/scene.hpp"

namespace lk::metrology {
namespace {

using synthetic::balanced;
using synthetic::board_16;
using synthetic::board_24;
using synthetic::sampled;
using synthetic::Scene;
using synthetic::Signal;

using Set = SampleSet<1>;
using Sets = std::vector<Set>;

struct Outcome {
  Faults all;  // of any window
  std::int64_t import_mj = 0;
  std::int64_t export_mj = 0;
};

template <std::size_t n>
Outcome run(const BoardCalibration& board, const std::vector<SampleSet<n>>& sets) {
  Outcome outcome;
  Metering<n> metering{board, MeteringSettings{}};
  unsigned bits = 0;
  unsigned channels = 0;
  quantity::Energy before;
  for (std::size_t at = 0; at < sets.size(); at += 64) {
    const auto block = std::span{sets}.subspan(at, std::min<std::size_t>(64, sets.size() - at));
    if (metering.feed(block) == 0) continue;
    bits |= metering.latest().faults.bits();
    channels |= metering.latest().faults.channels();
    const auto now = metering.total_energy().whole(Register::active_import);
    EXPECT_GE(now, before) << "a register ran backwards";
    before = now;
  }
  metering.close_window();
  for (std::size_t fault = 0; fault < fault_count; ++fault) {
    for (std::size_t channel = 0; channel < 2 * n + 1; ++channel) {
      if (((bits >> fault) & 1U) != 0 && ((channels >> channel) & 1U) != 0) {
        outcome.all.set(static_cast<Fault>(fault), channel);
      }
    }
  }
  outcome.import_mj = metering.total_energy().whole(Register::active_import).count();
  outcome.export_mj = metering.total_energy().whole(Register::active_export).count();
  return outcome;
}

TEST(MeteringFaults, OfOnePhaseAreNamedAndAddNoEnergy) {
  struct Row {
    std::string name;
    Signal signal;
    std::function<void(Sets&)> spoil;
    std::optional<Fault> fault;
    double least_share;  // of the energy that a sound meter counts
    double most_share;
  };
  const auto after = [](std::size_t first, const std::function<void(Set&)>& change) {
    return [first, change](Sets& sets) {
      for (std::size_t k = first; k < sets.size(); ++k) change(sets[k]);
    };
  };
  const std::vector<Row> rows = {
      {"sound", {}, [](Sets&) {}, std::nullopt, 0.9999, 1.0001},
      {"no load", {.amperes = 0}, [](Sets&) {}, std::nullopt, 0, 0},
      {"current clipped", {.amperes = 120}, [](Sets&) {}, Fault::clipped, 0.5, 1},
      {"voltage clipped", {.volts = 400}, [](Sets&) {}, Fault::clipped, 0.5, 1},
      {"voltage stuck",
       {},
       after(8000, [](Set& s) { s.phase[0].voltage_count = 20'000; }),
       Fault::stuck,
       0.2,
       0.3},
      {"current stuck",
       {},
       after(8000, [](Set& s) { s.phase[0].current_count = 9000; }),
       Fault::stuck,
       0.2,
       0.3},
      {"voltage dead",
       {},
       after(8000, [](Set& s) { s.phase[0].voltage_count = 3; }),
       Fault::voltage_dead,
       0.2,
       0.3},
      {"channels swapped",
       {},
       after(0, [](Set& s) { std::swap(s.phase[0].voltage_count, s.phase[0].current_count); }),
       Fault::swapped,
       0.9,
       1.0001},
      {"sample stuck for half a cycle",
       {},
       [](Sets& sets) {
         for (std::size_t k = 12'021; k < 12'090; ++k) sets[k].phase[0] = sets[12'020].phase[0];
       },
       Fault::stuck,
       0.97,
       1.02},
      {"seven samples lost",
       {},
       [](Sets& sets) { sets.erase(sets.begin() + 16'080, sets.begin() + 16'087); },
       Fault::samples_lost,
       0.999,
       1.0001},
      {"one sample lost",
       {},
       [](Sets& sets) { sets.erase(sets.begin() + 16'080); },
       Fault::samples_lost,
       0.999,
       1.0001},
      {"mains lost is no fault", {}, after(8000, [](Set& s) { s = {}; }), std::nullopt, 0.24, 0.26},
      {"dip is no fault",
       {},
       [](Sets& sets) {
         for (std::size_t k = 12'000; k < 12'800; ++k) sets[k].phase[0].voltage_count /= 2;
       },
       std::nullopt,
       0.97,
       1},
      {"load switched is no fault",
       {},
       [](Sets& sets) {
         for (std::size_t k = 12'013; k < 20'000; ++k) sets[k].phase[0].current_count /= 20;
       },
       std::nullopt,
       0.7,
       0.8},
  };
  const BoardCalibration board = board_16(1, false);
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Sets sets = sampled(balanced<1>(row.signal), board, 4);
    row.spoil(sets);
    const Outcome outcome = run<1>(board, sets);
    EXPECT_EQ(outcome.all.any(), row.fault.has_value()) << outcome.all.bits();
    if (row.fault) {
      EXPECT_TRUE(outcome.all.has(*row.fault)) << outcome.all.bits();
    }
    const double whole = static_cast<double>(row.signal.active()) * 4000;
    EXPECT_GE(static_cast<double>(outcome.import_mj), whole * row.least_share);
    EXPECT_LE(static_cast<double>(outcome.import_mj), whole * row.most_share);
    EXPECT_LE(outcome.export_mj, 1000);
  }
}

TEST(MeteringFaults, OfThreePhasesTellHowChannelsAreConnected) {
  struct Row {
    std::string name;
    std::function<void(SampleSet<3>&)> spoil;
    std::optional<Fault> fault;
  };
  const auto exchange = [](std::int32_t& a, std::int32_t& b) { std::swap(a, b); };
  const std::vector<Row> rows = {
      {"sound", [](SampleSet<3>&) {}, std::nullopt},
      {"currents 1 and 2 exchanged",
       [&](SampleSet<3>& s) { exchange(s.phase[0].current_count, s.phase[1].current_count); },
       Fault::currents_mixed},
      {"currents moved round",
       [&](SampleSet<3>& s) {
         exchange(s.phase[0].current_count, s.phase[1].current_count);
         exchange(s.phase[1].current_count, s.phase[2].current_count);
       },
       Fault::currents_mixed},
      {"one voltage on two phases",
       [](SampleSet<3>& s) { s.phase[2].voltage_count = s.phase[0].voltage_count; }, Fault::voltage_doubled},
      {"second voltage dead", [](SampleSet<3>& s) { s.phase[1].voltage_count = 0; }, Fault::voltage_dead},
      {"first voltage dead", [](SampleSet<3>& s) { s.phase[0].voltage_count = 0; }, Fault::voltage_dead},
      {"third phase missing", [](SampleSet<3>& s) { s.phase[2] = {}; }, std::nullopt},
      {"one current reversed", [](SampleSet<3>& s) { s.phase[1].current_count *= -1; }, std::nullopt},
  };
  const BoardCalibration board = board_24(3, false);
  const auto sound = sampled(balanced<3>({.lag_degrees = 15}), board, 1.5L);
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    auto sets = sound;
    for (SampleSet<3>& set : sets) row.spoil(set);
    ThreePhaseMetering metering{board, MeteringSettings{}};
    metering.feed(sets);
    const Faults& faults = metering.latest().faults;
    EXPECT_EQ(faults.any(), row.fault.has_value()) << faults.bits();
    if (row.fault) {
      EXPECT_TRUE(faults.has(*row.fault)) << faults.bits();
    }
    EXPECT_TRUE(metering.latest().is_whole) << "another phase tells the time";
  }
}

// The second phase or the neutral goes wrong after 1 s of 4: the fault is of that channel, the other phases
// count on as if nothing were, and no register runs backwards or into export.
TEST(MeteringFaults, OfOnePhaseOfThreeLeaveTheOthersAlone) {
  constexpr std::size_t wrong_from = 8000;
  struct Row {
    std::string name;
    void (*spoil)(SampleSet<3>&);
    Fault fault;
    std::size_t channel;
    double least_share;  // of the second phase's energy
    double most_share;
  };
  const std::vector<Row> rows = {
      {"current clipped",
       [](SampleSet<3>& s) {
         s.phase[1].current_count =
             std::clamp<std::int32_t>(s.phase[1].current_count * 400, -8'388'607, 8'388'607);
       },
       Fault::clipped, 3, 1, 20},  // what the converter shows is there: less than the truth, 400 times
      {"voltage clipped",
       [](SampleSet<3>& s) {
         s.phase[1].voltage_count =
             std::clamp<std::int32_t>(s.phase[1].voltage_count * 3, -8'388'607, 8'388'607);
       },
       Fault::clipped, 2, 1, 3},
      {"voltage stuck", [](SampleSet<3>& s) { s.phase[1].voltage_count = 2'000'000; }, Fault::stuck, 2, 0.2,
       0.3},
      {"current stuck", [](SampleSet<3>& s) { s.phase[1].current_count = -400'000; }, Fault::stuck, 3, 0.2,
       0.3},
      {"neutral stuck", [](SampleSet<3>& s) { s.neutral_count = 400'000; }, Fault::stuck, 6, 0.999, 1.001},
      {"channels swapped",
       [](SampleSet<3>& s) { std::swap(s.phase[1].voltage_count, s.phase[1].current_count); }, Fault::swapped,
       2, 0.9, 1.001},
      {"voltage dead", [](SampleSet<3>& s) { s.phase[1].voltage_count = 3; }, Fault::voltage_dead, 2, 0.2,
       0.3},
  };
  const BoardCalibration board = board_24(3);
  Scene<3> scene = balanced<3>({.lag_degrees = 10});
  scene.neutral = Signal{.amperes = 1};
  const auto sound = sampled(scene, board, 4);
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    auto sets = sound;
    for (std::size_t k = wrong_from; k < sets.size(); ++k) row.spoil(sets[k]);
    const auto outcome = run<3>(board, sets);
    EXPECT_TRUE(outcome.all.has(row.fault)) << outcome.all.bits();
    EXPECT_NE(outcome.all.channels() & 1 << row.channel, 0) << outcome.all.channels();
    EXPECT_LE(outcome.export_mj, 1000);
    ThreePhaseMetering metering{board, MeteringSettings{}};
    metering.feed(sets);
    metering.close_window();
    const double whole = static_cast<double>(scene.phase[0].active()) * 4000;
    for (const std::size_t phase : {0U, 1U, 2U}) {
      const auto mj =
          static_cast<double>(metering.phase_energy(phase).whole(Register::active_import).count());
      if (phase == 1) {
        EXPECT_GE(mj, whole * row.least_share);
        EXPECT_LE(mj, whole * row.most_share);
      } else {
        EXPECT_NEAR(mj, whole, whole * 1e-4) << phase;
      }
    }
  }
}

TEST(MeteringFaults, SamplesLostByAThreePhaseMeterAreNamedAndNotMadeUp) {
  const BoardCalibration board = board_24(3, false);
  auto sets = sampled(balanced<3>({}), board, 4);
  sets.erase(sets.begin() + 16'080, sets.begin() + 16'087);
  const Outcome outcome = run<3>(board, sets);
  EXPECT_TRUE(outcome.all.has(Fault::samples_lost));
  EXPECT_NEAR(static_cast<double>(outcome.import_mj), 3 * 2'300.0 * 4000, 3 * 2'300.0 * 4);

  ThreePhaseMetering metering{board, MeteringSettings{}};
  metering.feed(std::span{sets}.first(8000));
  metering.note_lost(800);
  metering.feed(std::span{sets}.subspan(8800, 1600));
  EXPECT_TRUE(metering.latest().faults.has(Fault::samples_lost));
}

TEST(MeteringFaults, AStuckNeutralIsNeverTheLargerOne) {
  const BoardCalibration board = board_24(1);
  MeteringSettings settings;
  settings.neutral_policy = NeutralPolicy::larger;
  Scene<1> scene = balanced<1>({.amperes = 2});
  scene.neutral = Signal{.amperes = 10};
  auto sets = sampled(scene, board, 3);
  for (std::size_t k = 8000; k < sets.size(); ++k) sets[k].neutral_count = 700'000;
  SinglePhaseMetering metering{board, settings};
  quantity::Energy before;
  for (std::size_t at = 0; at < sets.size(); at += 80) {
    if (metering.feed(std::span{sets}.subspan(at, 80)) == 0) continue;
    const quantity::Energy now = metering.total_energy().whole(Register::active_import);
    EXPECT_GE(now, before);
    before = now;
  }
  EXPECT_TRUE(metering.latest().faults.has(Fault::stuck));
  EXPECT_NE(metering.latest().faults.channels() & 1 << neutral_channel(1), 0);
  const auto mj = static_cast<double>(before.count());
  EXPECT_LT(mj, 2'300'000 + 2 * 460'000 + 600'000) << "the neutral for one second, the live wire for two";
  EXPECT_GT(mj, 2'300'000 * 0.8);
}

TEST(MeteringFaults, ExportOfALowPowerFactorIsNoMixUpOnceTheWiringWasSeen) {
  const BoardCalibration board = board_24(3, false);
  for (const long double shown_at : {15.0L, 172.0L}) {
    SCOPED_TRACE(static_cast<double>(shown_at));
    ThreePhaseMetering metering{board, MeteringSettings{}};
    const auto exporting = sampled(balanced<3>({.lag_degrees = 130}), board, 1);
    metering.feed(exporting);
    EXPECT_TRUE(metering.latest().faults.has(Fault::currents_mixed))
        << "nothing tells it from currents moved round";
    metering.feed(sampled(balanced<3>({.lag_degrees = shown_at}), board, 1));
    metering.feed(exporting);
    EXPECT_FALSE(metering.latest().faults.any()) << metering.latest().faults.bits();
  }
}

TEST(MeteringFaults, AMeterOfAGeneratorTakesNoExportForAMixUp) {
  const BoardCalibration board = board_24(3, false);
  MeteringSettings settings;
  settings.expects_export = true;
  for (const int lag : {95, 120, 143, 160, 180, 200, 217, 240, 265}) {
    SCOPED_TRACE(lag);
    ThreePhaseMetering metering{board, settings};
    metering.feed(sampled(balanced<3>({.lag_degrees = static_cast<long double>(lag)}), board, 1));
    EXPECT_FALSE(metering.latest().faults.any()) << metering.latest().faults.bits();
  }
}

TEST(MeteringFaults, ExchangedCurrentsOfAGeneratorAreToldFromLoadsBesideIt) {
  const BoardCalibration board = board_24(3, false);
  MeteringSettings settings;
  settings.expects_export = true;
  for (const bool is_alike : {true, false}) {
    auto sets = sampled(balanced<3>({.lag_degrees = 175}), board, 1);
    for (SampleSet<3>& set : sets) {
      std::swap(set.phase[1].current_count, set.phase[2].current_count);
      if (!is_alike) set.phase[0].current_count /= 2;
    }
    ThreePhaseMetering metering{board, settings};
    metering.feed(sets);
    EXPECT_EQ(metering.latest().faults.has(Fault::currents_mixed), is_alike);
  }
}

TEST(MeteringFaults, LostSamplesThatTheBodyKnowsOfAreNamedAndNotMadeUp) {
  const BoardCalibration board = board_24(1, false);
  SinglePhaseMetering metering{board, MeteringSettings{}};
  const auto sets = sampled(balanced<1>({}), board, 4);
  metering.feed(std::span{sets}.first(10'000));
  metering.note_lost(2000);
  metering.feed(std::span{sets}.subspan(12'000, 1600));
  EXPECT_TRUE(metering.latest().faults.has(Fault::samples_lost));
  metering.feed(std::span{sets}.subspan(13'600));
  EXPECT_FALSE(metering.latest().faults.any());
  EXPECT_TRUE(metering.latest().is_whole);
  metering.close_window();
  EXPECT_EQ(metering.latest().end_sample, 32'000U);
  EXPECT_NEAR(static_cast<double>(metering.total_energy().whole(Register::active_import).count()),
              2'300'000.0 * 30'000 / 8000, 3000);
}

TEST(MeteringFaults, ARefusedCalibrationIsShownWhileTheDesignsMeasures) {
  const BoardCalibration board = board_24(1, false);
  SinglePhaseMetering metering{board, MeteringSettings{}};
  metering.note_default_calibration();
  metering.feed(sampled(balanced<1>({}), board, 1));
  EXPECT_TRUE(metering.latest().faults.has(Fault::calibration));
  EXPECT_GT(metering.latest().phase[0].active.count(), 2'200'000);
}

TEST(HalfCycles, ShowEveryDipWithinACycle) {
  for (const long double frequency : {49.4L, 50.0L, 60.0L}) {
    SCOPED_TRACE(static_cast<double>(frequency));
    const BoardCalibration board = board_24(3, false);
    Scene<3> scene = balanced<3>({.volts = 230, .amperes = 6, .frequency_hz = frequency});
    auto sets = sampled(scene, board, 3);
    const std::size_t dip_from = 12'010;
    const std::size_t dip_to = 12'490;
    for (std::size_t k = dip_from; k < dip_to; ++k) sets[k].phase[1].voltage_count /= 2;
    ThreePhaseMetering metering{board, MeteringSettings{}};
    std::size_t count = 0;
    double lowest = 1e9;
    for (std::size_t at = 0; at < sets.size(); at += 64) {
      metering.feed(std::span{sets}.subspan(at, std::min<std::size_t>(64, sets.size() - at)));
      while (const auto half = metering.half_cycles().take()) {
        ++count;
        const double steady[] = {static_cast<double>(half->voltage[0].count()),
                                 static_cast<double>(half->voltage[2].count())};
        for (const double millivolts : steady) EXPECT_NEAR(millivolts, 230'000, 345) << at;
        EXPECT_NEAR(static_cast<double>(half->current[0].count()), 6e6, 6000) << at;
        const auto second = static_cast<double>(half->voltage[1].count());
        const auto cycle = static_cast<std::uint64_t>(8000 / frequency) + 2;
        if (half->end_sample <= dip_from || half->end_sample - cycle >= dip_to) {
          EXPECT_NEAR(second, 230'000, 345) << at;
        }
        if (half->end_sample - cycle >= dip_from && half->end_sample <= dip_to) {
          EXPECT_NEAR(second, 115'000, 400) << at;
        }
        lowest = std::min(lowest, second);
      }
    }
    EXPECT_GT(static_cast<double>(count), static_cast<double>(2.45L * frequency * 2))
        << "from the second window on";
    EXPECT_NEAR(lowest, 115'000, 400);
    EXPECT_EQ(metering.half_cycles().missed_count(), 0U);
  }
}

TEST(HalfCycles, GoOnThroughAnInterruption) {
  const BoardCalibration board = board_24(1, false);
  auto sets = sampled(balanced<1>({}), board, 3);
  for (std::size_t k = 10'000; k < 18'000; ++k) sets[k] = {};
  SinglePhaseMetering metering{board, MeteringSettings{}};
  std::uint64_t first_dark = 0;
  std::uint64_t last_dark = 0;
  std::uint64_t before = 0;
  for (std::size_t at = 0; at < sets.size(); at += 64) {
    metering.feed(std::span{sets}.subspan(at, std::min<std::size_t>(64, sets.size() - at)));
    while (const auto half = metering.half_cycles().take()) {
      if (half->voltage[0].count() < 11'500) {
        if (first_dark == 0) first_dark = half->end_sample;
        last_dark = half->end_sample;
        if (before > 10'200) {
          EXPECT_NEAR(static_cast<double>(half->end_sample - before), 80, 1);
        }
      }
      before = half->end_sample;
    }
  }
  EXPECT_NEAR(static_cast<double>(first_dark), 10'160, 81);
  EXPECT_NEAR(static_cast<double>(last_dark), 18'000, 81);
}

#if GTEST_HAS_DEATH_TEST
TEST(MeteringDeathTest, AnUncheckedCalibrationIsABug) {
  EXPECT_DEATH((SinglePhaseMetering{BoardCalibration{}, MeteringSettings{}}), "");
  EXPECT_DEATH((SinglePhaseMetering{board_24(3), MeteringSettings{}}), "") << "of another count of phases";
}
#endif

}  // namespace
}  // namespace lk::metrology
