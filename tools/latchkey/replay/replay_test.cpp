// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/replay/replay.hpp"

#include <gtest/gtest.h>

#include "meter/metrology/testing/synthetic.hpp"

namespace lk::tools {
namespace {

using metrology::Sample;
using metrology::synthetic::calibration_16;
using metrology::synthetic::sampled;
using metrology::synthetic::Signal;

TEST(Replay, AveragesTheWholeRecording) {
  const Signal signal{.amperes = 5, .lag_degrees = 60, .frequency_hz = 50.2L};
  const ReplaySummary summary = replay(sampled(signal, calibration_16, 3), calibration_16);
  EXPECT_DOUBLE_EQ(summary.seconds, 3);
  EXPECT_NEAR(summary.v_rms, 230, 0.05);
  EXPECT_NEAR(summary.i_rms, 5, 0.001);
  EXPECT_NEAR(summary.p_w, 575, 0.3);
  EXPECT_NEAR(summary.q_var, 995.9, 0.3);
  EXPECT_NEAR(summary.s_va, 1150, 0.5);
  EXPECT_NEAR(summary.pf, 0.5, 0.0005);
  EXPECT_NEAR(summary.f_hz, 50.2, 0.002);
  EXPECT_NEAR(summary.energy_wh, 575.0 * 3 / 3600, 5e-4);
  EXPECT_TRUE(summary.events.empty());
}

TEST(Replay, CountsExportAsNegativeEnergy) {
  const ReplaySummary summary = replay(sampled({.lag_degrees = 180}, calibration_16, 2), calibration_16);
  EXPECT_NEAR(summary.energy_wh, -2300.0 * 2 / 3600, 2e-3);
  EXPECT_NEAR(summary.pf, -1, 1e-4);
}

TEST(Replay, NamesWhatTheVoltageDid) {
  auto samples = sampled({}, calibration_16, 6);
  const auto scale = [&samples](double from_s, double to_s, double level) {
    for (auto k = static_cast<std::size_t>(from_s * 6400); k < static_cast<std::size_t>(to_s * 6400); ++k) {
      samples[k].voltage_count = static_cast<std::int32_t>(samples[k].voltage_count * level);
    }
  };
  scale(1, 1.5, 0.7);
  scale(2.5, 3.1, 0);
  scale(4, 4.5, 1.2);
  const ReplaySummary summary = replay(samples, calibration_16);
  std::vector<std::string> names;
  for (const ReplayEvent& event : summary.events) names.push_back(event.name);
  EXPECT_EQ(names, (std::vector<std::string>{"voltage_dip", "voltage_normal", "mains_lost", "mains_found",
                                             "voltage_swell", "voltage_normal"}));
  EXPECT_NEAR(summary.events.at(0).t_s, 1, 0.25);
  EXPECT_NEAR(summary.events.at(4).t_s, 4, 0.25);
}

TEST(Replay, MeasuresARecordingWithoutMains) {
  const ReplaySummary summary = replay(std::vector<Sample>(5000, Sample{3, -2}), calibration_16);
  EXPECT_EQ(summary.f_hz, 0);
  EXPECT_EQ(summary.v_rms, 0);
  ASSERT_EQ(summary.events.size(), 1U);
  EXPECT_EQ(summary.events[0].name, "mains_lost");
  const ReplaySummary shortest = replay(std::vector<Sample>(1, Sample{1, 1}), calibration_16);
  EXPECT_EQ(shortest.p_w, 0);
}

}  // namespace
}  // namespace lk::tools
