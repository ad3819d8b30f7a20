// SPDX-License-Identifier: Apache-2.0
#include "sim/household/profile.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace lk::sim {
namespace {

std::filesystem::path written(const std::string& text) {
  const auto file = std::filesystem::path{testing::TempDir()} / "profile_test.csv";
  std::ofstream{file, std::ios::binary} << text;
  return file;
}

constexpr std::int64_t midnight_ms = 1'750'032'000'000;  // 2025-06-16 00:00 UTC

TEST(Profile, TurnsEnergyOfAnIntervalIntoPower) {
  const auto profile = read_profile(
      written("timestamp,kwh\n2012-02-10T08:00,0.5\r\n2012-02-10T08:30,\n2012-02-10T09:00,0.25\n"));
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(profile->interval_s, 1800);
  ASSERT_EQ(profile->rows.size(), 3U);
  EXPECT_DOUBLE_EQ(profile->rows[0].active_w, 1000);
  EXPECT_DOUBLE_EQ(profile->rows[1].active_w, 0);
  EXPECT_DOUBLE_EQ(profile->rows[2].active_w, 500);
}

TEST(Profile, ReplaysByTheTimeOfDayAndRepeats) {
  auto profile =
      read_profile(written("timestamp,p_kW,q_kvar,v_V,i_A\n2007-02-01T00:00:00,0.3,0.1,243,1\n"
                           "2007-02-01T00:01:00,-1.5,0,243,1\n2007-02-01T00:02:00,0.6,0,243,1\n"));
  ASSERT_TRUE(profile.has_value());
  const auto source = make_profile_source(std::move(*profile));
  const auto at = [&](std::int64_t seconds) {
    return source->at(quantity::Instant::of(midnight_ms + seconds * 1000));
  };
  EXPECT_EQ(at(0), (Demand{.resistive_w = 300, .reactive_var = 100}));
  EXPECT_EQ(at(59), (Demand{.resistive_w = 300, .reactive_var = 100}));
  EXPECT_EQ(at(60), (Demand{.sine_w = -1500}));
  EXPECT_EQ(at(179), (Demand{.resistive_w = 600}));
  EXPECT_EQ(at(180), Demand{}) << "after the last row";
  EXPECT_EQ(at(86'400 * 3 + 130), (Demand{.resistive_w = 600}));
  EXPECT_EQ(at(-86'400 + 130), (Demand{.resistive_w = 600}));
}

TEST(Profile, RefusesWithFileAndLine) {
  struct Row {
    const char* name;
    std::string text;
    std::size_t line;
    const char* part;
  };
  const std::string head = "timestamp,kwh\n2012-02-10T08:00,0.1\n";
  for (const Row& row : {
           Row{"empty", "", 0, "is empty"},
           Row{"foreign header", "time;energy\n", 1,
               "unknown header \"time;energy\"; expected \"timestamp,kwh\""},
           Row{"only a header", "timestamp,kwh\n", 0, "fewer than two rows"},
           Row{"one row", head, 0, "fewer than two rows"},
           Row{"no timestamp", head + "yesterday,0.1\n", 3,
               "\"yesterday\" is no timestamp; expected YYYY-MM-DD"},
           Row{"impossible date", head + "2012-02-30T08:30,0.1\n", 3, "is no timestamp"},
           Row{"impossible hour", head + "2012-02-10T24:30,0.1\n", 3, "is no timestamp"},
           Row{"no number", head + "2012-02-10T08:30,much\n", 3, "\"much\" is no number"},
           Row{"not finite", head + "2012-02-10T08:30,inf\n", 3, "is no number"},
           Row{"cut off", head + "2012-02-10T08:30\n", 3, "has 1 values, expected 2"},
           Row{"not rising", head + "2012-02-10T08:00,0.1\n", 3, "is not later than the row before"},
       }) {
    const auto file = written(row.text);
    const auto profile = read_profile(file);
    ASSERT_FALSE(profile.has_value()) << row.name;
    EXPECT_EQ(profile.error().line, row.line) << row.name;
    EXPECT_NE(profile.error().text().find(row.part), std::string::npos) << profile.error().text();
    EXPECT_TRUE(profile.error().text().starts_with(file.string())) << profile.error().text();
  }
}

TEST(Profile, ReadsRecordedHouseholds) {
  const char* const shared = std::getenv("LK_SHARED");
  const std::filesystem::path folder =
      (shared != nullptr ? std::filesystem::path{shared}
                         : std::filesystem::path{LK_SOURCE_DIR}.parent_path() / "shared") /
      "data/profiles";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is absent: no recorded profiles to try";
  struct Row {
    const char* name;
    std::int64_t interval_s;
  };
  for (const Row& row : {Row{"sgsc_halfhour_hh01.csv", 1800}, Row{"sgsc_halfhour_hh06.csv", 1800},
                         Row{"uci_minute_2007-02-01_02.csv", 60}}) {
    const auto profile = read_profile(folder / row.name);
    ASSERT_TRUE(profile.has_value()) << profile.error().text();
    EXPECT_EQ(profile->interval_s, row.interval_s);
    EXPECT_GT(profile->rows.size(), 1000U);
  }
}

}  // namespace
}  // namespace lk::sim
