// SPDX-License-Identifier: Apache-2.0
#include "tariff/local_time.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "tariff/testing/sets.hpp"

namespace lk::tariff {
namespace {

using quantity::Instant;

std::int64_t utc_ms(int year, int month, int day, int hour, int minute) {
  using namespace std::chrono;
  const sys_days date{std::chrono::year{year} / month / day};
  return duration_cast<milliseconds>(date.time_since_epoch()).count() + (hour * 60 + minute) * ms_per_minute;
}

// Every day of the range, against the calendar of the standard library.
TEST(LocalTime, CountsDaysAsTheStandardLibraryDoes) {
  using namespace std::chrono;
  for (std::int32_t days = -1'000; days < 50'000; ++days) {
    const year_month_day expected{sys_days{std::chrono::days{days}}};
    const Date date = date_of(days);
    ASSERT_EQ(date.year, static_cast<int>(expected.year())) << days;
    ASSERT_EQ(date.month, static_cast<unsigned>(expected.month())) << days;
    ASSERT_EQ(date.day, static_cast<unsigned>(expected.day())) << days;
    ASSERT_EQ(days_of(date), days);
    ASSERT_EQ(weekday_of(days), weekday{sys_days{std::chrono::days{days}}}.iso_encoding() - 1) << days;
  }
}

TEST(LocalTime, KnowsWhichDatesExist) {
  EXPECT_TRUE(is_date(2024, 2, 29));
  EXPECT_FALSE(is_date(2025, 2, 29));
  EXPECT_FALSE(is_date(2100, 2, 29));
  EXPECT_TRUE(is_date(2000, 2, 29));
  EXPECT_FALSE(is_date(2025, 4, 31));
  EXPECT_FALSE(is_date(2025, 0, 1));
  EXPECT_FALSE(is_date(2025, 13, 1));
  EXPECT_FALSE(is_date(2025, 1, 0));
}

struct Row {
  const char* name;
  Zone zone;
  std::int64_t at_ms;
  int offset_minutes;
  std::int64_t until_ms;  // 0: not looked at
};

// The instants of change are those of the tz database.
TEST(LocalTime, ChangesWhereTheTzDatabaseDoes) {
  constexpr Zone new_york{-300, 60, {3, 2, 6, 120}, {11, 1, 6, 120}};
  constexpr Zone lord_howe{630, 30, {10, 1, 6, 120}, {4, 1, 6, 120}};
  constexpr Zone nuuk{-120, 60, {3, 5, 6, -60}, {10, 5, 6, 0}};         // M3.5.0/-1, M10.5.0/0
  constexpr Zone santiago{-240, 60, {9, 1, 5, 1440}, {4, 1, 5, 1440}};  // Saturday 24:00
  constexpr Zone kolkata{330, 0, {}, {}};
  const Row rows[] = {
      {"Kolkata", kolkata, utc_ms(2026, 7, 1, 0, 0), 330, 0},
      {"Berlin before summer", test::berlin, utc_ms(2026, 3, 29, 0, 59), 60, utc_ms(2026, 3, 29, 1, 0)},
      {"Berlin in summer", test::berlin, utc_ms(2026, 3, 29, 1, 0), 120, utc_ms(2026, 10, 25, 1, 0)},
      {"Berlin after summer", test::berlin, utc_ms(2026, 10, 25, 1, 0), 60, utc_ms(2027, 3, 28, 1, 0)},
      {"Berlin on New Year", test::berlin, utc_ms(2026, 12, 31, 23, 30), 60, utc_ms(2027, 3, 28, 1, 0)},
      {"Sydney in January", test::sydney, utc_ms(2026, 1, 1, 0, 0), 660, utc_ms(2026, 4, 4, 16, 0)},
      {"Sydney in July", test::sydney, utc_ms(2026, 7, 1, 0, 0), 600, utc_ms(2026, 10, 3, 16, 0)},
      {"New York in March", new_york, utc_ms(2026, 3, 8, 6, 59), -300, utc_ms(2026, 3, 8, 7, 0)},
      {"New York in summer", new_york, utc_ms(2026, 3, 8, 7, 0), -240, utc_ms(2026, 11, 1, 6, 0)},
      {"Lord Howe in January", lord_howe, utc_ms(2026, 1, 1, 0, 0), 660, utc_ms(2026, 4, 4, 15, 0)},
      {"Nuuk on the day before the last Sunday", nuuk, utc_ms(2026, 3, 29, 0, 59), -120,
       utc_ms(2026, 3, 29, 1, 0)},
      {"Nuuk in summer", nuuk, utc_ms(2026, 3, 29, 1, 0), -60, utc_ms(2026, 10, 25, 1, 0)},
      {"Santiago in January", santiago, utc_ms(2026, 1, 1, 0, 0), -180, utc_ms(2026, 4, 5, 3, 0)},
      {"Santiago in July", santiago, utc_ms(2026, 7, 1, 0, 0), -240, utc_ms(2026, 9, 6, 4, 0)},
  };
  for (const Row& row : rows) {
    const ZoneSpan span = zone_at(row.zone, Instant::of(row.at_ms));
    EXPECT_EQ(span.offset_ms, row.offset_minutes * ms_per_minute) << row.name;
    if (row.until_ms != 0) {
      EXPECT_EQ(span.until.unix_ms(), row.until_ms) << row.name;
    }
  }
}

TEST(LocalTime, TellsTheWallClock) {
  const WallTime summer = wall_time(test::berlin, Instant::of(utc_ms(2026, 6, 30, 22, 15)));
  EXPECT_EQ(summer, (WallTime{days_of({2026, 7, 1}), 15 * 60'000}));
  const WallTime before_1970 = wall_time(Zone{-60, 0, {}, {}}, Instant{});
  EXPECT_EQ(before_1970, (WallTime{-1, 23 * 3'600'000}));
}

}  // namespace
}  // namespace lk::tariff
