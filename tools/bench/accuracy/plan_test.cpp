// SPDX-License-Identifier: Apache-2.0
// The tables of the standards as they are printed, and a plan that measures at every row of them.
#include "tools/bench/accuracy/plan.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "sim/reference/exact.hpp"

namespace lk::bench {
namespace {

constexpr double none = -1;  // the table has no such row

double or_none(double limit) {
  return std::isnan(limit) ? none : limit;
}

TEST(Limits, AreThoseOfTheTables) {
  struct Row {
    const char* name;
    bool is_direct;
    double times_basic;
    Factor factor;
    double class_1;
    double class_05s;
  };
  const Row rows[] = {
      {"direct, below 0.05 Ib", true, 0.04, Factor::one, none, 1.0},
      {"direct, 0.05 Ib", true, 0.05, Factor::one, 1.5, 0.5},
      {"direct, 0.1 Ib", true, 0.1, Factor::one, 1.0, 0.5},
      {"direct, Imax", true, 20, Factor::one, 1.0, 0.5},
      {"direct, 0.1 Ib inductive", true, 0.1, Factor::half_inductive, 1.5, 0.6},
      {"direct, 0.2 Ib inductive", true, 0.2, Factor::half_inductive, 1.0, 0.6},
      {"direct, 0.2 Ib capacitive", true, 0.2, Factor::capacitive_08, 1.0, 0.6},
      {"direct, 0.05 Ib capacitive", true, 0.05, Factor::capacitive_08, none, 1.0},
      {"direct, 0.2 Ib on request", true, 0.2, Factor::quarter_inductive, 3.5, 1.0},
      {"direct, 2 Ib on request", true, 2, Factor::quarter_inductive, none, 1.0},
      {"transformer, 0.01 In", false, 0.01, Factor::one, none, 1.0},
      {"transformer, 0.02 In", false, 0.02, Factor::one, 1.5, 1.0},
      {"transformer, 0.05 In", false, 0.05, Factor::one, 1.0, 0.5},
      {"transformer, 0.05 In inductive", false, 0.05, Factor::half_inductive, 1.5, 1.0},
      {"transformer, 0.1 In inductive", false, 0.1, Factor::half_inductive, 1.0, 0.6},
      {"transformer, 0.5 capacitive on request", false, 1, Factor::half_capacitive, 2.5, 1.0},
  };
  for (const Row& row : rows) {
    const Limits limits = active_limits(row.is_direct, row.times_basic, row.factor);
    EXPECT_EQ(or_none(limits.class_1), row.class_1) << row.name;
    EXPECT_EQ(or_none(limits.class_05s), row.class_05s) << row.name;
  }
  EXPECT_EQ(active_limits(true, 0.004, Factor::one).goal, 0.5) << "20 mA";
  EXPECT_EQ(active_limits(true, 0.01, Factor::one).goal, 0.1) << "50 mA";
  EXPECT_EQ(active_limits(true, 0.01, Factor::half_inductive).goal, 0.15) << "50 mA";
  EXPECT_EQ(reactive_limits(true, 0.05, 1).class_1, 2.5);
  EXPECT_EQ(reactive_limits(true, 0.1, 1).class_1, 2.0);
  EXPECT_EQ(reactive_limits(true, 0.2, 0.25).class_1, 2.5);
  EXPECT_TRUE(std::isnan(reactive_limits(true, 0.05, 0.5).class_1));
  EXPECT_EQ(single_phase_load_limits(true, 0.1, Factor::one).class_1, 2.0);
}

TEST(Plan, LoadsNoConverterToItsEnd) {
  const Plan plan = make_plan(false);
  for (const Point& point : plan.points) {
    const sim::FrontEndType& type = plan.meters[point.meter].front_end;
    const sim::Waveform waveform = sim::waveform_of(point.run.load);
    for (std::size_t phase = 0; phase < type.phase_count; ++phase) {
      long double volts = 0;
      long double amperes = 0;
      for (const sim::Line& line : waveform.lines) {
        volts += std::abs(line.peak[sim::voltage_channel(phase)]);
        amperes += std::abs(line.peak[sim::current_channel(phase)]);
      }
      // Gain and offset of the worst unit; edges of a cut wave overshoot less than the sum of their lines.
      const bool has_edges =
          point.run.load.shape == sim::Shape::phase_fired || point.run.load.shape == sim::Shape::half_wave;
      EXPECT_LT(volts * 1.013L, type.voltage_full_scale * std::sqrt(2.0))
          << point.section << ", " << point.title;
      EXPECT_LT(amperes * (has_edges ? 0.7L : 1.023L), type.current_full_scale * std::sqrt(2.0))
          << point.section << ", " << point.curve << ", " << point.title << ", " << point.x;
    }
  }
}

TEST(Plan, MeasuresReferenceConditionsBeforeEachInfluence) {
  for (const bool quick : {false, true}) {
    const Plan plan = make_plan(quick);
    std::set<std::string> influences;
    for (std::size_t k = 0; k < plan.points.size(); ++k) {
      const Point& point = plan.points[k];
      ASSERT_LT(point.meter, plan.meters.size());
      if (point.section != "influence") continue;
      influences.insert(point.curve);
      ASSERT_TRUE(point.base.has_value());
      ASSERT_LT(*point.base, k);
      const Point& base = plan.points[*point.base];
      EXPECT_EQ(base.section, "base");
      EXPECT_EQ(base.meter, point.meter);
      EXPECT_EQ(base.quantity, point.quantity);
      EXPECT_FALSE(std::isnan(point.limits.goal)) << point.curve;
    }
    EXPECT_GE(influences.size(), quick ? 8U : 18U);
  }
}

}  // namespace
}  // namespace lk::bench
