// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/metrology.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "meter/metrology/testing/synthetic.hpp"

namespace lk::metrology {
namespace {

using synthetic::calibration_16;
using synthetic::calibration_24;
using synthetic::sampled;
using synthetic::Signal;

Calibration at_rate(Calibration calibration, std::uint32_t rate_hz) {
  calibration.rate_hz = rate_hz;
  return calibration;
}

// All windows of a signal, one by one.
std::vector<Measurement> windows_of(Metrology& metrology, std::span<const Sample> samples) {
  std::vector<Measurement> windows;
  for (const Sample& sample : samples) {
    if (metrology.feed({&sample, 1}) > 0) windows.push_back(metrology.latest());
  }
  return windows;
}

struct Row {
  std::string name;
  Signal signal;
  Calibration calibration = calibration_16;
  long double limit_percent = 0.02L;  // of V and I; of P and Q: of the apparent power
};

// Each window from the second on must be right by itself.
void expect_right(const Row& row) {
  SCOPED_TRACE(row.name + " at " + std::to_string(row.calibration.rate_hz) + " Hz");
  const Signal& signal = row.signal;
  Metrology metrology{row.calibration};
  const auto windows = windows_of(metrology, sampled(signal, row.calibration, 1.5L));
  ASSERT_GE(windows.size(), 5U);
  const long double apparent = signal.voltage_rms() * signal.current_rms();
  for (std::size_t index = 1; index < windows.size(); ++index) {
    SCOPED_TRACE("window " + std::to_string(index));
    const Measurement& window = windows[index];
    const auto percent = [](long double measured, long double right, long double of) {
      return static_cast<double>(100 * std::fabs(measured - right) / of);
    };
    const auto limit = static_cast<double>(row.limit_percent);
    EXPECT_LT(percent(static_cast<long double>(window.voltage.count()) / 1e3L, signal.voltage_rms(),
                      signal.voltage_rms()),
              limit);
    EXPECT_LT(percent(static_cast<long double>(window.current.count()) / 1e6L, signal.current_rms(),
                      signal.current_rms()),
              limit);
    EXPECT_LT(percent(static_cast<long double>(window.active.count()) / 1e3L, signal.active(), apparent),
              limit);
    EXPECT_LT(percent(static_cast<long double>(window.reactive.count()) / 1e3L, signal.reactive(), apparent),
              limit);
    EXPECT_NEAR(static_cast<double>(window.frequency.count()),
                static_cast<double>(signal.frequency_hz * 1000), 5);
    EXPECT_NEAR(window.power_factor_e4, static_cast<double>(10'000 * signal.active() / apparent), 3);
    EXPECT_NEAR(static_cast<double>(window.window_samples),
                static_cast<double>((signal.frequency_hz > 55 ? 12 : 10) * row.calibration.rate_hz /
                                    signal.frequency_hz),
                1.0);
  }
}

TEST(Metrology, IsRightFromTheSecondWindowOnAtEveryRateAndFrequency) {
  for (const std::uint32_t rate : {4000U, 6400U, 8000U, 16'000U}) {
    for (const long double frequency : {45.0L, 49.0L, 49.97L, 50.0L, 50.5L, 55.3L, 60.0L, 65.0L}) {
      Row row{"plain sine", {}, at_rate(calibration_24, rate), 0.002L};
      row.signal.frequency_hz = frequency;
      row.signal.lag_degrees = 60;
      expect_right(row);
    }
  }
}

TEST(Metrology, IsRightForSignalsOfEveryKind) {
  const std::vector<Row> rows = {
      {"unity", {.lag_degrees = 0}},
      {"0.5 inductive", {.lag_degrees = 60}},
      {"0.8 capacitive", {.lag_degrees = -36.87L}},
      {"0.25 inductive", {.lag_degrees = 75.522L}},
      {"purely reactive", {.lag_degrees = 90}},
      {"export at unity", {.lag_degrees = 180}},
      {"export, capacitive", {.lag_degrees = 120}},
      {"low voltage", {.volts = 46}},
      {"high voltage", {.volts = 300}},
      {"large current", {.amperes = 70, .lag_degrees = 30}},
      {"small current, 16 bit", {.amperes = 0.25L}, calibration_16, 0.1L},
      {"small current, 24 bit", {.amperes = 0.02L}, calibration_24},
      {"large current, 24 bit", {.amperes = 100, .lag_degrees = 60}, calibration_24, 0.002L},
      {"fifth harmonic, 10 % and 40 %", {.harmonics = {{5, 0.1L, 0.4L, 0.5L}}}},
      {"odd harmonics",
       {.lag_degrees = 20, .harmonics = {{3, 0.05L, 0.6L, 3}, {5, 0.03L, 0.4L, 1}, {7, 0.02L, 0.3L, 2}}}},
      {"even harmonic of the current", {.harmonics = {{2, 0, 0.42L, 1}}}},
      {"twenty-first harmonic", {.harmonics = {{21, 0.01L, 0.1L, 0.1L}}}, at_rate(calibration_16, 16'000)},
      {"direct voltage", {.lag_degrees = 60, .voltage_dc = 5}},
      {"direct current", {.lag_degrees = 60, .current_dc = 4}},
      {"direct voltage and current", {.lag_degrees = 60, .voltage_dc = -20, .current_dc = 8}},
      {"burst: one cycle on, one off", {.cycles_on = 1, .cycles_off = 1}, calibration_16, 0.05L},
      {"burst: two on, two off, frequency off",
       {.frequency_hz = 49.3L, .cycles_on = 3, .cycles_off = 2},
       calibration_16,
       0.05L},
  };
  for (const Row& row : rows) expect_right(row);
}

// The direct part of a half wave is left out of the current (docs/design/metrology.md) but not out of the
// power.
TEST(Metrology, MeasuresTheWholePowerOfAHalfWave) {
  auto samples = sampled({.amperes = 8, .frequency_hz = 50.3L}, calibration_24, 2);
  for (Sample& sample : samples) sample.current_count = std::max<std::int32_t>(sample.current_count, 0);
  Metrology metrology{calibration_24};
  const auto windows = windows_of(metrology, samples);
  ASSERT_GE(windows.size(), 5U);
  for (std::size_t index = 1; index < windows.size(); ++index) {
    EXPECT_NEAR(static_cast<double>(windows[index].active.count()), 230'000.0 * 8 / 2, 100);
    EXPECT_NEAR(static_cast<double>(windows[index].reactive.count()), 0, 200);
    const double alternating =
        8 * std::numbers::sqrt2 * std::sqrt(0.25 - 1 / (std::numbers::pi * std::numbers::pi));
    EXPECT_NEAR(static_cast<double>(windows[index].current.count()) / 1e6, alternating, 0.002);
  }
}

TEST(Metrology, FollowsAFrequencyThatRunsAway) {
  // From 48 to 52 Hz in two seconds.
  std::vector<Sample> samples;
  for (int k = 0; k < 12'800; ++k) {
    const long double t = k / 6400.0L;
    const long double angle = synthetic::two_pi * (48 * t + t * t);
    const long double lag = synthetic::two_pi / 6;
    samples.push_back(
        {static_cast<std::int32_t>(std::lround(230 * 12'000 * std::numbers::sqrt2 * std::sin(angle))),
         static_cast<std::int32_t>(std::lround(10 * 50'000 * std::numbers::sqrt2 * std::sin(angle - lag)))});
  }
  Metrology metrology{calibration_24};
  const auto windows = windows_of(metrology, samples);
  ASSERT_GE(windows.size(), 9U);
  for (std::size_t index = 1; index < windows.size(); ++index) {
    SCOPED_TRACE(index);
    EXPECT_NEAR(static_cast<double>(windows[index].active.count()), 1'150'000, 1150 * 2);
    EXPECT_NEAR(static_cast<double>(windows[index].reactive.count()), 1'991'858, 1992 * 2);
    EXPECT_GT(windows[index].frequency.count(), windows[index - 1].frequency.count());
  }
}

TEST(Metrology, IsNotFooledByNotchesAndNoise) {
  auto samples =
      sampled({.lag_degrees = 30, .harmonics = {{3, 0.1L, 0, 0}, {5, 0.12L, 0, 0}, {11, 0.06L, 0, 0}}},
              calibration_16, 4);
  std::uint64_t state = 88172645463325252U;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    samples[k].voltage_count += static_cast<std::int32_t>(state % 1601) - 800;  // 6.6 V RMS of white noise
    if (k % 64 < 3) samples[k].voltage_count = 0;  // notches, also near the crossings
  }
  Metrology metrology{calibration_16};
  const auto windows = windows_of(metrology, samples);
  ASSERT_GE(windows.size(), 18U);
  for (std::size_t index = 1; index < windows.size(); ++index) {
    EXPECT_NEAR(static_cast<double>(windows[index].frequency.count()), 50'000, 30) << index;
    EXPECT_NEAR(static_cast<double>(windows[index].window_samples), 1280, 1) << index;
  }
}

TEST(Metrology, TakesTheFrequencyOfItsOwnClock) {
  Metrology metrology{calibration_24};
  const auto windows = windows_of(metrology, sampled({.lag_degrees = 60}, calibration_24, 1, 100));
  for (std::size_t index = 1; index < windows.size(); ++index) {
    EXPECT_NEAR(static_cast<double>(windows[index].frequency.count()), 49'995, 1);
    EXPECT_NEAR(static_cast<double>(windows[index].active.count()), 1'150'000, 30);
  }
}

struct Totals {
  std::int64_t import_mj = 0;
  std::int64_t export_mj = 0;
  void take(Metrology& metrology) {
    const EnergyDelta delta = metrology.take_energy();
    import_mj += delta.import_active.count();
    export_mj += delta.export_active.count();
  }
};

TEST(Metrology, CountsTheEnergyOfEverySampleOnce) {
  for (const long double frequency : {45.0L, 49.3L, 50.0L, 61.7L}) {
    SCOPED_TRACE(static_cast<double>(frequency));
    Signal signal{.lag_degrees = 60, .frequency_hz = frequency, .voltage_dc = 0, .current_dc = 2};
    const auto samples = sampled(signal, calibration_24, 20);
    Metrology metrology{calibration_24};
    metrology.feed(samples);
    metrology.close_window();
    Totals totals;
    totals.take(metrology);
    // What the counts themselves say, sample by sample.
    long double reference = 0;
    for (const Sample& sample : samples) {
      reference += static_cast<long double>(sample.voltage_count) * sample.current_count;
    }
    reference /= 12'000.0L * 50'000.0L * 6400 / 1000;
    EXPECT_NEAR(static_cast<double>(static_cast<long double>(totals.import_mj) / reference), 1.0, 1e-6);
    EXPECT_NEAR(static_cast<double>(static_cast<long double>(totals.import_mj) / (signal.active() * 20'000)),
                1.0, 1e-6);
    EXPECT_EQ(totals.export_mj, 0);
  }
}

TEST(Metrology, GivesTheSameBitsForAnyBlockSize) {
  Signal signal{
      .lag_degrees = 50, .frequency_hz = 50.3L, .harmonics = {{3, 0.05L, 0.4L, 1}}, .voltage_dc = 3};
  auto samples = sampled(signal, calibration_16, 3);
  for (std::size_t k = 9000; k < 12'000; ++k) samples[k].voltage_count = 0;
  struct Outcome {
    std::vector<std::int64_t> figures;
    Totals totals;
  };
  const auto run = [&samples](std::size_t block_size) {
    Outcome outcome;
    Metrology metrology{calibration_16};
    std::uint32_t windows = 0;
    for (std::size_t at = 0; at < samples.size(); at += block_size) {
      windows += metrology.feed(std::span{samples}.subspan(at, std::min(block_size, samples.size() - at)));
    }
    metrology.close_window();
    outcome.totals.take(metrology);
    const Measurement& last = metrology.latest();
    outcome.figures = {windows,
                       last.voltage.count(),
                       last.current.count(),
                       last.active.count(),
                       last.reactive.count(),
                       last.frequency.count(),
                       last.window_samples};
    return outcome;
  };
  const Outcome whole = run(samples.size());
  for (const std::size_t block_size : {1U, 2U, 7U, 64U, 640U, 1279U, 6400U}) {
    const Outcome other = run(block_size);
    EXPECT_EQ(other.figures, whole.figures) << block_size;
    EXPECT_EQ(other.totals.import_mj, whole.totals.import_mj) << block_size;
    EXPECT_EQ(other.totals.export_mj, whole.totals.export_mj) << block_size;
  }
}

TEST(Metrology, KeepsImportAndExportApart) {
  Metrology metrology{calibration_16};
  Totals totals;
  metrology.feed(sampled({.amperes = 10}, calibration_16, 5));
  metrology.feed(sampled({.amperes = 4, .lag_degrees = 180}, calibration_16, 10));
  metrology.close_window();
  totals.take(metrology);
  EXPECT_NEAR(static_cast<double>(totals.import_mj), 11'500'000, 500'000)
      << "the window across the change is netted";
  EXPECT_NEAR(static_cast<double>(totals.export_mj), 9'200'000, 500'000);
  EXPECT_NEAR(static_cast<double>(totals.import_mj - totals.export_mj), 2'300'000, 2000);
}

TEST(Metrology, MeasuresInFallbackWindowsWithoutMains) {
  Metrology metrology{calibration_16};
  const std::vector<Sample> nothing(6400, Sample{12, -3});
  const auto windows = windows_of(metrology, nothing);
  ASSERT_EQ(windows.size(), 5U);
  for (const Measurement& window : windows) {
    EXPECT_EQ(window.window_samples, 1280U);
    EXPECT_EQ(window.frequency.count(), 0);
    EXPECT_EQ(window.voltage.count(), 0) << "a direct voltage is offset";
    EXPECT_EQ(window.active.count(), 0);
    EXPECT_EQ(window.power_factor_e4, 0);
  }
  EXPECT_EQ(metrology.take_energy().import_active.count(), 0);
}

TEST(Metrology, LosesNoEnergyWhenTheMainsGoesAndComesBack) {
  Signal signal{.lag_degrees = 0};
  auto samples = sampled(signal, calibration_16, 6);
  // 37 cycles and a bit are missing, then 3 cycles, then half a cycle.
  for (std::size_t k = 10'050; k < 14'800; ++k) samples[k] = {};
  for (std::size_t k = 20'000; k < 20'384; ++k) samples[k] = {};
  for (std::size_t k = 30'000; k < 30'064; ++k) samples[k] = {};
  Metrology metrology{calibration_16};
  const auto windows = windows_of(metrology, samples);
  metrology.close_window();
  long double reference = 0;
  for (const Sample& sample : samples) {
    reference += static_cast<long double>(sample.voltage_count) * sample.current_count;
  }
  reference /= 70.0L * 300 * 6400 / 1000;
  EXPECT_NEAR(static_cast<double>(static_cast<long double>(metrology.take_energy().import_active.count()) /
                                  reference),
              1.0, 5e-4);
  std::size_t lost = 0;
  for (const Measurement& window : windows) lost += window.frequency.count() == 0 ? 1U : 0U;
  EXPECT_GE(lost, 3U);
  EXPECT_EQ(windows.back().frequency.count(), 50'000) << "locked again";
}

TEST(Metrology, FindsTheMainsOnAnOffsetLargerThanItsAmplitude) {
  Signal signal{.volts = 30, .voltage_dc = 100};
  Metrology metrology{calibration_16};
  const auto windows = windows_of(metrology, sampled(signal, calibration_16, 2));
  ASSERT_GE(windows.size(), 4U);
  EXPECT_NEAR(static_cast<double>(windows.back().voltage.count()), 30'000, 15);
  EXPECT_NEAR(static_cast<double>(windows.back().frequency.count()), 50'000, 5);
}

TEST(Metrology, DoesNotCreepBelowTheStartingCurrent) {
  Calibration calibration = calibration_24;
  calibration.starting_current = quantity::Current::of(20'000);
  struct Case {
    const char* name;
    long double amperes;
    long double lag_degrees;
    bool shows_current;
    bool counts;
  };
  for (const Case& row :
       {Case{"no load", 0, 0, false, false}, Case{"noise", 0.011L, 0, false, false},
        Case{"just starting", 0.0125L, 0, true, true}, Case{"at the starting current", 0.02L, 0, true, true},
        Case{"less power than at the start", 0.02L, 75, true, false},
        Case{"reactive, with the power of the start", 0.1L, 78, true, true}}) {
    SCOPED_TRACE(row.name);
    Metrology metrology{calibration};
    metrology.feed(sampled({.amperes = row.amperes, .lag_degrees = row.lag_degrees}, calibration, 10));
    EXPECT_EQ(metrology.latest().current.count() > 0, row.shows_current);
    EXPECT_EQ(metrology.take_energy().import_active.count() > 0, row.counts);
  }
}

TEST(Metrology, SaturatesCountsBeyondTheConverter) {
  constexpr std::int32_t most = 2'147'483'647;
  Metrology metrology{at_rate(calibration_24, 16'000)};
  std::vector<Sample> samples;
  for (int k = 0; k < 64'000; ++k) {
    const bool is_high = (k / 160) % 2 == 0;
    samples.push_back(is_high ? Sample{most, most} : Sample{-most - 1, -most - 1});
  }
  metrology.feed(samples);
  EXPECT_NEAR(static_cast<double>(metrology.latest().voltage.count()), 8'388'607 / 12.0, 400);
  EXPECT_EQ(metrology.latest().frequency.count(), 50'000);
}

TEST(Metrology, CarriesWhatIsBelowOneMillijoule) {
  // 0.7 mW for 1 000 s, taken out once a window: every single delta is below 1 mJ.
  Metrology metrology{calibration_24};
  const auto second = sampled({.volts = 230, .amperes = 3e-6L * 5, .frequency_hz = 50}, calibration_24, 1);
  long double reference = 0;
  for (const Sample& sample : second) {
    reference += static_cast<long double>(sample.voltage_count) * sample.current_count;
  }
  reference *= 100 / (12'000.0L * 50'000.0L * 6400 / 1000);
  Totals totals;
  for (int k = 0; k < 100; ++k) {
    metrology.feed(second);
    totals.take(metrology);
  }
  metrology.close_window();
  totals.take(metrology);
  EXPECT_NEAR(static_cast<double>(totals.import_mj), static_cast<double>(reference), 2);
  EXPECT_GT(totals.import_mj, 100);
}

#if GTEST_HAS_DEATH_TEST
TEST(MetrologyDeathTest, AnUncheckedCalibrationIsABug) {
  EXPECT_DEATH(Metrology{Calibration{}}, "");
  EXPECT_DEATH((Metrology{at_rate(calibration_16, 3999)}), "");
  EXPECT_DEATH((Metrology{at_rate(calibration_16, 16'001)}), "");
}
#endif

}  // namespace
}  // namespace lk::metrology
