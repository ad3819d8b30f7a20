// SPDX-License-Identifier: Apache-2.0
#include "server/vending/purchases.hpp"

#include <gtest/gtest.h>

#include <random>

#include "server/ledger/ledger.hpp"
#include "server/test_site.hpp"

namespace lk::vending {
namespace {

using quantity::Money;

std::string id_of(int n) {
  std::string id = "00000000-0000-4000-8000-000000000000";
  const std::string digits = std::to_string(n);
  return id.replace(id.size() - digits.size(), digits.size(), digits);
}

class Vending : public test::Site {
 protected:
  std::expected<Sale, SaleRefusal> buy(const NewPurchase& asked) {
    std::expected<Sale, SaleRefusal> sale = std::unexpected(SaleRefusal::no_amount);
    work([&](store::Unit& unit) { sale = sell(unit, vault, ports, rules, asked); });
    return sale;
  }
  NewPurchase asked(int n, Money amount = quantity::units(50)) {
    return {id_of(n), test::flat, amount, true, "olga", false};
  }
  Money balance(const std::string& account) {
    return session.one<Money>("select coalesce(sum(amount), 0) from ledger_line where account = ?",
                              {account});
  }

  SaleRules rules;
};

TEST_F(Vending, SellsOnceHoweverOftenItIsAsked) {
  const auto first = buy(asked(1));
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->repeated);
  EXPECT_EQ(first->purchase.receipt, 1);
  EXPECT_EQ(first->purchase.token.size(), 20U);
  for (int i = 0; i < 3; ++i) {
    const auto again = buy(asked(1));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->purchase.token, first->purchase.token);
  }
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from purchase"), 1);
  EXPECT_EQ(remembered.commands.size(), 1U);
}

TEST_F(Vending, RefusesWithAName) {
  ASSERT_TRUE(buy(asked(1)));
  NewPurchase unknown = asked(2);
  unknown.meter = "07000000039";
  EXPECT_EQ(buy(unknown).error(), SaleRefusal::unknown_meter);
  EXPECT_EQ(buy(asked(1, quantity::units(51))).error(), SaleRefusal::id_reused);
  EXPECT_EQ(buy(asked(3, Money{})).error(), SaleRefusal::no_amount);
  EXPECT_EQ(buy(asked(3, quantity::units(-1))).error(), SaleRefusal::no_amount);
  EXPECT_EQ(buy(asked(3, quantity::units(10'000) + Money::of(1))).error(), SaleRefusal::above_limit);
  session.run("update meter set key_revision_number = 2 where number = ?", {test::flat});
  EXPECT_EQ(buy(asked(3)).error(), SaleRefusal::foreign_keys);
  now_ms = 0;
  EXPECT_EQ(buy(asked(3)).error(), SaleRefusal::no_identifier);
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from purchase"), 1);
}

TEST_F(Vending, NeverGivesATokenIdentifierTwiceWhateverTheClockDoes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::int64_t last = 0;
  for (int n = 1; n <= 200; ++n) {
    if (n % 5 == 0) now_ms += static_cast<std::int64_t>(random() % 200'000'000) - 100'000'000;
    const auto sale = buy(asked(n, Money::of(100'000 + n)));
    ASSERT_TRUE(sale);
    EXPECT_GT(sale->purchase.tid, last);
    EXPECT_NE(sale->purchase.tid % 1440, 1) << "00:01 is reserved";
    EXPECT_EQ(sale->purchase.receipt, n);
    last = sale->purchase.tid;
  }
  EXPECT_EQ(session.one<std::int64_t>("select count(distinct tid) from purchase"), 200);
}

TEST_F(Vending, BooksWhatTheTokenCreditsAndTheRoundingApart) {
  const auto sale = buy(asked(1, Money::of(5'000'001)));
  ASSERT_TRUE(sale);
  EXPECT_GE(sale->purchase.credited, sale->purchase.asked.amount);
  EXPECT_EQ(balance("cash"), Money::of(5'000'001));
  EXPECT_EQ(balance("tokens_issued"), -sale->purchase.credited);
  EXPECT_EQ(balance("rounding"), sale->purchase.credited - Money::of(5'000'001));
  EXPECT_TRUE(ledger::trial_balance(session).balanced());

  work([&](store::Unit& unit) { accept(unit, ports, id_of(1), now_ms, "accepted"); });
  work([&](store::Unit& unit) { accept(unit, ports, id_of(1), now_ms, "accepted"); });
  EXPECT_EQ(balance("tokens_issued"), Money{});
  EXPECT_EQ(balance("customer_credit"), -(quantity::units(10) + sale->purchase.credited));
  EXPECT_EQ(find_purchase(session, id_of(1))->state, "accepted");
}

TEST_F(Vending, TenantsOweWhatTheyBuyThemselves) {
  NewPurchase own = asked(1);
  own.on_account = true;
  ASSERT_TRUE(buy(own));
  EXPECT_EQ(balance("cash"), Money{});
  EXPECT_EQ(balance("receivable"), quantity::units(50));
}

TEST_F(Vending, ReissuesTheVeryToken) {
  const auto sale = buy(asked(1));
  std::optional<Purchase> again;
  const auto ask_again = [&] {
    work([&](store::Unit& unit) { again = reissue(unit, ports, rules, id_of(1)); });
    return again->token;
  };
  EXPECT_EQ(ask_again(), sale->purchase.token);
  EXPECT_EQ(remembered.commands.size(), 1U) << "it is still under way";
  session.run("update command set ended = 1");
  work([&](store::Unit& unit) { end_delivery(unit, ports, id_of(1), "expired", ""); });
  EXPECT_EQ(ask_again(), sale->purchase.token);
  ASSERT_EQ(remembered.commands.size(), 2U);
  EXPECT_NE(remembered.commands[0].id, remembered.commands[1].id);
  EXPECT_EQ(again->state, "sent");
  work([&](store::Unit& unit) { accept(unit, ports, id_of(1), now_ms, ""); });
  ask_again();
  EXPECT_EQ(remembered.commands.size(), 2U) << "the meter has it";
}

TEST_F(Vending, TheLedgerCannotBeChanged) {
  ASSERT_TRUE(buy(asked(1)));
  EXPECT_THROW(session.run("update ledger_line set amount = 0"), store::Error);
  EXPECT_THROW(session.run("delete from ledger_entry"), store::Error);
}

// A write that fails at any statement of a sale leaves nothing of it, and the next sale takes its receipt
// number.
TEST_F(Vending, AFailureAtAnyStatementLeavesAWholeSaleOrNothing) {
  for (const char* table : {"ledger_entry", "ledger_line", "purchase", "command"}) {
    session.script(std::string("create temp trigger fault before insert on main.") + table +
                   " begin select raise(abort, 'injected'); end");
    session.begin();
    std::vector<std::function<void()>> effects;
    store::Unit unit{session, now_ms, effects};
    EXPECT_THROW(static_cast<void>(sell(unit, vault, ports, rules, asked(9))), store::Error) << table;
    session.rollback();
    session.script("drop trigger fault");
    for (const char* each : {"purchase", "command"}) {
      EXPECT_EQ(session.one<std::int64_t>(std::string("select count(*) from ") + each), 0) << table;
    }
    EXPECT_EQ(session.one<std::int64_t>("select count(*) from ledger_entry"), 2) << "the preset credits";
    EXPECT_EQ(session.one<std::int64_t>("select last_tid from meter where number = ?", {test::flat}), 0);
  }
  EXPECT_TRUE(remembered.commands.empty());
  EXPECT_EQ(buy(asked(9))->purchase.receipt, 1);
}

}  // namespace
}  // namespace lk::vending
