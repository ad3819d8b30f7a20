// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/guard/guard_replay.hpp"

#include <gtest/gtest.h>

#include "meter/metrology/testing/synthetic.hpp"

namespace lk::tools {
namespace {

using metrology::synthetic::calibration_16;
using metrology::synthetic::sampled;

GuardFile parsed(std::string_view text) {
  auto file = parse_guard_file(text);
  EXPECT_TRUE(file.has_value()) << (file ? "" : file.error());
  return file.value_or(GuardFile{});
}

TEST(GuardFile, SetsWhatItNamesAndLeavesTheRest) {
  const GuardFile file = parsed(R"(
    nominal_voltage = 220
    start_time = "23:30"
    start_on_holiday = true
    [malicious_load]
    action = "alarm"
    bands_w = [[100, 500], [800, 3000]]
    allowed_w = [[190, 210]]
    step_power_factor = 0.997
    workday = ["22:00-07:00", "12:00-24:00"]
    restore_delay_s = 600
    restores_per_day = 5
    [condition.voltage_dip]
    threshold = 0.85
    hysteresis = 0.01
    [condition.overload]
    action = "trip"
    threshold = 5000
    delay_s = 2.5
    [restore.overload]
    restores_per_day = 1
  )");
  EXPECT_EQ(file.settings.nominal.count(), 220'000);
  EXPECT_EQ(file.start.minute, 23 * 60 + 30);
  EXPECT_TRUE(file.start.is_holiday);
  EXPECT_EQ(file.settings.load.action, guard::Action::alarm);
  EXPECT_EQ(file.settings.load.watched.count, 2);
  EXPECT_EQ(file.settings.load.watched.items[1].most.count(), 3'000'000);
  EXPECT_EQ(file.settings.load.allowed.items[0].least.count(), 190'000);
  EXPECT_EQ(file.settings.step_power_factor_e4, 9970);
  EXPECT_EQ(file.settings.load.workday.items[1].to, 1440);
  EXPECT_EQ(file.settings.restore[3].delay_s, 600U);
  const auto& overload = file.settings.conditions[static_cast<std::size_t>(guard::ConditionId::overload)];
  EXPECT_EQ(overload.action, guard::Action::trip);
  EXPECT_EQ(overload.threshold, 5'000'000);
  EXPECT_EQ(overload.delay_ms, 2500U);
  const auto& dip = file.settings.conditions[static_cast<std::size_t>(guard::ConditionId::voltage_dip)];
  EXPECT_EQ(dip.threshold, 8500);
  EXPECT_EQ(file.settings.restore[1].restores_per_day, 1);
}

TEST(GuardFile, SaysWhatIsWrong) {
  struct Row {
    const char* text;
    const char* message;
  };
  for (const Row& row : {
           Row{"nominal_voltage = 20", "nominal_voltage: expected a number from 50 to 500"},
           Row{"nominal = 20", "nominal: there is no such key"},
           Row{"nominal_voltage = ", "line 1: "},
           Row{"malicious_load = 1", "malicious_load: expected a table"},
           Row{"[malicious_load]\naction = \"shout\"", "malicious_load.action: expected \"off\""},
           Row{"[malicious_load]\nbands_w = [[20, 100]]", "malicious_load.bands_w: expected at most 6 pairs"},
           Row{"[malicious_load]\nbands_w = [[200, 100]]", "malicious_load.bands_w: expected"},
           Row{"[malicious_load]\nbands_w = [[1,2,3]]", "malicious_load.bands_w: expected"},
           Row{"[malicious_load]\nworkday = [\"22-7\"]",
               "malicious_load.workday: expected at most 8 periods"},
           Row{"[malicious_load]\nworkday = [\"24:00-07:00\"]", "malicious_load.workday: expected"},
           Row{"[malicious_load]\nstep_power_factor = 1.0",
               "malicious_load.step_power_factor: expected a number"},
           Row{"[condition.voltage_dipp]", "condition.voltage_dipp: there is no such key"},
           Row{"[condition.voltage_dip]\nthreshold = 0.01",
               "condition.voltage_dip.threshold: expected a number"},
           Row{"[condition.meter_cover]\nthreshold = 1",
               "condition.meter_cover.threshold: there is no such key"},
           Row{"[restore.moon]", "restore.moon: there is no such key"},
       }) {
    const auto file = parse_guard_file(row.text);
    ASSERT_FALSE(file.has_value()) << row.text;
    EXPECT_TRUE(file.error().starts_with(row.message)) << file.error();
  }
}

TEST(GuardReplay, FindsAHeaterTripsAndNamesADip) {
  const metrology::synthetic::Signal background{.amperes = 2, .lag_degrees = 40};
  const metrology::synthetic::Signal heater{.amperes = 5};
  auto samples = sampled(background, calibration_16, 6);
  const auto added = sampled(heater, calibration_16, 6);
  for (std::size_t k = 2 * 6400; k < samples.size(); ++k) samples[k].current_count += added[k].current_count;
  for (std::size_t k = 4 * 6400; k < 4 * 6400 + 640; ++k)
    samples[k].voltage_count = samples[k].voltage_count * 6 / 10;
  const GuardFile file = parsed("[malicious_load]\naction = \"trip\"\nrestore_delay_s = 1");
  const auto events = replay_guard(samples, calibration_16, file);
  std::vector<std::string> names;
  for (const GuardEvent& event : events) names.push_back(event.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"malicious_load", "trip", "restore", "voltage_dip", "voltage_dip"}));
  ASSERT_GE(events.size(), 5U);
  EXPECT_NEAR(events[0].t_s, 2.8, 0.1);
  EXPECT_NE(events[0].detail.find("\"kind\": \"resistive\", \"power_w\": 1150"), std::string::npos)
      << events[0].detail;
  EXPECT_EQ(events[1].detail, "{\"reason\": \"malicious_load\"}");
  EXPECT_NEAR(events[3].t_s, 4.0, 0.03);
  EXPECT_NE(events[4].detail.find("\"extreme\": 0.59"), std::string::npos) << events[4].detail;
}

TEST(GuardReplay, IsSilentWhereNothingHappens) {
  const auto samples = sampled({.amperes = 3, .lag_degrees = 30}, calibration_16, 4);
  EXPECT_TRUE(replay_guard(samples, calibration_16, parsed("[malicious_load]\naction = \"trip\"")).empty());
  EXPECT_TRUE(replay_guard({}, calibration_16, GuardFile{}).empty());
}

}  // namespace
}  // namespace lk::tools
