// SPDX-License-Identifier: Apache-2.0
#include "server/vending/purchases.hpp"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "server/ledger/ledger.hpp"
#include "server/test_site.hpp"
#include "server/vending/office.hpp"
#include "server/vending/receipt.hpp"

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
  SaleResult buy(const NewPurchase& asked) {
    SaleResult sale = std::unexpected(SaleRefusal::no_amount);
    work([&](store::Unit& unit) { sale = sell(unit, tokens, ports, rules, asked); });
    return sale;
  }
  NewPurchase asked(int n, Money amount = quantity::units(50)) {
    return {id_of(n), test::flat, amount, true, "olga"};
  }
  Money balance(const std::string& account) {
    return session.one<Money>("select coalesce(sum(amount), 0) from ledger_line where account = ?",
                              {account});
  }

  NewPurchase undelivered(int n) {
    NewPurchase purchase = asked(n);
    purchase.deliver = false;
    return purchase;
  }
  void make_customer(Money limit) {
    session.run(
        "insert into customer (id, name, phone, email, made, credit_limit) values (?, 'C', '', '', 0, ?)",
        {customer, limit});
    session.run("update meter set customer = ? where number = ?", {customer, test::flat});
  }
  void make_user(const std::string& name) {
    session.run("insert into \"user\" (name, password_hash, role, made) values (?, '', 'operator', 0)",
                {name});
  }

  const std::string customer = id_of(999);
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

TEST_F(Vending, ARepeatIsKnownByReadingAlone) {
  const auto first = buy(asked(1));
  ASSERT_TRUE(first);
  NewPurchase other = asked(1);
  other.amount = quantity::units(99);
  const auto known = sold_before(session, std::vector{asked(1), asked(2), other});
  ASSERT_TRUE(known[0] && *known[0]);
  EXPECT_TRUE((*known[0])->repeated);
  EXPECT_EQ((*known[0])->purchase.token, first->purchase.token);
  EXPECT_FALSE(known[1]);
  ASSERT_TRUE(known[2]);
  EXPECT_EQ(known[2]->error(), SaleRefusal::id_reused);
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
  session.run("update meter set key_revision_number = 1 where number = ?", {test::flat});
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

TEST_F(Vending, TenantsOweWhatTheyBuyThemselvesUpToTheirLimit) {
  NewPurchase own = asked(1);
  own.tender = Tender::account;
  EXPECT_EQ(buy(own).error(), SaleRefusal::credit_limit) << "nobody's meter";
  make_customer(quantity::units(60));
  ASSERT_TRUE(buy(own));
  EXPECT_EQ(balance("cash"), Money{});
  EXPECT_EQ(balance("receivable"), quantity::units(50));
  own.id = id_of(2);
  EXPECT_EQ(buy(own).error(), SaleRefusal::credit_limit);
  work([&](store::Unit& unit) {
    EXPECT_EQ(pay(unit, {id_of(7), customer, "", quantity::units(40), "olga"}), true);
    EXPECT_EQ(pay(unit, {id_of(7), customer, "", quantity::units(40), "olga"}), false) << "a repeat";
    EXPECT_EQ(pay(unit, {id_of(7), customer, "", quantity::units(41), "olga"}).error(),
              OfficeRefusal::id_reused);
  });
  ASSERT_TRUE(buy(own));
  EXPECT_EQ(owed_by(session, customer), quantity::units(60));
}

TEST_F(Vending, SellsManyAtOnceEachForItself) {
  std::vector<NewPurchase> many;
  for (int n = 1; n <= 100; ++n) {
    many.push_back(asked(n, Money::of(100'000 + n)));
    if (n % 2 == 0) many.back().meter = test::other_flat;
    if (n % 10 == 0) many.back().amount = Money{};
  }
  many.push_back(many[2]);
  many.push_back(many[2]);
  many.back().amount += Money::of(1);
  std::vector<SaleResult> results;
  const auto all = [&] {
    work([&](store::Unit& unit) { results = sell_all(unit, tokens, ports, rules, many); });
  };
  all();
  for (int i = 0; i < 100; ++i) {
    const auto place = static_cast<std::size_t>(i);
    ASSERT_EQ(results[place].has_value(), (i + 1) % 10 != 0) << i;
  }
  EXPECT_TRUE(results[100]->repeated);
  EXPECT_EQ(results[100]->purchase.token, results[2]->purchase.token);
  EXPECT_EQ(results[101].error(), SaleRefusal::id_reused);
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from purchase"), 90);
  EXPECT_EQ(session.one<std::int64_t>("select max(receipt) from purchase"), 90);
  EXPECT_EQ(remembered.commands.size(), 90U);
  EXPECT_TRUE(ledger::trial_balance(session).balanced());
  const auto first = results[0]->purchase.token;
  all();
  EXPECT_TRUE(results[0]->repeated);
  EXPECT_EQ(results[0]->purchase.token, first);
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from purchase"), 90);
}

TEST_F(Vending, BooksTaxChargesDebtsAndFreeEnergy) {
  work([&](store::Unit& unit) {
    ASSERT_TRUE(set_terms(unit, "basic",
                          {2000, quantity::units(3), quantity::units(5), quantity::units(100),
                           quantity::Energy::of(10LL * 3'600'000'000)}));
    const NewDebt debt{id_of(50),           test::flat, "the old tenant's", quantity::units(20), 2500,
                       quantity::units(30), "olga"};
    EXPECT_EQ(add_debt(unit, debt), true);
    EXPECT_EQ(add_debt(unit, debt), false);
  });
  EXPECT_EQ(buy(asked(1, quantity::units(4))).error(), SaleRefusal::below_least);
  EXPECT_EQ(buy(asked(1, quantity::units(101))).error(), SaleRefusal::day_limit);
  const auto before = trial(session, rules, now_ms, asked(1, quantity::units(60)));
  const auto sale = buy(asked(1, quantity::units(60)));
  ASSERT_TRUE(sale);
  const Breakdown& parts = sale->purchase.parts;
  EXPECT_EQ(before->for_token(), parts.for_token());
  EXPECT_EQ(parts.debt, quantity::units(15));  // a quarter of 60
  EXPECT_EQ(parts.tax, Money::of(750'000));    // of the 45 that are left, 7.50 are tax of 20 %
  EXPECT_EQ(parts.standing_charge, quantity::units(3));
  EXPECT_EQ(parts.energy, Money::of(3'450'000));
  EXPECT_EQ(parts.free, quantity::units(12));  // 10 kWh at 1.20
  EXPECT_EQ(balance("debts"), quantity::units(5));
  EXPECT_EQ(balance("tax_payable"), -parts.tax);
  EXPECT_EQ(balance("standing_charges"), -quantity::units(3));
  EXPECT_EQ(balance("free_units"), quantity::units(12));
  EXPECT_TRUE(ledger::trial_balance(session).balanced());

  EXPECT_EQ(buy(asked(2, quantity::units(41))).error(), SaleRefusal::day_limit) << "60 were sold today";
  now_ms += 25LL * 3600 * 1000;
  const auto second = buy(asked(3, quantity::units(60)));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->purchase.parts.debt, quantity::units(5)) << "what was left of it";
  EXPECT_EQ(second->purchase.parts.free, Money{}) << "once a month";
  EXPECT_EQ(second->purchase.parts.standing_charge, Money{});
  now_ms += 70LL * 24 * 3600 * 1000;
  const auto later = buy(asked(4, quantity::units(60)));
  ASSERT_TRUE(later);
  EXPECT_GE(later->purchase.parts.standing_charge, quantity::units(6)) << "of each month since";
  EXPECT_EQ(later->purchase.parts.free, quantity::units(12));
}

TEST_F(Vending, SellsEnergyForWhatItCosts) {
  NewPurchase energy = asked(1, Money{});
  energy.energy = quantity::Energy::of(25LL * 3'600'000'000);
  const auto sale = buy(energy);
  ASSERT_TRUE(sale);
  EXPECT_EQ(sale->purchase.asked.amount, quantity::units(30));
  EXPECT_TRUE(buy(energy)->repeated);
  energy.energy = quantity::Energy::of(26LL * 3'600'000'000);
  EXPECT_EQ(buy(energy).error(), SaleRefusal::id_reused);
  NewPurchase money = asked(1, quantity::units(30));
  EXPECT_EQ(buy(money).error(), SaleRefusal::id_reused) << "it was asked for in energy";
}

TEST_F(Vending, AgentsSellOutOfTheirFloatForACommission) {
  NewPurchase by_agent = asked(1, quantity::units(100));
  by_agent.tender = Tender::agent;
  by_agent.agent = "kiosk";
  EXPECT_EQ(buy(by_agent).error(), SaleRefusal::float_used_up);
  work([&](store::Unit& unit) {
    ASSERT_TRUE(add_agent(unit, {"kiosk", "Kiosk", 200}));
    ASSERT_TRUE(pay(unit, {id_of(60), "", "kiosk", quantity::units(150), "olga"}));
    EXPECT_EQ(pay(unit, {id_of(61), "", "none", quantity::units(1), "olga"}).error(),
              OfficeRefusal::unknown_agent);
  });
  ASSERT_TRUE(buy(by_agent));
  EXPECT_EQ(balance("commission"), quantity::units(2));
  EXPECT_EQ(list_agents(session, "kiosk").front().left, quantity::units(52));
  by_agent.id = id_of(2);
  EXPECT_EQ(buy(by_agent).error(), SaleRefusal::float_used_up);
  EXPECT_TRUE(ledger::trial_balance(session).balanced());
}

TEST_F(Vending, ShiftsKnowTheirCash) {
  rules.shift_for_cash = true;
  make_user("olga");
  EXPECT_EQ(buy(asked(1)).error(), SaleRefusal::no_shift);
  work([&](store::Unit& unit) {
    EXPECT_EQ(open_shift(unit, id_of(70), "olga", quantity::units(20)), true);
    EXPECT_EQ(open_shift(unit, id_of(70), "olga", quantity::units(20)), false);
    EXPECT_EQ(open_shift(unit, id_of(71), "olga", {}).error(), OfficeRefusal::shift_open);
  });
  ASSERT_TRUE(buy(asked(1)));
  ASSERT_TRUE(buy(undelivered(2)));
  work([&](store::Unit& unit) {
    ASSERT_TRUE(reverse(unit, ports, {id_of(80), id_of(2), "mistyped", "olga"}));
  });
  EXPECT_EQ(find_shift(session, id_of(70))->expected, quantity::units(70));
  work([&](store::Unit& unit) {
    const auto closed = close_shift(unit, id_of(70), quantity::units(69));
    ASSERT_TRUE(closed);
    EXPECT_EQ(closed->expected, quantity::units(70));
    EXPECT_TRUE(close_shift(unit, id_of(70), quantity::units(69)));
    EXPECT_EQ(close_shift(unit, id_of(70), quantity::units(70)).error(), OfficeRefusal::shift_closed);
  });
  EXPECT_EQ(balance("cash_difference"), quantity::units(1));
  EXPECT_EQ(buy(asked(3)).error(), SaleRefusal::no_shift);
  EXPECT_TRUE(ledger::trial_balance(session).balanced());
}

TEST_F(Vending, ReversesWhatNobodyTook) {
  const auto reversal = [&](int n, int purchase) {
    std::expected<bool, ReversalRefusal> result = true;
    work([&](store::Unit& unit) {
      result = reverse(unit, ports, {id_of(n), id_of(purchase), "mistyped", "olga"});
    });
    return result;
  };
  EXPECT_EQ(reversal(90, 1).error(), ReversalRefusal::unknown_purchase);
  ASSERT_TRUE(buy(asked(1)));
  EXPECT_EQ(reversal(90, 1).error(), ReversalRefusal::under_way);
  ASSERT_TRUE(buy(undelivered(2)));
  ASSERT_TRUE(buy(undelivered(3)));
  EXPECT_EQ(reversal(90, 2).error(), ReversalRefusal::not_latest);
  const Money before = balance("cash");
  EXPECT_EQ(reversal(90, 3), true);
  EXPECT_EQ(reversal(90, 3), false) << "a repeat";
  EXPECT_EQ(reversal(91, 3).error(), ReversalRefusal::id_reused);
  EXPECT_EQ(balance("cash"), before - quantity::units(50));
  EXPECT_EQ(find_purchase(session, id_of(3))->state, "reversed");
  EXPECT_TRUE(ledger::trial_balance(session).balanced());
  // Somebody kept the token and keys it in.
  work([&](store::Unit& unit) { accept(unit, ports, id_of(3), now_ms, ""); });
  EXPECT_EQ(balance("losses"), find_purchase(session, id_of(3))->credited);
  EXPECT_EQ(reversal(92, 3).error(), ReversalRefusal::taken);
  EXPECT_TRUE(ledger::trial_balance(session).balanced());
}

TEST_F(Vending, AReversalMakesDebtsAndMonthsDueAgain) {
  work([&](store::Unit& unit) {
    ASSERT_TRUE(
        set_terms(unit, "basic", {0, quantity::units(3), {}, {}, quantity::Energy::of(3'600'000'000)}));
    ASSERT_TRUE(add_debt(unit, {id_of(50), test::flat, "old", quantity::units(20), 5000, {}, "olga"}));
  });
  const auto first = buy(undelivered(1));
  work([&](store::Unit& unit) {
    ASSERT_TRUE(reverse(unit, ports, {id_of(90), id_of(1), "mistyped", "olga"}));
  });
  const auto second = buy(undelivered(2));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->purchase.parts.debt, second->purchase.parts.debt);
  EXPECT_EQ(first->purchase.parts.standing_charge, second->purchase.parts.standing_charge);
  EXPECT_EQ(first->purchase.parts.free, second->purchase.parts.free);
  EXPECT_NE(first->purchase.token, second->purchase.token);
  EXPECT_EQ(list_debts(session, test::flat).front().open, quantity::units(0));
}

TEST_F(Vending, AdviceDecidesWhatIsUnknown) {
  ASSERT_TRUE(buy(asked(1)));
  std::optional<Purchase> found;
  const auto ask = [&](int n) {
    work([&](store::Unit& unit) { found = advise(unit, id_of(n), "olga"); });
    return found.has_value();
  };
  EXPECT_TRUE(ask(1));
  EXPECT_FALSE(ask(2));
  EXPECT_EQ(buy(asked(2)).error(), SaleRefusal::id_void) << "its request came after the advice";
  EXPECT_FALSE(ask(2));
}

TEST_F(Vending, ReceiptsAreOf32Columns) {
  const auto sale = buy(asked(1, Money::of(5'000'001)));
  ASSERT_TRUE(sale);
  const ReceiptHead head{"A site with a name that is too long for it", "EUR", 3600LL * 1000};
  const std::string text = receipt_text(head, sale->purchase);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 32U) << line;
  EXPECT_NE(text.find(grouped(sale->purchase.token)), std::string::npos);
  EXPECT_NE(text.find("50.00001"), std::string::npos);
  EXPECT_EQ(grouped("12345678901234567890"), "1234 5678 9012 3456 7890");
  const std::string pdf = receipt_pdf(head, sale->purchase);
  EXPECT_TRUE(pdf.starts_with("%PDF-"));
  EXPECT_NE(pdf.find("%%EOF"), std::string::npos);
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
  if (database.is_postgresql()) GTEST_SKIP() << "the fault is injected in SQLite's words";
  for (const char* table : {"ledger_entry", "ledger_line", "purchase", "command"}) {
    session.script(std::string("create temp trigger fault before insert on main.") + table +
                   " begin select raise(abort, 'injected'); end");
    session.begin();
    std::vector<std::function<void()>> effects;
    store::Unit unit{session, now_ms, effects};
    EXPECT_THROW(static_cast<void>(sell(unit, tokens, ports, rules, asked(9))), store::Error) << table;
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
