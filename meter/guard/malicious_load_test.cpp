// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/malicious_load.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#include "meter/guard/guard.hpp"

namespace lk::guard {
namespace {

constexpr double two_pi = 2 * std::numbers::pi;
constexpr double volts = 230;

double sine(double turn) {
  return std::sin(two_pi * turn);
}

// Amperes at a place of the cycle (0 to 1), for one watt.
double resistor(double turn) {
  return std::numbers::sqrt2 * sine(turn) / volts;
}
double motor(double turn) {
  return std::numbers::sqrt2 * sine(turn - 0.1) / volts / std::cos(two_pi * 0.1);
}
double half_wave(double turn) {
  return turn < 0.5 ? 2 * resistor(turn) : 0;
}
double cut_at_90(double turn) {
  return std::fmod(turn * 2, 1) > 0.5 ? 2 * resistor(turn) : 0;
}
double beside_capacitor(double turn) {
  return resistor(turn) + 0.6 * resistor(turn + 0.25);
}
double corrected(double turn) {
  return resistor(turn) + 0.05 * resistor(3 * turn) + 0.08 * resistor(turn + 0.25);
}
double pulses(double turn) {
  return std::abs(sine(turn)) > 0.9 ? std::copysign(1.0, sine(turn)) / 110 : 0;
}

constexpr double place_of(std::size_t point) {
  return (static_cast<double>(point) + 0.5) / point_count;
}

struct Part {
  Part(double (*wave)(double), double size, int from, int until = 1'000'000, int ramp = 1)
      : watts(size), from_cycle(from), until_cycle(until), ramp_cycles(ramp) {
    for (std::size_t k = 0; k < point_count; ++k) amperes[k] = wave(place_of(k)) * size;
  }
  std::array<double, point_count> amperes{};
  double watts;
  int from_cycle;
  int until_cycle;
  int ramp_cycles;
};

CycleWave cycle_of(const std::vector<Part>& parts, int cycle, double level = 1) {
  static const std::array<double, point_count> mains = [] {
    std::array<double, point_count> wave{};
    for (std::size_t k = 0; k < point_count; ++k)
      wave[k] = volts * std::numbers::sqrt2 * sine(place_of(k)) / 0.02;
    return wave;
  }();
  CycleWave out;
  for (std::size_t k = 0; k < point_count; ++k) {
    double amperes = 0;
    for (const Part& part : parts) {
      if (cycle < part.from_cycle || cycle >= part.until_cycle) continue;
      const double share = std::min(1.0, static_cast<double>(cycle - part.from_cycle + 1) / part.ramp_cycles);
      amperes += part.amperes[k] * share;
    }
    out.voltage[k] = static_cast<std::int16_t>(std::lround(level * mains[k]));
    out.current[k] = static_cast<std::int16_t>(std::lround(level * amperes / 0.005));
  }
  return out;
}

std::vector<Finding> findings_of(const std::vector<Part>& parts, int cycles, int* found_at = nullptr) {
  MaliciousLoad detector{{.least = quantity::Power::of(80'000)}};
  std::vector<Finding> findings;
  for (int cycle = 0; cycle < cycles; ++cycle) {
    if (const auto finding = detector.take(cycle_of(parts, cycle))) {
      findings.push_back(*finding);
      if (found_at != nullptr) *found_at = cycle;
    }
  }
  return findings;
}

const Part background_motor{motor, 400, 0};
const Part background_supply{pulses, 300, 0};

TEST(MaliciousLoad, TellsWhatWasSwitchedOnAmongOtherLoads) {
  struct Row {
    const char* name;
    Part part;
    LoadKind kind;
  };
  for (const Row& row : {
           Row{"kettle", {resistor, 1500, 200}, LoadKind::resistive},
           Row{"soldering iron", {resistor, 100, 200}, LoadKind::resistive},
           Row{"series diode", {half_wave, 600, 200}, LoadKind::half_wave},
           Row{"dimmer", {cut_at_90, 600, 200}, LoadKind::phase_cut},
           Row{"capacitor beside", {beside_capacitor, 600, 200}, LoadKind::with_capacitor},
           Row{"variac in 10 s", {resistor, 1000, 200, 1'000'000, 500}, LoadKind::slow_rise},
       }) {
    int found_at = 0;
    const auto findings = findings_of({background_motor, background_supply, row.part}, 1200, &found_at);
    ASSERT_GE(findings.size(), 1U) << row.name;
    EXPECT_EQ(findings[0].kind, row.kind) << row.name;
    if (row.kind == LoadKind::slow_rise) continue;
    EXPECT_EQ(findings.size(), 1U) << row.name << ": told once";
    EXPECT_NEAR(static_cast<double>(findings[0].power.count()) / 1000, row.part.watts, row.part.watts * 0.03)
        << row.name;
    EXPECT_LE(found_at, 250) << row.name << ": within a second";
    EXPECT_GE(found_at, 230) << row.name << ": after it stayed";
  }
}

TEST(MaliciousLoad, LeavesOtherLoadsInPeace) {
  struct Row {
    const char* name;
    Part part;
  };
  for (const Row& row : {
           Row{"motor", {motor, 800, 200}},
           Row{"supply without correction", {pulses, 300, 200}},
           Row{"supply with correction", {corrected, 500, 200, 1'000'000, 5}},
           Row{"drive that ramps up", {corrected, 1500, 200, 1'000'000, 1000}},
           Row{"less than is looked for", {resistor, 60, 200}},
           Row{"for a moment only", {resistor, 1500, 200, 218}},
           Row{"generator", {resistor, -1500, 200}},
       }) {
    EXPECT_TRUE(findings_of({background_motor, background_supply, row.part}, 1500).empty()) << row.name;
  }
}

// What comes or goes within the second until it is told is another load's where it looks like one.
TEST(MaliciousLoad, TellsWhatWasSwitchedOnThoughOtherLoadsChangeSoonAfter) {
  const Part heater{resistor, 120, 200};
  const Part background_computer{corrected, 500, 0};
  struct Row {
    const char* name;
    Part part;
  };
  for (const Row& row : {
           Row{"a drum that begins to turn", {cut_at_90, 400, 212, 1'000'000, 20}},
           Row{"a fridge", {motor, 150, 220}},
           Row{"a computer that works more", {corrected, 200, 212, 1'000'000, 10}},
           Row{"a computer that works less", {corrected, -125, 212, 1'000'000, 10}},
       }) {
    const auto findings = findings_of({background_motor, background_computer, heater, row.part}, 260);
    ASSERT_EQ(findings.size(), 1U) << row.name;
    EXPECT_EQ(findings[0].kind, LoadKind::resistive) << row.name;
    EXPECT_NEAR(static_cast<double>(findings[0].power.count()) / 1000, 120, 10) << row.name;
  }
}

TEST(MaliciousLoad, TakesARestThatStaysForTheLoadsOwn) {
  // A motor that came and went shortly before explains another's rest at its edge; but then it should go.
  const Part earlier{motor, 60, 150, 175};
  EXPECT_TRUE(findings_of({earlier, {resistor, 200, 205}, {motor, 45, 205}}, 600).empty());
}

TEST(MaliciousLoad, AddsUpStepsThatAreEachTooSmall) {
  std::vector<Part> parts = {background_motor};
  for (int step = 0; step < 6; ++step) parts.push_back({resistor, 60, 200 + step * 75});
  const auto findings = findings_of(parts, 800);
  ASSERT_GE(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, LoadKind::in_steps);
}

TEST(MaliciousLoad, IsNotDeceivedByAChangeOfTheVoltage) {
  MaliciousLoad detector{{.least = quantity::Power::of(80'000)}};
  const std::vector<Part> parts = {{resistor, 2000, 0}, background_motor};
  for (int cycle = 0; cycle < 1000; ++cycle) {
    const double level = cycle < 300 ? 1 : cycle < 600 ? 1.04 : 0.97;
    EXPECT_FALSE(detector.take(cycle_of(parts, cycle, level))) << cycle;
  }
}

TEST(MaliciousLoad, ForgetsOverADisturbance) {
  MaliciousLoad detector{{.least = quantity::Power::of(80'000)}};
  const std::vector<Part> parts = {{resistor, 1000, 205}};  // comes back with the voltage
  for (int cycle = 0; cycle < 600; ++cycle) {
    const double level = cycle >= 200 && cycle < 210 ? 0.3 : 1;
    EXPECT_FALSE(detector.take(cycle_of(parts, cycle, level))) << cycle;
  }
}

TEST(CycleSampler, MakesTheSameCycleOfAnySamplingRateAndFrequency) {
  for (const std::uint32_t rate : {4000U, 16'000U}) {
    for (const double frequency : {45.3, 54.9}) {
      metrology::Calibration calibration;
      calibration.rate_hz = rate;
      calibration.voltage_microcounts_per_volt = 70'000'000;
      calibration.current_microcounts_per_ampere = 300'000'000;
      CycleSampler sampler{calibration};
      std::vector<metrology::Sample> samples;
      for (std::uint32_t n = 0; n < rate; ++n) {
        const double turn = frequency * n / rate;
        samples.push_back({static_cast<std::int32_t>(std::lround(325.27 * 70 * sine(turn))),
                           static_cast<std::int32_t>(std::lround(14.142 * 300 * sine(turn)))});
      }
      std::span<const metrology::Sample> rest = samples;
      int cycles = 0;
      while (!rest.empty()) {
        const auto result = sampler.feed(rest.first(std::min<std::size_t>(rest.size(), 37)));
        rest = rest.subspan(result.consumed_count);
        if (result.event != CycleSampler::Event::cycle || ++cycles < 5) continue;
        double volt_squares = 0;
        double products = 0;
        for (std::size_t k = 0; k < point_count; ++k) {
          const double v = sampler.wave().voltage[k] * 0.02;
          volt_squares += v * v / point_count;
          products += v * sampler.wave().current[k] * 0.005 / point_count;
        }
        // The mean over a point is 0.16 % less than its middle.
        EXPECT_NEAR(std::sqrt(volt_squares), 230, 230 * 0.003) << rate << " " << frequency;
        EXPECT_NEAR(products, 2300, 2300 * 0.006) << rate << " " << frequency;
      }
      EXPECT_GE(cycles, static_cast<int>(frequency) - 3) << rate << " " << frequency;
    }
  }
}

TEST(CycleSampler, TellsThatTheMainsIsGone) {
  metrology::Calibration calibration;
  calibration.rate_hz = 8000;
  calibration.voltage_microcounts_per_volt = 70'000'000;
  calibration.current_microcounts_per_ampere = 300'000'000;
  CycleSampler sampler{calibration};
  int gone = 0;
  for (int n = 0; n < 16'000; ++n) {
    const double level = n < 8000 ? 1 : 0;
    const metrology::Sample sample{static_cast<std::int32_t>(level * 22'000 * sine(50.0 * n / 8000)), 0};
    gone += sampler.feed({&sample, 1}).event == CycleSampler::Event::no_mains ? 1 : 0;
  }
  EXPECT_EQ(gone, 1);
}

// A processor's load behind a correction of 16 ms from cycle 200 on, as pure a wave as there is.
CycleWave with_processor(CycleWave wave, int cycle, double watts) {
  for (std::size_t k = 0; k < point_count; ++k) {
    const double ms = (cycle - 200 + place_of(k)) * 20;
    if (ms < 0) continue;
    wave.current[k] = static_cast<std::int16_t>(
        wave.current[k] + std::lround(watts * resistor(place_of(k)) * (1 - std::exp(-ms / 16)) / 0.005));
  }
  return wave;
}

// Only how it comes tells.
TEST(MaliciousLoad, LeavesAPureSupplyInPeaceThatComesThroughItsCorrection) {
  MaliciousLoad detector{{.least = quantity::Power::of(80'000)}};
  for (int cycle = 0; cycle < 600; ++cycle)
    EXPECT_FALSE(detector.take(with_processor(cycle_of({background_motor}, cycle), cycle, 400))) << cycle;
}

// Together they take much at first, and less from cycle to cycle, as a lamp; but not from the first on.
TEST(MaliciousLoad, IsNotDeceivedByALoadThatGoesAsAnotherComes) {
  MaliciousLoad detector{{.least = quantity::Power::of(80'000)}};
  const Part fan{motor, 100, 0, 204};
  for (int cycle = 0; cycle < 260; ++cycle)
    EXPECT_FALSE(detector.take(with_processor(cycle_of({background_motor, fan}, cycle), cycle, 190)))
        << cycle;
}

TEST(CycleSampler, BeginsAnewWhereTheMainsJumps) {
  metrology::Calibration calibration;
  calibration.rate_hz = 8000;
  calibration.voltage_microcounts_per_volt = 70'000'000;
  calibration.current_microcounts_per_ampere = 300'000'000;
  CycleSampler sampler{calibration};
  int cycles = 0;
  int breaks = 0;
  for (int n = 0; n < 8000; ++n) {
    const double turn = 50.0 * n / 8000 + (n < 4000 ? 0 : 0.25);
    const metrology::Sample sample{static_cast<std::int32_t>(std::lround(325 * 70 * sine(turn))), 0};
    const auto result = sampler.feed(std::span{&sample, 1});
    if (result.event == CycleSampler::Event::cycle) ++cycles;
    if (result.event == CycleSampler::Event::no_mains) ++breaks;
  }
  EXPECT_EQ(breaks, 1);
  EXPECT_GE(cycles, 42);
}

TEST(MaliciousLoad, FitsTheMemoryOfAMeter) {
  EXPECT_LE(sizeof(CycleSampler), 256U);
  EXPECT_LE(sizeof(MaliciousLoad), 3840U);
  EXPECT_LE(sizeof(Guard), 2688U);
}

}  // namespace
}  // namespace lk::guard
