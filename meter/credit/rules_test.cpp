// SPDX-License-Identifier: Apache-2.0
// Each row of the tables of docs/design/credit.md, by its number.
#include <gtest/gtest.h>

#include "meter/credit/account.hpp"

namespace lk::credit {
namespace {

using quantity::Energy;
using quantity::Instant;
using quantity::kwh;
using quantity::Money;
using quantity::Price;
using quantity::seconds;
using quantity::units;

constexpr std::int64_t mj_per_count = 36'000;  // at one unit a kWh
constexpr Instant noon = Instant::of(1'790'000'000'000);
constexpr schedule::LocalTime monday_noon{720, 0, false};
constexpr schedule::LocalTime sunday_noon{720, 6, false};

Account account_with(Money credit, const Rules& rules) {
  Account account{{Price::of(10'000), 1}, Money{}, {}};
  account.set_rules(rules);
  EXPECT_TRUE(account.add(credit).has_value());
  return account;
}

void use(Account& account, Money amount) {
  account.consume(Energy::of(amount.count() * mj_per_count));
}

Verdict verdict(Account& account, const schedule::LocalTime& at = monday_noon, Instant now = noon) {
  return account.judge(at, now).verdict;
}

TEST(CreditRules, S1PostpaidIsNeverSwitchedOff) {
  Account account = account_with(units(1), {});
  ASSERT_TRUE(account.set_mode({Unit::money, Payment::postpaid}, Settlement::carry, {}).has_value());
  use(account, units(500));
  EXPECT_EQ(verdict(account), Verdict::supplied);
  EXPECT_FALSE(account.is_exhausted());
}

TEST(CreditRules, S2OnceExhaustedItTakesMoreThanTheReconnectCredit) {
  Account account = account_with(units(10), {.reconnect = units(3)});
  use(account, units(9));
  EXPECT_EQ(verdict(account), Verdict::supplied) << "below the reconnect credit, but never exhausted";
  use(account, units(1));
  EXPECT_EQ(verdict(account), Verdict::exhausted);
  ASSERT_TRUE(account.add(units(3)).has_value());
  EXPECT_EQ(verdict(account), Verdict::exhausted);
  ASSERT_TRUE(account.add(Money::of(1)).has_value());
  EXPECT_EQ(verdict(account), Verdict::supplied);
}

TEST(CreditRules, S3OverdraftNeedsNoAsking) {
  Account account = account_with(units(1), {.overdraft = units(5)});
  use(account, units(5));
  EXPECT_EQ(verdict(account), Verdict::supplied);
  use(account, units(1));
  EXPECT_EQ(verdict(account), Verdict::exhausted);
  ASSERT_TRUE(account.add(units(4)).has_value());
  EXPECT_EQ(verdict(account), Verdict::exhausted) << "what is overdrawn is taken first";
  ASSERT_TRUE(account.add(units(2)).has_value());
  EXPECT_EQ(verdict(account), Verdict::supplied);
  EXPECT_EQ(account.balance(), units(1));
}

TEST(CreditRules, S4FriendlyHoursLetRunAndTheEnergyIsOwed) {
  Rules rules;
  rules.friendly[2] = schedule::Window::of(0x40, 0, 1440);  // Sundays
  Account account = account_with(units(1), rules);
  use(account, units(4));
  EXPECT_EQ(verdict(account, sunday_noon), Verdict::supplied);
  EXPECT_EQ(account.balance(), -units(3));
  EXPECT_EQ(verdict(account, monday_noon), Verdict::exhausted);
}

TEST(CreditRules, S6TheReminderIsTwoMinutesAndOnce) {
  Account account = account_with(units(10), {.reminder = units(5)});
  use(account, units(5));
  const Judgement begun = account.judge(monday_noon, noon);
  EXPECT_EQ(begun.verdict, Verdict::reminding);
  EXPECT_TRUE(begun.has_changed);
  ASSERT_TRUE(begun.has_deadline);
  EXPECT_EQ(begun.deadline, noon + seconds(120));
  EXPECT_EQ(verdict(account, monday_noon, noon + seconds(119)), Verdict::reminding);
  EXPECT_EQ(verdict(account, monday_noon, noon + seconds(120)), Verdict::supplied);
  use(account, units(1));
  EXPECT_EQ(verdict(account, monday_noon, noon + seconds(300)), Verdict::supplied) << "once";
  ASSERT_TRUE(account.add(units(6)).has_value());
  EXPECT_EQ(verdict(account, monday_noon, noon + seconds(400)), Verdict::supplied);
  use(account, units(5));
  EXPECT_EQ(verdict(account, monday_noon, noon + seconds(500)), Verdict::reminding) << "and again";
  EXPECT_TRUE(account.end_reminder());
  EXPECT_EQ(verdict(account, monday_noon, noon + seconds(501)), Verdict::supplied) << "by key";
}

TEST(CreditRules, EmergencyIsOfferedTakenRepaidFirstAndGivenAgain) {
  Account account = account_with(units(10), {.emergency = units(5), .emergency_offer = units(2)});
  EXPECT_EQ(account.take_emergency().error(), EmergencyError::not_offered);
  use(account, units(10));
  EXPECT_EQ(verdict(account), Verdict::exhausted) << "offered is not taken";
  EXPECT_TRUE(account.is_emergency_offered());
  ASSERT_TRUE(account.take_emergency().has_value());
  EXPECT_EQ(verdict(account), Verdict::supplied);
  EXPECT_EQ(account.take_emergency().error(), EmergencyError::already_taken);
  use(account, units(5));
  EXPECT_EQ(verdict(account), Verdict::exhausted);
  ASSERT_TRUE(account.add(units(5)).has_value());
  EXPECT_EQ(verdict(account), Verdict::exhausted) << "only repaid";
  EXPECT_EQ(account.take_emergency().error(), EmergencyError::already_taken);
  ASSERT_TRUE(account.add(units(3)).has_value());
  EXPECT_EQ(verdict(account), Verdict::supplied);
  EXPECT_FALSE(account.is_emergency_taken()) << "to be had again";
  EXPECT_EQ(account.balance(), units(3));
}

TEST(CreditRules, P5TheCeilingRefusesAndChangesNothing) {
  Account account = account_with(units(8), {.ceiling = units(10)});
  const Account before = account;
  EXPECT_EQ(account.add(Money::of(200'001)).error(), CreditError::above_ceiling);
  EXPECT_EQ(account, before);
  EXPECT_TRUE(account.add(units(2)).has_value());
  use(account, units(5));
  EXPECT_TRUE(account.add(units(5)).has_value()) << "the same purchase, later";
}

TEST(CreditRules, P4ThePurchaseDebtTakesItsShareOfWhatIsAboveZero) {
  Account account = account_with(units(1), {.overdraft = units(50), .debt_share_e4 = 2'500});
  use(account, units(11));
  (void)account.set_debt(purchase_debt, units(100));
  ASSERT_TRUE(account.add(units(30)).has_value());
  EXPECT_EQ(account.debt(purchase_debt), units(95)) << "a quarter of 20: 10 repaid what was overdrawn";
  EXPECT_EQ(account.balance(), units(15));
  EXPECT_EQ(account.charged(), units(5));
}

TEST(CreditRules, P4TheWeeksCapHoldsAndEndsWithTheWeek) {
  Account account = account_with({}, {.debt_share_e4 = 10'000, .debt_cap = units(6)});
  (void)account.set_debt(purchase_debt, units(100));
  (void)account.collect(168 * 3000);
  ASSERT_TRUE(account.add(units(4)).has_value());
  ASSERT_TRUE(account.add(units(4)).has_value());
  EXPECT_EQ(account.debt(purchase_debt), units(94));
  EXPECT_EQ(account.balance(), units(2));
  (void)account.collect(168 * 3001);
  ASSERT_TRUE(account.add(units(4)).has_value());
  EXPECT_EQ(account.debt(purchase_debt), units(90));
}

TEST(CreditRules, T1TheStandingChargeGoesOnWhileOff) {
  Account account = account_with(units(1), {.standing_charge = Money::of(40'000)});
  (void)account.collect(24 * 20'000 + 3);
  EXPECT_TRUE(account.collect(24 * 20'005 + 2));
  EXPECT_EQ(account.charged().count(), 5 * 40'000);
  EXPECT_EQ(account.balance().count(), -100'000);
}

TEST(CreditRules, T2InstalmentsRestWhileExhaustedUnlessOrdered) {
  Rules rules;
  rules.instalments[0] = {units(2), 24};
  rules.instalments[1] = {units(1), 1};
  Account account = account_with(units(10), rules);
  (void)account.set_debt(0, units(7));
  (void)account.set_debt(1, units(3));
  (void)account.collect(480'000);
  EXPECT_TRUE(account.collect(480'000 + 48));
  EXPECT_EQ(account.debt(0), units(3));
  EXPECT_EQ(account.debt(1), units(0)) << "never more than is owed";
  EXPECT_EQ(account.balance(), units(3));
  use(account, units(3));
  EXPECT_FALSE(account.collect(480'000 + 240));
  EXPECT_EQ(account.debt(0), units(3));
  rules.collect_when_exhausted = true;
  account.set_rules(rules);
  EXPECT_TRUE(account.collect(480'000 + 264));
  EXPECT_EQ(account.debt(0), units(1));
}

TEST(CreditRules, AClockThatGoesBackChargesNothingTwice) {
  Account account = account_with(units(10), {.standing_charge = units(1)});
  (void)account.collect(480'000);
  (void)account.collect(480'025);
  const Account before = account;
  EXPECT_FALSE(account.collect(480'001));
  EXPECT_FALSE(account.collect(480'025));
  EXPECT_EQ(account, before);
  account.restart_collection(400'000);
  EXPECT_FALSE(account.collect(400'000)) << "a clock that was years ahead";
}

TEST(CreditRules, PresetCreditIsTakenBackAtAccountOpening) {
  Account account{{Price::of(10'000), 1}, units(5), {}};
  use(account, units(2));
  EXPECT_EQ(account.open_account(), units(5));
  EXPECT_EQ(account.balance(), -units(2)) << "what was used of it is owed";
  EXPECT_EQ(account.open_account(), Money{}) << "once";
}

TEST(CreditRules, ARefundIsWhatIsThereAtMost) {
  Account account = account_with(units(5), {});
  EXPECT_EQ(account.refund(units(2), 7), units(2));
  EXPECT_EQ(account.refund(units(20), 8), units(3));
  EXPECT_EQ(account.last_refund(), (Refund{units(3), 8}));
  EXPECT_EQ(account.refund(units(20), 9), Money{});
  EXPECT_EQ(account.returned(), units(5));
}

TEST(CreditRules, AChangeOfUnitIsSettled) {
  Account account = account_with(units(5), {});
  (void)account.set_debt(0, units(1));
  const Mode energy{Unit::energy, Payment::prepaid};
  EXPECT_EQ(account.set_mode(energy, Settlement::carry, {}).error(), SettlementError::other_unit);
  EXPECT_EQ(account.set_mode(energy, Settlement::close, {}).error(), SettlementError::debts_open);
  (void)account.set_debt(0, {});
  EXPECT_EQ(account.set_mode(energy, Settlement::close, units(20)), units(5));
  account.consume(kwh(3));
  EXPECT_EQ(account.balance(), units(17)) << "a kWh costs a kWh, whatever the price";
  EXPECT_EQ(account.settlement_count(), 1);
}

TEST(CreditRules, ASettlementInTheSameUnitClosesEitherSide) {
  Account above = account_with(units(5), {});
  EXPECT_EQ(above.set_mode({}, Settlement::close, units(1)), units(5));
  EXPECT_EQ(above.balance(), units(1));
  EXPECT_EQ(above.returned(), units(5));
  Account below = account_with({}, {});
  use(below, units(4));
  EXPECT_EQ(below.set_mode({}, Settlement::close, {}), -units(4));
  EXPECT_EQ(below.balance(), Money{});
  EXPECT_EQ(below.set_mode({}, Settlement::close, Account::opening_max + Money::of(1)).error(),
            SettlementError::out_of_range);
}

}  // namespace
}  // namespace lk::credit
