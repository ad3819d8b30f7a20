// SPDX-License-Identifier: Apache-2.0
#include "meter/records/profile.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "bytes/bytes.hpp"

namespace lk::records {
namespace {

using quantity::Current;
using quantity::Energy;
using quantity::Frequency;
using quantity::Money;
using quantity::Power;
using quantity::Voltage;

constexpr ProfileRules rules{15, {Channel::import_energy, Channel::voltage_mean, Channel::power_highest}};
constexpr std::uint32_t quarter = 900;

struct Entry {
  std::uint32_t time_s;
  unsigned marks;
  std::vector<std::uint32_t> values;
};

Entry read(std::span<const std::byte> bytes) {
  bytes::Reader reader{bytes};
  Entry entry;
  entry.time_s = reader.little<std::uint32_t>();
  entry.marks = reader.byte();
  EXPECT_EQ(reader.byte(), 15);
  const std::size_t count = reader.byte();
  (void)reader.byte();
  for (std::size_t i = 0; i < count; ++i) entry.values.push_back(reader.little<std::uint32_t>());
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.left(), 0U);
  return entry;
}

Entry close(Profile& profile, std::uint32_t now_s, Energy import = {}, bool is_wrong = false) {
  std::array<std::byte, profile_max_bytes> room{};
  EXPECT_TRUE(profile.is_due(now_s, rules));
  return read(profile.close(now_s, {import, {}, {}}, rules, is_wrong, room));
}

TEST(Profile, AnEntryAtTheEndOfEachInterval) {
  Profile profile;
  profile.start(1000 * quarter, 999 * quarter, rules);
  EXPECT_FALSE(profile.is_due(1001 * quarter - 1, rules));
  (void)close(profile, 1001 * quarter);
  profile.observe({Voltage::of(229'000), Current::of(1), Power::of(100'000), 9'000, Frequency::of(50'000)});
  profile.observe({Voltage::of(231'001), Current::of(1), Power::of(300'000), 9'000, Frequency::of(50'000)});
  const Entry entry = close(profile, 1002 * quarter + 3, quantity::wh(1234));
  EXPECT_EQ(entry.time_s, 1002 * quarter);
  EXPECT_EQ(entry.marks, 0U);
  EXPECT_EQ(entry.values, (std::vector<std::uint32_t>{12'340, 230'000, 3'000}));
}

TEST(Profile, EightChannelsAndAnyIntervalFromOneMinuteToAnHour) {
  for (const std::uint8_t minutes : std::to_array<std::uint8_t>({1, 5, 10, 15, 30, 60})) {
    const ProfileRules all{
        minutes,
        {Channel::import_energy, Channel::export_energy, Channel::voltage_mean, Channel::voltage_lowest,
         Channel::voltage_highest, Channel::current_mean, Channel::power_highest, Channel::balance}};
    EXPECT_EQ(all.channel_count(), channel_max);
    Profile profile;
    const std::uint32_t length_s = minutes * 60U;
    profile.start(1000 * length_s, 1000 * length_s, all);
    std::uint32_t count = 0;
    for (std::uint32_t s = 1000 * length_s; s <= 1003 * length_s; s += 60) {
      if (!profile.is_due(s, all)) continue;
      std::array<std::byte, profile_max_bytes> room{};
      const auto entry =
          profile.close(s, {quantity::wh(1), quantity::wh(2), Money::of(300'000)}, all, false, room);
      bytes::Reader reader{entry};
      EXPECT_EQ(reader.little<std::uint32_t>(), (1001 + count++) * length_s);
      (void)reader.byte();
      EXPECT_EQ(reader.byte(), minutes);
      EXPECT_EQ(reader.byte(), 8);
      (void)reader.byte();
      EXPECT_EQ(reader.little<std::uint32_t>(), 10U);
      EXPECT_EQ(reader.little<std::uint32_t>(), 20U);
      (void)reader.take(20);
      EXPECT_EQ(reader.little<std::uint32_t>(), 300U);
      EXPECT_TRUE(reader.ok() && reader.left() == 0);
    }
    EXPECT_EQ(count, 3U) << int{minutes};
  }
}

TEST(Profile, MarksSayWhatAnIntervalIsNot) {
  Profile fresh;
  fresh.start(1000 * quarter + 5, 0, rules);
  EXPECT_EQ(close(fresh, 1001 * quarter).marks, mark_partial) << "a new meter";
  EXPECT_EQ(close(fresh, 1004 * quarter).marks, mark_missing) << "intervals were not looked at";
  EXPECT_EQ(close(fresh, 1005 * quarter, {}, true).marks, mark_clock_wrong);

  Profile within;
  within.start(1000 * quarter + 300, 1000 * quarter, rules);
  EXPECT_EQ(close(within, 1001 * quarter).marks, mark_power_lost) << "off and on within the interval";

  Profile after;
  after.start(1010 * quarter + 300, 1000 * quarter, rules);
  EXPECT_EQ(close(after, 1011 * quarter).marks, mark_power_lost | mark_missing);
}

TEST(Profile, AnEntryThatWasLostLeavesItsMarkOnTheNextOne) {
  Profile profile;
  profile.start(900, 900, rules);
  (void)close(profile, 1800);
  profile.note_lost();
  EXPECT_TRUE((close(profile, 2700).marks & mark_missing) != 0);
  EXPECT_EQ(close(profile, 3600).marks, 0);
}

// From 15 minutes to 60: counted by the hour, the quarter under way lies years ahead.
TEST(Profile, OtherRulesBeginAnIntervalOfTheirOwn) {
  Profile profile;
  profile.start(900'000, 0, rules);
  ProfileRules hourly = rules;
  hourly.minutes = 60;
  profile.change_rules(900'100, hourly);
  EXPECT_FALSE(profile.is_due(903'599, hourly));
  EXPECT_TRUE(profile.is_due(903'600, hourly));
}

TEST(Profile, AClockStepEndsTheIntervalOnBothSides) {
  Profile profile;
  profile.start(1000 * quarter, 999 * quarter, rules);
  (void)close(profile, 1001 * quarter);
  std::array<std::byte, profile_max_bytes> room{};
  const Entry before = read(profile.close_for_clock(1001 * quarter + 100, 500 * quarter + 7,
                                                    {quantity::wh(5), {}, {}}, rules, room));
  EXPECT_EQ(before.time_s, 1001 * quarter + 100);
  EXPECT_EQ(before.marks, mark_clock_set | mark_partial);
  EXPECT_FALSE(profile.is_due(501 * quarter - 1, rules));
  EXPECT_EQ(close(profile, 501 * quarter, quantity::wh(9)).marks, mark_clock_set | mark_partial);
  EXPECT_EQ(close(profile, 502 * quarter).marks, 0U);
}

TEST(Profile, RegistersAreModuloAndMoneyIsRoundedDown) {
  constexpr ProfileRules two{15, {Channel::import_energy, Channel::balance}};
  Profile profile;
  profile.start(0, 0, two);
  std::array<std::byte, profile_max_bytes> room{};
  const Registers registers{Energy::of(360'000) * 0x1'0000'0005, {}, Money::of(-1)};
  const Entry entry = read(profile.close(quarter, registers, two, false, room));
  EXPECT_EQ(entry.values, (std::vector<std::uint32_t>{5, 0xFFFF'FFFF}));
}

TEST(Profile, AnIntervalWithoutSamplesHasZeros) {
  Profile profile;
  profile.start(1000 * quarter, 999 * quarter, rules);
  EXPECT_EQ(close(profile, 1001 * quarter).values, (std::vector<std::uint32_t>{0, 0, 0}));
}

}  // namespace
}  // namespace lk::records
