// SPDX-License-Identifier: Apache-2.0
// A vault with a bit that turned over: the meter starts with the newest sound state, says so, leaves the
// supply as the rules have it, and never has credit that it never had.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "meter/core/testing/ordered.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using quantity::minutes;
using quantity::Money;
using quantity::Price;
using quantity::units;

struct Account {
  Money credited;
  Money deducted;
  std::uint32_t token_count;
  bool operator==(const Account&) const = default;
};

bool has_told_storage_fault(Bench& bench) {
  for (std::uint32_t n = bench.look().event_count; n > 0 && n + 12 > bench.look().event_count; --n) {
    if (bench.event(n).code == EventCode::storage_fault) return true;
  }
  return false;
}

struct DamagedVault : testing::Test {
  void note() {
    const Snapshot seen = bench.look();
    history.push_back({seen.credited, seen.deducted, seen.token_count});
  }
  void live() {
    note();
    for (std::uint32_t i = 0; i < 60; ++i) {
      bench.meter->count({quantity::wh(40), {}}, bench.now);
      bench.wait(bench.configuration.checkpoint_interval + quantity::seconds(1));
      note();
      if (i % 4 != 0) continue;
      ASSERT_EQ(bench.buy(1000 + i, units(1)).result, sts::TokenResult::accept);
      note();
    }
    kept.assign(bench.flash.bytes().begin(), bench.flash.bytes().end());
  }
  void restore() { std::ranges::copy(kept, bench.flash.bytes().begin()); }

  Bench bench;
  std::vector<Account> history;
  std::vector<std::byte> kept;
};

TEST_F(DamagedVault, StartsWithTheNewestSoundStateAndNeverWithCreditOutOfThinAir) {
  live();
  const int pulses = bench.relay.pulse_count;
  int older_count = 0;
  const std::uint32_t stride = sizeof(void*) == 4 ? 20'011 : 211;
  for (std::uint32_t bit = 0; bit < kept.size() * 8; bit += stride) {
    restore();
    bench.flash.flip(bit);
    bench.meter.reset();
    bench.power_on();
    const Snapshot seen = bench.look();
    const Account account{seen.credited, seen.deducted, seen.token_count};
    ASSERT_NE(std::ranges::find(history, account), history.end()) << "bit " << bit;
    ASSERT_EQ(bench.relay.pulse_count, pulses) << "the supply stays as the rules have it";
    if (account == history.back()) continue;
    ++older_count;
    ASSERT_NE(seen.alarms & dictionary::alarm_memory, 0) << "bit " << bit;
    ASSERT_TRUE(has_told_storage_fault(bench)) << "bit " << bit;
  }
  EXPECT_TRUE(older_count > 0 || stride > 1000);
}

// Every copy of the state but some old ones: the newest that is sound.
TEST_F(DamagedVault, WithManyBitsTurnedOverIsStillAnAccountThatItOnceHadOrNone) {
  live();
  std::uint64_t random = 1;
  for (int round = 0; round < (sizeof(void*) == 4 ? 5 : 150); ++round) {
    restore();
    for (int i = 0; i < round; ++i) {
      random = random * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
      bench.flash.flip(static_cast<std::uint32_t>((random >> 33U) % (kept.size() * 8)));
    }
    bench.meter.reset();
    bench.power_on();
    const Snapshot seen = bench.look();
    const Account account{seen.credited, seen.deducted, seen.token_count};
    const bool once_was = std::ranges::find(history, account) != history.end();
    const bool is_lost = account == Account{} && (seen.alarms & dictionary::alarm_memory) != 0;
    ASSERT_TRUE(once_was || is_lost) << "round " << round;
    const bool is_told = (seen.alarms & dictionary::alarm_memory) != 0;
    ASSERT_TRUE(is_told || account == history.back()) << "round " << round;
    if (!is_lost) continue;
    ASSERT_EQ(bench.buy(5000, units(1)).result, sts::TokenResult::not_ready);
  }
}

TEST(DamagedSpareTariff, NeverBecomesTheCurrentOne) {
  Ordered bench;
  tariff::TariffSet set = tariff::flat_set(Price::of(70'000), 9);
  set.rate_count = 2;
  set.prices[0][1] = Price::of(60'000);
  ASSERT_EQ(bench.bring(set, bench.now + minutes(5)).result, dictionary::OrderResult::done);
  std::array<std::byte, tariff::set_max_bytes> room{};
  const auto bytes = tariff::encode(set, room);
  const auto flash = bench.flash.bytes();
  std::size_t damaged_count = 0;
  for (auto at = flash.begin();; ++damaged_count) {
    at = std::search(at, flash.end(), bytes.begin(), bytes.end());
    if (at == flash.end()) break;
    at += 20;
    bench.flash.flip(static_cast<std::uint32_t>(at - flash.begin()) * 8);
  }
  ASSERT_GT(damaged_count, 0U);
  bench.power_cycle();
  EXPECT_NE(bench.look().alarms & dictionary::alarm_memory, 0);
  EXPECT_FALSE(bench.meter->tariff_sets().has_spare);
  bench.wait(minutes(6));
  EXPECT_EQ(bench.look().price, Price::of(12'000)) << "the one in force stays in force";
  bench.price_by(set);
  EXPECT_EQ(bench.look().price, Price::of(70'000));
}

// Where the newest set of a slot is damaged the journal has the one that stood there before: it is not the
// one that was ordered.
TEST(DamagedSpareTariff, AnOlderOneOfItsSlotDoesNotTakeItsPlace) {
  Ordered bench;
  ASSERT_EQ(bench.bring(tariff::flat_set(Price::of(50'000), 8), bench.now + minutes(19)).result,
            dictionary::OrderResult::done);
  const auto newer = tariff::flat_set(Price::of(70'000), 9);
  ASSERT_EQ(bench.bring(newer, bench.now + minutes(15)).result, dictionary::OrderResult::done);
  bench.meter->count({quantity::wh(1), {}}, bench.now);
  bench.wait(bench.configuration.checkpoint_interval + quantity::seconds(1));  // a newer state stands alone
  std::array<std::byte, tariff::set_max_bytes> room{};
  const auto bytes = tariff::encode(newer, room);
  const auto flash = bench.flash.bytes();
  for (auto at = std::search(flash.begin(), flash.end(), bytes.begin(), bytes.end()); at != flash.end();
       at = std::search(at + 20, flash.end(), bytes.begin(), bytes.end())) {
    bench.flash.flip(static_cast<std::uint32_t>(at + 20 - flash.begin()) * 8);
  }
  bench.power_cycle();
  EXPECT_NE(bench.look().alarms & dictionary::alarm_memory, 0);
  EXPECT_FALSE(bench.meter->tariff_sets().has_spare);
  bench.wait(minutes(15));
  EXPECT_EQ(bench.look().price, Price::of(12'000));
}

// A set that came whole but is damaged in itself, at any byte, is refused before it is a spare one.
TEST(DamagedSpareTariff, OneThatFailsItsCheckIsRefused) {
  Ordered bench;
  std::array<std::byte, tariff::set_max_bytes> room{};
  const auto bytes = tariff::encode(tariff::flat_set(Price::of(70'000), 9), room);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    room[at] ^= std::byte{1};
    EXPECT_EQ(bench.bring(9, bytes, bench.now).result, dictionary::OrderResult::refused) << at;
    room[at] ^= std::byte{1};
  }
  bench.wait(minutes(1));
  EXPECT_EQ(bench.look().price, Price::of(12'000));
  EXPECT_FALSE(bench.meter->tariff_sets().has_spare);
}

}  // namespace
}  // namespace lk::meter
