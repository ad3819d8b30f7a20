// SPDX-License-Identifier: Apache-2.0
// The procedure against units whose errors are known because they were drawn.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tools/latchkey/calibrate/procedure.hpp"
#include "tools/latchkey/calibrate/simulated_bench.hpp"

namespace lk::tools {
namespace {

constexpr BenchPlan short_plan{.amperes = {5, 0.25, 60}, .seconds = 1.5};

std::vector<LoadPoint> points_of(const sim::FrontEndUnit& unit) {
  const auto points = measure(unit, short_plan);
  EXPECT_TRUE(points.has_value());
  return points.value_or(std::vector<LoadPoint>{});
}

TEST(Calibrate, FindsWhatTheUnitHasWrong) {
  for (const unsigned phases : {1U, 3U}) {
    sim::FrontEndType type = sim::direct_type();
    type.phase_count = phases;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", phases " + std::to_string(phases));
      const sim::FrontEndUnit unit = sim::draw_unit(type, seed);
      const auto board = calibrate(design_of(type), points_of(unit));
      ASSERT_TRUE(board.has_value()) << board.error();
      EXPECT_NEAR(board->clock_ppb / 1e3, unit.clock_ppm, 0.2);
      for (std::size_t phase = 0; phase < phases; ++phase) {
        const sim::ChannelUnit& volts = unit.channels[sim::voltage_channel(phase)];
        const sim::ChannelUnit& amps = unit.channels[sim::current_channel(phase)];
        const auto& u = board->voltage[phase];
        const auto& i = board->current[phase];
        const auto gain = [&](const sim::ChannelUnit& channel, bool is_voltage, double amperes) {
          return sim::response(channel, is_voltage, 50, amperes, type.ct_curve_knee,
                               sim::reference_temperature_c);
        };
        EXPECT_NEAR(static_cast<double>(u.microcounts_per_volt) / 1e6 / sim::nominal_counts_per_volt(type) /
                        static_cast<double>(std::abs(gain(volts, true, 0))),
                    1, 5e-6);
        EXPECT_NEAR(u.offset_q8 / 256.0, volts.offset * 8'388'608, 5);
        EXPECT_NEAR(u.noise_q8 / 256.0, sim::voltage_noise(type) * sim::nominal_counts_per_volt(type), 5);
        EXPECT_NEAR(i.noise_q8 / 256.0, sim::current_noise(type) * sim::nominal_counts_per_ampere(type), 5);
        ASSERT_EQ(i.curve_count, 4);
        const double amperes[] = {0.25, std::sqrt(0.25 * 5), 5,
                                  60};  // the second lies between two load points
        for (std::size_t k = 0; k < 4; ++k) {
          const sim::Phasor ratio = gain(amps, false, amperes[k]) / gain(volts, true, 0);
          const double counts =
              static_cast<double>(i.microcounts_per_ampere) / 1e6 * (1 + i.curve[k].gain_ppm * 1e-6);
          EXPECT_EQ(i.curve[k].milliamperes, std::lround(amperes[k] * 1000));
          EXPECT_NEAR(counts / sim::nominal_counts_per_ampere(type) /
                          static_cast<double>(std::abs(gain(amps, false, amperes[k]))),
                      1, 4e-4 / amperes[k])
              << amperes[k];
          EXPECT_NEAR(i.curve[k].lead_microdegrees / 1e6,
                      static_cast<double>(std::arg(ratio)) * 180 / std::numbers::pi, 0.02)
              << amperes[k];
        }
      }
    }
  }
}

TEST(Calibrate, OnePointIsEnoughForABoardWithoutACurve) {
  const sim::FrontEndType type = sim::direct_type();
  auto points = points_of(sim::draw_unit(type, 4));
  points.resize(1);
  const auto board = calibrate(design_of(type), points);
  ASSERT_TRUE(board.has_value()) << board.error();
  EXPECT_EQ(board->current[0].curve_count, 1);
  EXPECT_EQ(board->current[0].curve[0].gain_ppm, 0);
}

// A half-wave load's direct part belongs to its current where the sensor sees it.
TEST(Calibrate, AShuntOfThePhaseSeesDirectCurrentAndTheNeutralsTransformerDoesNot) {
  const sim::FrontEndType type = sim::direct_type();
  Design design = design_of(type);
  const auto points = points_of(sim::draw_unit(type, 4));
  EXPECT_FALSE(calibrate(design, points)->current[0].sees_direct_current);
  design.has_shunts = true;
  const auto board = calibrate(design, points);
  ASSERT_TRUE(board.has_value()) << board.error();
  EXPECT_TRUE(board->current[0].sees_direct_current);
  EXPECT_NE(board->current[0].offset_q8, 0);
  EXPECT_FALSE(board->neutral.sees_direct_current);
}

TEST(Calibrate, RefusesABoardThatDoesNotFitItsDesign) {
  const sim::FrontEndType type = sim::direct_type();
  const auto good = points_of(sim::draw_unit(type, 5));
  struct Row {
    const char* name;
    void (*spoil)(Design&, std::vector<LoadPoint>&);
    const char* says;
  };
  const Row rows[] = {
      {"no points", [](Design&, std::vector<LoadPoint>& points) { points.clear(); },
       "one to three load points"},
      {"four points", [](Design&, std::vector<LoadPoint>& points) { points.resize(4, points[0]); },
       "one to three load points"},
      {"two phases", [](Design& design, std::vector<LoadPoint>&) { design.phase_count = 2; },
       "one nor three phases"},
      {"no gain", [](Design& design, std::vector<LoadPoint>&) { design.counts_per_volt = 0; },
       "counts_per_volt"},
      {"wrong sensor", [](Design& design, std::vector<LoadPoint>&) { design.counts_per_ampere *= 2; },
       "I1 is -5"},
      {"sensor turned round",
       [](Design&, std::vector<LoadPoint>& points) { points[0].measured.channels[1].angle_degrees += 180; },
       "turned round"},
      {"wrong phase",
       [](Design&, std::vector<LoadPoint>& points) { points[1].measured.channels[1].angle_degrees += 60; },
       "voltage of another phase"},
      {"clipped", [](Design& design, std::vector<LoadPoint>&) { design.full_scale_count = 4'000'000; },
       "clipped"},
      {"clock", [](Design&, std::vector<LoadPoint>& points) { points[0].measured.frequency_hz *= 1.002; },
       "ppm off"},
      {"the same current twice", [](Design&, std::vector<LoadPoint>& points) { points[1] = points[0]; },
       "the same current"},
      {"no reference", [](Design&, std::vector<LoadPoint>& points) { points[0].reference.voltage_v[0] = 0; },
       "U1 has no reference"},
      {"no current",
       [](Design&, std::vector<LoadPoint>& points) {
         for (LoadPoint& point : points) point.reference.current_a[0] = 0;
       },
       "I1 has no current"},
  };
  for (const Row& row : rows) {
    Design design = design_of(type);
    auto points = good;
    row.spoil(design, points);
    const auto board = calibrate(design, points);
    ASSERT_FALSE(board.has_value()) << row.name;
    EXPECT_NE(board.error().find(row.says), std::string::npos) << row.name << ": " << board.error();
  }
}

TEST(Capture, SaysWhatIsMissing) {
  const std::vector<sim::Counts> silent(8000);
  const auto nothing = analyse(silent, 8000, 50);
  ASSERT_FALSE(nothing.has_value());
  EXPECT_NE(nothing.error().find("is it connected"), std::string::npos);
  const auto too_short = analyse(std::span{silent}.first(100), 8000, 50);
  ASSERT_FALSE(too_short.has_value());
  EXPECT_NE(too_short.error().find("less than a second"), std::string::npos);
}

}  // namespace
}  // namespace lk::tools
