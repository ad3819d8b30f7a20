// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/slow_change.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace lk::guard {
namespace {

constexpr double volts = 230;
constexpr std::int64_t least_mw = 80'000;

double angle_of(std::size_t point) {
  return 2 * std::numbers::pi * (static_cast<double>(point) + 0.5) / point_count;
}

Wave wave_of(double amplitude, double lag) {
  Wave wave{};
  for (std::size_t k = 0; k < point_count; ++k)
    wave[k] = static_cast<std::int16_t>(std::lround(amplitude * std::sin(angle_of(k) - lag)));
  return wave;
}

const Wave mains = wave_of(volts * std::numbers::sqrt2 / 0.02, 0);

// A resistor of so many watts beside a drive, which lags by a sixteenth of a cycle.
Wave current_of(double resistor_watts, double drive_watts) {
  const double lag = std::numbers::pi / 8;
  const Wave resistor = wave_of(resistor_watts / volts * std::numbers::sqrt2 / 0.005, 0);
  const Wave drive = wave_of(drive_watts / std::cos(lag) / volts * std::numbers::sqrt2 / 0.005, lag);
  Wave sum;
  for (std::size_t k = 0; k < point_count; ++k) sum[k] = static_cast<std::int16_t>(resistor[k] + drive[k]);
  return sum;
}

Change change_of(const Wave& before, const Wave& after) {
  Change change;
  for (std::size_t k = 0; k < point_count; ++k) change[k] = 4 * (after[k] - before[k]);
  return change;
}

std::optional<SlowChange::Found> take(SlowChange& slow, double resistor_watts, double drive_watts) {
  const Wave current = current_of(resistor_watts, drive_watts);
  return slow.take({.current = current,
                    .voltage = mains,
                    .level_e4 = 10'000,
                    .power_mw = std::llround((resistor_watts + drive_watts) * 1000)},
                   least_mw);
}

// What comes to 600 W within so many calls (of 80 ms); whether it is found within 20 s more.
bool is_found(int rise_calls) {
  SlowChange slow;
  for (int call = 0; call < 200; ++call) EXPECT_FALSE(take(slow, 0, 300)) << call;
  for (int call = 0; call < rise_calls + 250; ++call) {
    if (take(slow, 600 * std::min(1.0, static_cast<double>(call + 1) / rise_calls), 300)) return true;
  }
  return false;
}

TEST(SlowChange, FindsAResistorThatIsTurnedUp) {
  EXPECT_TRUE(is_found(25)) << "in 2 s";
  EXPECT_TRUE(is_found(250)) << "in 20 s";
}

// A fan heater's motor lags; what leaves harmonics is a supply.
TEST(SlowChange, FindsAResistorBesideASmallMotor) {
  const double tangent = std::tan(std::numbers::pi / 8);
  const auto is_found_with = [&](double lagging_var, double fifth_share) {
    SlowChange slow;
    const Wave none{};
    for (int call = 0; call < 700; ++call) {
      const double watts = std::clamp(10.0 * (call - 200), 0.0, 1200.0);
      Wave current = watts > 0 ? current_of(watts, watts * lagging_var / tangent) : none;
      for (std::size_t k = 0; k < point_count; ++k)
        current[k] = static_cast<std::int16_t>(
            current[k] + std::lround(watts * fifth_share * 1.23 * std::sin(5 * angle_of(k))));
      const auto found = slow.take(
          {.current = current, .voltage = mains, .level_e4 = 10'000, .power_mw = std::llround(watts * 1200)},
          least_mw);
      if (found) return true;
    }
    return false;
  };
  EXPECT_TRUE(is_found_with(0.03, 0));
  EXPECT_FALSE(is_found_with(0.03, 0.03)) << "with a fifth harmonic";
  EXPECT_FALSE(is_found_with(0.08, 0)) << "a motor too large";
}

// What is told can only be what is there: two drives' ghosts may add up to more.
TEST(SlowChange, DoesNotFindMoreThanFlows) {
  SlowChange slow;
  for (int call = 0; call < 200; ++call) EXPECT_FALSE(take(slow, 0, 300)) << call;
  for (int call = 0; call < 400; ++call) {
    const Wave current = current_of(std::min(600, 6 * call), 300);
    const auto found =
        slow.take({.current = current, .voltage = mains, .level_e4 = 10'000, .power_mw = 100'000}, least_mw);
    EXPECT_FALSE(found) << call;
  }
}

TEST(SlowChange, LeavesToTheEdgesWhatComesAtOnce) {
  EXPECT_FALSE(is_found(1)) << "in 0.08 s";
  EXPECT_FALSE(is_found(4)) << "in 0.3 s";
}

// A drive ramps up unseen and goes off at once: it must not be missing from what was before it came.
TEST(SlowChange, IsNotDeceivedByADriveThatCameSlowlyAndGoesAtOnce) {
  SlowChange slow;
  for (int call = 0; call < 200; ++call) EXPECT_FALSE(take(slow, 0, 300)) << call;
  for (int call = 0; call < 100; ++call) EXPECT_FALSE(take(slow, 0, 300 + 8 * call)) << call;
  for (int call = 0; call < 60; ++call) EXPECT_FALSE(take(slow, 0, 1100)) << call;
  const Wave before = current_of(0, 1100);
  for (int call = 0; call < 500; ++call) {
    EXPECT_FALSE(take(slow, 0, 300)) << call;
    if (call == 1) slow.note_edge(before, change_of(before, current_of(0, 300)), mains);
  }
  // And what is turned up meanwhile is found as ever.
  bool found = false;
  for (int call = 0; call < 300 && !found; ++call)
    found = take(slow, std::min(600, 6 * call), 300).has_value();
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace lk::guard
