// SPDX-License-Identifier: Apache-2.0
#include "sts/tid.hpp"

#include <gtest/gtest.h>

#include "sts/tid_store.hpp"

namespace lk::sts {
namespace {

using quantity::Instant;

constexpr Instant minute(std::int64_t unix_minutes) {
  return Instant::of(unix_minutes * 60'000);
}
constexpr std::int64_t start_2014 = 23'142'240;

struct Case {
  const char* name;
  BaseDate base;
  std::int64_t unix_s;
  std::uint32_t tid;
};

constexpr Case cases[] = {
    {"1996-03-25 13:55 (example of the standard)", BaseDate::y1993, 827'762'100, 0x19EB23},
    {"2016-12-11 15:49", BaseDate::y1993, 1'481'471'340, 0xC02A55},
    {"2014-03-01 13:00 (CTSA01.1)", BaseDate::y2014, 1'393'678'800, 85'740},
    {"the base date itself", BaseDate::y2035, 2'051'222'400, 0},
    {"00:01 is issued as 00:02", BaseDate::y2035, 2'051'222'460, 2},
    {"00:02 is 00:02", BaseDate::y2035, 2'051'222'520, 2},
    {"a second before the next minute", BaseDate::y2035, 2'051'222'579, 2},
    {"00:01 of another day", BaseDate::y2014, 1'393'632'060, 84'962},
    {"the last one: 2024-11-24 20:15", BaseDate::y1993, 1'732'479'300, 0xFFFFFF},
    {"the last one: 2045-11-24 20:15", BaseDate::y2014, 2'395'167'300, 0xFFFFFF},
};

TEST(Tid, IsTheMinutesSinceTheBaseDate) {
  for (const Case& c : cases) {
    const auto tid = tid_at(c.base, Instant::of(c.unix_s * 1000));
    ASSERT_TRUE(tid.has_value()) << c.name;
    EXPECT_EQ(*tid, c.tid) << c.name;
  }
}

TEST(Tid, RefusesTimesOutsideItsYears) {
  EXPECT_EQ(tid_at(BaseDate::y2014, Instant::of(start_2014 * 60'000 - 1)).error(),
            TidError::before_base_date);
  EXPECT_EQ(tid_at(BaseDate::y1993, Instant::of(1'732'479'360'000)).error(), TidError::exhausted);
}

TEST(Tid, SeveralInOneMinuteGetTheNextFreeOnes) {
  const auto after = [](std::uint32_t last, std::int64_t at) {
    return tid_after(last, BaseDate::y2014, minute(start_2014 + at));
  };
  EXPECT_EQ(*after(2, 3), 3U);
  EXPECT_EQ(*after(3, 3), 4U);
  EXPECT_EQ(*after(4, 3), 5U);
  EXPECT_EQ(*after(5, 3), 6U) << "a clock that stands still or goes back gives no identifier twice";
  EXPECT_EQ(*after(1440, 1440), 1442U) << "the next free one is never 00:01";
  EXPECT_EQ(after(tid_max, 3).error(), TidError::exhausted);
}

TEST(Tid, StandsForItsTime) {
  EXPECT_EQ(instant_of(BaseDate::y2014, 85'740).unix_s(), 1'393'678'800);
  EXPECT_EQ(base_date(2014), BaseDate::y2014);
  EXPECT_EQ(year_of(BaseDate::y2035), 2035U);
  EXPECT_FALSE(base_date(2000).has_value());
}

TEST(Tid, ExpiresByItsUpperBits) {
  EXPECT_FALSE(is_expired(0xFF'FFFF, 255)) << "KEN 255 never expires";
  EXPECT_FALSE(is_expired(0xAA'FFFF, 0xAA));
  EXPECT_TRUE(is_expired(0xAB'0000, 0xAA));
}

TEST(TidStore, TellsUsedOldAndFresh) {
  using enum TidStore::Standing;
  TidStore store;
  EXPECT_EQ(store.judge(0), fresh) << "nothing is used or old in a new store";
  for (std::uint32_t i = 0; i < TidStore::capacity; ++i) store.accept(1000 + 10 * i);
  EXPECT_EQ(store.entries().size(), 50U);
  EXPECT_EQ(store.judge(1000), used);
  EXPECT_EQ(store.judge(1490), used);
  EXPECT_EQ(store.judge(1005), fresh) << "late, but newer than the oldest known";
  EXPECT_EQ(store.judge(999), old);

  store.accept(1005);
  EXPECT_EQ(store.entries().size(), 50U);
  EXPECT_EQ(store.judge(1000), old) << "forgotten, but not accepted again";
  EXPECT_EQ(store.judge(1005), used);
  store.accept(5000);
  EXPECT_EQ(store.judge(1005), old);
  EXPECT_EQ(store.judge(1010), used);
  EXPECT_EQ(store.entries().back(), 5000U);

  store.clear();
  EXPECT_EQ(store.judge(1010), fresh);
}

TEST(TidStore, NoIdentifierIsEverAcceptedTwice) {
  std::uint32_t walk = 20'140'301;  // seed
  TidStore store;
  std::array<bool, 4096> accepted{};
  for (int i = 0; i < 20'000; ++i) {
    walk = walk * 1'664'525U + 1'013'904'223U;
    const std::uint32_t tid = walk >> 20U;
    if (store.judge(tid) != TidStore::Standing::fresh) continue;
    ASSERT_FALSE(accepted[tid]) << "step " << i;
    accepted[tid] = true;
    store.accept(tid);
    ASSERT_TRUE(std::ranges::is_sorted(store.entries()));
  }
}

TEST(TidStore, ComesBackFromItsEntries) {
  TidStore store;
  for (const std::uint32_t tid : {30U, 10U, 20U}) store.accept(tid);
  const auto back = TidStore::from_entries(store.entries());
  ASSERT_TRUE(back.has_value());
  EXPECT_TRUE(std::ranges::equal(back->entries(), std::array{10U, 20U, 30U}));
  EXPECT_TRUE(TidStore::from_entries({}).has_value());
  EXPECT_FALSE(TidStore::from_entries(std::array<std::uint32_t, 2>{10, 10}).has_value()) << "twice";
  EXPECT_FALSE(TidStore::from_entries(std::array<std::uint32_t, 2>{20, 10}).has_value()) << "falling";
  EXPECT_FALSE(TidStore::from_entries(std::array<std::uint32_t, 1>{0x100'0000}).has_value()) << "25 bits";
  EXPECT_FALSE(TidStore::from_entries(std::array<std::uint32_t, 51>{}).has_value()) << "51 entries";
}

}  // namespace
}  // namespace lk::sts
