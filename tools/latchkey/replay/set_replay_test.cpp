// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/replay/set_replay.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "meter/metrology/testing/scene.hpp"

namespace lk::tools {
namespace {

using metrology::synthetic::balanced;
using metrology::synthetic::board_16;
using metrology::synthetic::board_24;
using metrology::synthetic::sampled;
using metrology::synthetic::Scene;
using metrology::synthetic::Signal;
using Json = nlohmann::json;

template <std::size_t n>
std::vector<std::int32_t> interleaved(const std::vector<metrology::SampleSet<n>>& sets,
                                      const Layout& layout) {
  std::vector<std::int32_t> counts;
  for (const auto& set : sets) {
    for (const auto& [voltage, current] : set.phase) {
      counts.push_back(layout.is_voltage_first ? voltage : current);
      counts.push_back(layout.is_voltage_first ? current : voltage);
    }
    if (layout.has_neutral) counts.push_back(set.neutral_count);
  }
  return counts;
}

TEST(SetReplay, OfOnePhaseSaysWhatThePlainReplaySays) {
  const Layout layout;
  const auto board = board_16(1, false, 6400);
  const auto sets =
      sampled(balanced<1>({.amperes = 5, .lag_degrees = 60, .harmonics = {{3, 0.02L, 0.3L, 0}}}), board, 3);
  const SetReplay plain = replay_sets(interleaved(sets, layout), layout, board, false);
  const SetReplay full = replay_sets(interleaved(sets, layout), layout, board, true);
  EXPECT_TRUE(plain.windows.empty());
  EXPECT_EQ(plain.total.p_w, full.total.p_w);
  EXPECT_NEAR(full.total.p_w, 575 + 230 * 5 * 0.006, 0.2);
  const Json summary = Json::parse(json_line(full, layout));
  EXPECT_EQ(summary["quadrant"], 1);
  EXPECT_NEAR(summary["i_thd_percent"].get<double>(), 30, 0.1);
  EXPECT_NEAR(summary["i_harmonics"][2]["rms"].get<double>(), 1.5, 0.003);
  EXPECT_EQ(summary["i_harmonics"][2]["order"], 3);
  EXPECT_FALSE(Json::parse(json_line(plain, layout)).contains("quadrant"));
  ASSERT_GE(full.windows.size(), 14U);
  const Json window = Json::parse(json_line(full.windows[5], layout));
  EXPECT_TRUE(window["whole"]);
  EXPECT_NEAR(window["t_s"].get<double>(), 0.2 * 4.5, 0.25);
  EXPECT_NEAR(window["phases"][0]["v_harmonics"][2]["percent"].get<double>(), 2, 0.02);
  EXPECT_TRUE(window["faults"].empty());
}

TEST(SetReplay, TakesThreePhasesWithNeutralInEitherOrder) {
  Scene<3> scene;
  scene.phase = {Signal{.volts = 225, .amperes = 4}, Signal{.amperes = 8, .lag_degrees = 90},
                 Signal{.volts = 235, .amperes = 2, .lag_degrees = 180}};
  scene.neutral = Signal{.amperes = 3};
  const auto board = board_24(3);
  const auto sets = sampled(scene, board, 2);
  for (const bool is_voltage_first : {false, true}) {
    const Layout layout{3, true, is_voltage_first};
    const SetReplay replay = replay_sets(interleaved(sets, layout), layout, board, true);
    const Json summary = Json::parse(json_line(replay, layout));
    EXPECT_NEAR(summary["p_w"].get<double>(), 900 - 470, 0.1);
    EXPECT_NEAR(summary["q_var"].get<double>(), 1840, 0.1);
    EXPECT_NEAR(summary["energy_wh"].get<double>(), 430 * 2 / 3600.0, 1e-4);
    EXPECT_NEAR(summary["phases"][1]["i_rms"].get<double>(), 8, 0.001);
    EXPECT_EQ(summary["phases"][2]["quadrant"].get<int>() / 2, 1) << "export";
    EXPECT_NEAR(summary["i_n_rms"].get<double>(), 3, 0.001);
    const Json window = Json::parse(json_line(replay.windows[4], layout));
    EXPECT_EQ(window["sequence"], "forward");
    EXPECT_NEAR(window["phases"][1]["v_angle_deg"].get<double>(), 240, 0.01);
    EXPECT_NEAR(window["phases"][1]["i_lag_deg"].get<double>(), 90, 0.01);
    EXPECT_NEAR(window["neutral"]["i_rms"].get<double>(), 3, 0.001);
  }
}

TEST(SetReplay, TellsInWhichPhaseTheVoltageDipped) {
  const auto board = board_16(3, false);
  auto sets = sampled(balanced<3>({}), board, 3);
  for (std::size_t k = 8000; k < 13'000; ++k) sets[k].phase[1].voltage_count /= 2;
  const Layout layout{3, false, false};
  const Json summary =
      Json::parse(json_line(replay_sets(interleaved(sets, layout), layout, board, false), layout));
  ASSERT_EQ(summary["events"].size(), 2U);
  EXPECT_EQ(summary["events"][0]["name"], "voltage_dip");
  EXPECT_EQ(summary["events"][0]["phase"], 2);
}

}  // namespace
}  // namespace lk::tools
