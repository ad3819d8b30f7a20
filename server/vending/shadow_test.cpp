// SPDX-License-Identifier: Apache-2.0
#include "server/vending/shadow.hpp"

#include <gtest/gtest.h>

#include <random>

#include "server/ledger/ledger.hpp"
#include "server/meters/alarms.hpp"
#include "server/meters/orders.hpp"
#include "server/test_site.hpp"
#include "server/vending/purchases.hpp"

namespace lk::vending {
namespace {

using quantity::Energy;
using quantity::kwh;
using quantity::Money;
using quantity::Price;
using quantity::units;

TEST(Cost, CarriesTheRemainderAcrossPrices) {
  const std::vector<PriceStep> steps{{0, Price::of(12'000), {}}, {3, Price::of(1), Energy::of(1'000'000)}};
  EXPECT_EQ(cost_of(steps, kwh(1), 0), Money::of(120'000));
  // 1 000 000 mJ at 1.2000 is 33 and a third; the third is carried.
  EXPECT_EQ(cost_of(steps, Energy::of(1'000'000), 3), Money::of(33));
  EXPECT_EQ(cost_of(steps, Energy::of(1'000'000 + 240'000'000), 3), Money::of(34));
  EXPECT_EQ(cost_of(steps, Energy::of(999'999), 3), std::nullopt)
      << "before the step that it is said to be in";
}

TEST(Tokens, AreFoundByTheirSum) {
  const std::vector<Money> tokens{units(10), units(20), units(20), units(5)};
  using Chosen = std::vector<std::size_t>;
  EXPECT_EQ(tokens_that_make(tokens, Money{}), Chosen{});
  EXPECT_EQ(tokens_that_make(tokens, units(20)), Chosen{1});
  EXPECT_EQ(tokens_that_make(tokens, units(45)), (Chosen{1, 2, 3}));
  EXPECT_EQ(tokens_that_make(tokens, units(55)), (Chosen{0, 1, 2, 3}));
  EXPECT_EQ(tokens_that_make(tokens, units(1)), std::nullopt);
  EXPECT_EQ(tokens_that_make(tokens, units(56)), std::nullopt);
  EXPECT_EQ(tokens_that_make(tokens, units(-1)), std::nullopt);
}

class Shadow : public test::Site {
 protected:
  // What a true meter would show.
  meters::Reading reading() {
    meters::Reading shown;
    shown.ts = now_ms;
    shown.credited = credited.count();
    shown.priced_energy_mj = energy.count();
    shown.tariff_version = version;
    shown.deducted = cost_of(steps, energy, version)->count();
    shown.balance = *shown.credited - *shown.deducted;
    return shown;
  }
  // 1: agrees, 0: differs, -1: nothing known
  int agrees(const meters::Reading& shown) {
    work([&](store::Unit& unit) { assess(unit, ports, test::flat, shown); });
    const auto row = session.row<std::optional<std::int64_t>>(
        "select shadow_agrees from meter_state where meter = ?", {test::flat});
    return static_cast<int>(std::get<0>(*row).value_or(-1));
  }
  std::string buy(Money amount, bool deliver) {
    const std::string id = "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + ++bought);
    work([&](store::Unit& unit) {
      ASSERT_TRUE(sell(unit, tokens, ports, {}, {id, test::flat, amount, deliver, "olga"}));
    });
    return id;
  }
  Money credited_of(const std::string& id) { return find_purchase(session, id)->credited; }
  std::size_t alarms() { return meters::list_alarms(session, true, "").size(); }

  Money credited = units(5);
  Energy energy = Energy::of(777'777'777);
  std::int64_t version = 1;
  std::vector<PriceStep> steps{{0, Price::of(12'000), {}}};
  std::int64_t bought = 0;
};

TEST_F(Shadow, AgreesToTheLastCountAndNotOneBeside) {
  EXPECT_EQ(agrees(reading()), 1);
  meters::Reading off = reading();
  *off.balance += 1;
  EXPECT_EQ(agrees(off), 0);
  EXPECT_EQ(
      session.one<std::int64_t>("select shadow_difference from meter_state where meter = ?", {test::flat}),
      1);
  EXPECT_EQ(alarms(), 1U);
  EXPECT_EQ(agrees(reading()), 1);
  EXPECT_EQ(alarms(), 0U);
}

TEST_F(Shadow, ATokenWhoseResultIsOnTheWayIsNoDifference) {
  const std::string id = buy(units(20), true);
  EXPECT_EQ(agrees(reading()), 1) << "not taken yet";
  credited += credited_of(id);
  EXPECT_EQ(agrees(reading()), 1) << "taken, result on the way";
  EXPECT_EQ(find_purchase(session, id)->state, "sent") << "the result will tell";
  work([&](store::Unit& unit) { accept(unit, ports, id, now_ms, "accepted"); });
  EXPECT_EQ(agrees(reading()), 1) << "taken and told";
  credited = units(5);
  EXPECT_EQ(agrees(reading()), 1) << "a reading from before, stamped with the same time";
  now_ms += 60'000;
  EXPECT_EQ(agrees(reading()), 0) << "a minute later it must be there";
}

TEST_F(Shadow, ATokenKeyedInByHandIsAcceptedByTheReading) {
  const std::string first = buy(units(20), false);
  const std::string second = buy(units(30), false);
  credited += credited_of(second);
  EXPECT_EQ(agrees(reading()), 1);
  EXPECT_EQ(find_purchase(session, second)->state, "accepted");
  EXPECT_EQ(find_purchase(session, first)->state, "issued");
}

TEST_F(Shadow, CreditThatNobodySoldIsAnAlarm) {
  buy(units(20), false);
  credited += units(21);
  EXPECT_EQ(agrees(reading()), 0);
  EXPECT_EQ(alarms(), 1U);
}

TEST_F(Shadow, APriceUnderWayIsNotJudgedAndAChangedOneIsFollowed) {
  ASSERT_EQ(agrees(reading()), 1);
  const std::string id = "00000000-0000-4000-8000-000000000001";
  work([&](store::Unit& unit) {
    ASSERT_TRUE(meters::add_tariff(unit.session, {"dear", "Dear", Price::of(25'000)}, now_ms));
    ASSERT_TRUE(meters::place_order(unit, vault, ports, {60'000, 0},
                                    {id, test::flat, "set_price", "dear", {}, "olga"}));
  });
  version = session.one<std::int64_t>("select tariff_version from meter_order where id = ?", {id});
  EXPECT_GT(version, 1);
  steps.push_back({version, Price::of(25'000), energy});
  energy += kwh(1);
  EXPECT_EQ(agrees(reading()), 1) << "as it was";
  EXPECT_EQ(alarms(), 0U);
  work([&](store::Unit& unit) {
    meters::end_order(unit, ports, id, {"done", "", steps.back().from.count(), now_ms});
  });
  EXPECT_EQ(agrees(reading()), 1);
  EXPECT_EQ(session.one<Money>("select deducted from meter_state where meter = ?", {test::flat}),
            *cost_of(steps, energy, version));
}

// Whatever happens in whatever order: the ledger sums to zero, and when nothing is on the way, what customers
// have is what the meters hold.
TEST_F(Shadow, LedgerAndMetersAgreeInTheEnd) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<std::string> on_the_way;
  for (int i = 0; i < 150; ++i) {
    now_ms += 1000;
    switch (random() % 4) {
      case 0:
        on_the_way.push_back(buy(Money::of(1 + static_cast<std::int64_t>(random() % 10'000'000)), true));
        credited += credited_of(on_the_way.back());
        break;
      case 1:
        if (!on_the_way.empty()) {
          work([&](store::Unit& unit) { accept(unit, ports, on_the_way.front(), now_ms, ""); });
          on_the_way.erase(on_the_way.begin());
        }
        break;
      case 2:
        energy += Energy::of(static_cast<std::int64_t>(random() % 100'000'000));
        break;
      default:
        work([](store::Unit& unit) { book_revenue(unit); });
    }
    if (on_the_way.size() < 12) {
      ASSERT_EQ(agrees(reading()), 1) << i;
    }
  }
  for (const std::string& id : on_the_way) {
    work([&](store::Unit& unit) { accept(unit, ports, id, now_ms, ""); });
  }
  ASSERT_EQ(agrees(reading()), 1);
  work([](store::Unit& unit) { book_revenue(unit); });
  EXPECT_TRUE(ledger::trial_balance(session).balanced());
  EXPECT_EQ(session.one<Money>(
                "select -sum(amount) from ledger_line where account = 'customer_credit' and meter = ?",
                {test::flat}),
            Money::of(*reading().balance));
  EXPECT_EQ(session.one<Money>("select sum(amount) from ledger_line where account = 'tokens_issued'"),
            Money{});
}

}  // namespace
}  // namespace lk::vending
