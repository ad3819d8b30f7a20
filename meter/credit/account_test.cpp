// SPDX-License-Identifier: Apache-2.0
#include "meter/credit/account.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>

namespace lk::credit {
namespace {

using quantity::Energy;
using quantity::kwh;
using quantity::Money;
using quantity::Price;
using quantity::units;

const tariff::FlatTariff flat{Price::of(12'000), 1};

TEST(Account, DeductsWhatWasUsedAndGoesNegativeByNoMore) {
  Account account{flat, units(5), units(2)};
  account.consume(kwh(4));
  EXPECT_EQ(account.balance().count(), 20'000);
  EXPECT_FALSE(account.is_exhausted());
  account.consume(kwh(1));
  EXPECT_EQ(account.balance().count(), -100'000);
  EXPECT_TRUE(account.is_exhausted());
  EXPECT_EQ(account.priced_energy(), kwh(5));
}

TEST(Account, BalanceOfZeroIsExhausted) {
  Account account{flat, Money::of(120'000), {}};
  account.consume(kwh(1));
  EXPECT_EQ(account.balance(), Money{});
  EXPECT_TRUE(account.is_exhausted());
}

TEST(Account, RefusesCreditThatItCannotHold) {
  Account account{flat, Money::of(std::numeric_limits<std::int64_t>::max() - 5), {}};
  const Account before = account;
  EXPECT_EQ(account.add(Money::of(6)).error(), CreditError::overflow);
  EXPECT_EQ(account.add(Money::of(-1)).error(), CreditError::negative);
  EXPECT_EQ(account, before);
  EXPECT_TRUE(account.add(Money::of(5)).has_value());
}

struct AlarmStep {
  const char* name;
  std::int64_t change;  // of the balance
  bool on;
  bool has_come_on;
};

TEST(Account, LowCreditAlarmHasHysteresis) {
  Account account{{Price::of(10'000), 1}, Money::of(2'500'00), units(2)};
  const AlarmStep steps[] = {
      {"above", 0, false, false},
      {"at the threshold", -50'000, true, true},
      {"still on", -10'000, true, false},
      {"up, but by less than a tenth", 25'000, true, false},
      {"above the tenth", 10'000, false, false},
      {"and low again", -30'000, true, true},
  };
  for (const AlarmStep& step : steps) {
    if (step.change >= 0) {
      ASSERT_TRUE(account.add(Money::of(step.change)).has_value());
    } else {
      account.consume(Energy::of(-step.change * 36'000));
    }
    EXPECT_EQ(account.update_low_credit_alarm(), step.has_come_on) << step.name;
    EXPECT_EQ(account.low_credit_alarm(), step.on) << step.name;
  }
}

TEST(Account, ComesBackFromItsBytes) {
  Account account{flat, units(5), units(2)};
  account.consume(Energy::of(123'456'789));
  account.set_tariff({Price::of(0xFFFFFFFF), 7});
  (void)account.update_low_credit_alarm();
  std::array<std::byte, Account::stored_bytes> room{};
  bytes::Writer writer{room};
  account.encode(writer);
  ASSERT_TRUE(writer.ok());
  ASSERT_EQ(writer.size_bytes(), Account::stored_bytes);

  Account back;
  bytes::Reader reader{room};
  ASSERT_TRUE(back.decode(reader));
  EXPECT_EQ(back, account);

  bytes::Reader cut{std::span{room}.first(20)};
  EXPECT_FALSE(back.decode(cut));
  room[75] = std::byte{0xFF};  // a remainder beyond its parts
  bytes::Reader wrong{room};
  EXPECT_FALSE(back.decode(wrong));
  EXPECT_EQ(back, account) << "unchanged by bytes that are no account";
}

// With one price since new, deducted is the floor of the formula at every moment.
TEST(Account, InvariantsHoldAtEveryMoment) {
  const unsigned seed = 20261121;
  std::mt19937_64 random{seed};
  Account account{flat, units(1), units(2)};
  for (int i = 0; i < 50'000; ++i) {
    const std::int64_t bought = random() % 1000 == 0 ? static_cast<std::int64_t>(random() % 1'000'000) : 0;
    ASSERT_TRUE(account.add(Money::of(bought)).has_value());
    account.consume(Energy::of(static_cast<std::int64_t>(random() % 5'000'000)));
    ASSERT_EQ(account.balance(), account.credited() - account.deducted()) << "seed " << seed;
    ASSERT_EQ(account.deducted().count(), account.priced_energy().count() / 30'000) << "seed " << seed;
  }
}

}  // namespace
}  // namespace lk::credit
