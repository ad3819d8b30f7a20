// SPDX-License-Identifier: Apache-2.0
// Cards at the desk: registered once, loaded in order, and what a meter writes back is booked once.
#include "server/cards/cards.hpp"

#include <gtest/gtest.h>

#include "order/order.hpp"
#include "server/ingest/ingest.hpp"
#include "server/ledger/ledger.hpp"
#include "server/meters/orders.hpp"
#include "server/meters/readings.hpp"
#include "server/test_site.hpp"
#include "server/vending/returned.hpp"

namespace lk::cards {
namespace {

using card::Purpose;
using quantity::Money;

constexpr const char* serial = "0123456789ABCDEF";
constexpr const char* second = "0123456789ABCDF0";
constexpr std::uint64_t serial_number = 0x0123'4567'89AB'CDEF;

class Cards : public test::Site {
 protected:
  Result<bool> add(const NewCard& card) {
    Result<bool> added = false;
    work([&](store::Unit& unit) { added = add_card(unit, card); });
    return added;
  }
  Result<Made> load(Purpose purpose, const std::string& id, std::optional<order::Command> command = {},
                    const std::string& card = serial) {
    Result<Made> made = std::unexpected(Refusal::unknown_card);
    work([&](store::Unit& unit) {
      made = make_load(unit, vault,
                       {.id = id,
                        .card = card,
                        .purpose = purpose,
                        .purchase = {},
                        .tokens = {},
                        .command = std::move(command),
                        .asked = id,
                        .user = "olga"});
    });
    return made;
  }
  // What the flat's meter writes back of a load.
  card::Statement statement(const MadeLoad& load, std::vector<std::uint8_t> results) {
    card::Statement back{.meter = 7'000'000'013,
                         .serial = serial_number,
                         .load = static_cast<std::uint32_t>(load.number),
                         .done_count = static_cast<std::uint8_t>(results.size()),
                         .clock = quantity::Instant::of(now_ms += 60'000),
                         .balance = quantity::units(5),
                         .credited = quantity::units(5),
                         .order_sequence = sequence()};
    std::ranges::copy(results, back.results.begin());
    return back;
  }
  Result<card::Statement> book(const card::Statement& back, const std::string& card = serial) {
    const auto key = vault.card_key(test::flat);
    EXPECT_TRUE(key.has_value());
    const std::string bytes = hex(card::seal(back, *key));
    Result<card::Statement> booked = std::unexpected(Refusal::not_a_statement);
    work([&](store::Unit& unit) {
      booked = book_statement(unit, {vault, vault}, ports, card, bytes, "olga");
    });
    EXPECT_TRUE(ledger::trial_balance(session).balanced());
    return booked;
  }
  void event(std::int64_t number, std::int64_t detail, Money amount) {
    work([&](store::Unit& unit) {
      const meters::Event told{now_ms,  number, vending::credit_returned_code,
                               "event", detail, amount.count()};
      (void)ingest::apply(unit, ports, {"gw1", test::flat, told});
    });
  }
  std::uint32_t sequence() {
    return static_cast<std::uint32_t>(
        session.one<std::int64_t>("select last_sequence from meter where number = ?", {test::flat}));
  }
  Money balance(std::string_view account) {
    return session.one<Money>("select coalesce(sum(amount), 0) from ledger_line where account = ?",
                              {std::string(account)});
  }
  NewCard own(const std::string& of = serial, bool replaces = false) {
    return {of, "user", test::flat, replaces, "olga"};
  }
};

TEST_F(Cards, AMeterHasOneCardAndACardOneMeter) {
  EXPECT_EQ(add(own()), true);
  EXPECT_EQ(add(own()), false) << "asked again";
  NewCard other = own();
  other.meter = test::other_flat;
  EXPECT_EQ(add(other).error(), Refusal::card_in_use);
  EXPECT_EQ(add(own(second)).error(), Refusal::has_card);
  EXPECT_EQ(add({second, "user", "07000000039", false, "olga"}).error(), Refusal::unknown_meter);
  EXPECT_EQ(add(own(second, true)), true);
  EXPECT_EQ(find_card(session, serial)->state, "replaced");
  EXPECT_EQ(find_card(session, second)->issue, 2);
}

TEST_F(Cards, ALoadIsMadeOnceAndRefusedWhereItDoesNotFit) {
  ASSERT_EQ(add(own()), true);
  const auto made = load(Purpose::open_account, "a");
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->load.number, 1);
  EXPECT_EQ(load(Purpose::open_account, "a")->repeated, true);
  EXPECT_EQ(load(Purpose::open_account, "a")->load.content, made->load.content);
  EXPECT_EQ(load(Purpose::parameter, "b").error(), Refusal::wrong_kind);
  EXPECT_EQ(load(Purpose::purchase, "c", {}, second).error(), Refusal::unknown_card);
  ASSERT_TRUE(book(statement(made->load, {1})).has_value());
  EXPECT_EQ(load(Purpose::purchase, "d").error(), Refusal::nothing_to_load);
  ASSERT_EQ(add(own(second, true)), true);
  EXPECT_EQ(load(Purpose::purchase, "e").error(), Refusal::replaced);
}

TEST_F(Cards, AStatementIsBelievedOfItsMeterAndCardAlone) {
  ASSERT_EQ(add(own()), true);
  const auto made = load(Purpose::open_account, "a");
  ASSERT_TRUE(made.has_value());
  const card::Statement back = statement(made->load, {1});
  EXPECT_EQ(book(back, second).error(), Refusal::unknown_card);
  card::Statement foreign = back;
  foreign.serial = 7;
  EXPECT_EQ(book(foreign).error(), Refusal::other_card);
  std::string forged = hex(card::seal(back, card::Key{}));
  work([&](store::Unit& unit) {
    EXPECT_EQ(book_statement(unit, {vault, vault}, ports, serial, forged, "olga").error(),
              Refusal::not_a_statement);
    EXPECT_EQ(book_statement(unit, {vault, vault}, ports, serial, "00", "olga").error(),
              Refusal::not_a_statement);
  });
  EXPECT_EQ(list_items(session, serial)[0].state, "waiting");
}

TEST_F(Cards, ARefundThatACardTellsIsBookedOnceWhoeverIsFirst) {
  ASSERT_EQ(add(own()), true);
  const auto made = load(Purpose::refund, "a", order::Refund{quantity::units(4)});
  ASSERT_TRUE(made.has_value());
  card::Statement back = statement(made->load, {1});
  back.refund_sequence = sequence();
  back.refund = back.balance = quantity::units(4);
  back.balance = quantity::units(1);
  back.order_value = quantity::units(4).count();
  back.event_count = 3;
  ASSERT_TRUE(book(back).has_value());
  EXPECT_EQ(balance("refunds_due"), quantity::units(-4));
  ASSERT_TRUE(book(back).has_value());
  EXPECT_EQ(balance("refunds_due"), quantity::units(-4)) << "the same statement again";
  event(1, 0, quantity::units(4));
  EXPECT_EQ(balance("refunds_due"), quantity::units(-4)) << "the meter's own word of the same";
  event(2, 0, quantity::units(4));
  EXPECT_EQ(balance("refunds_due"), quantity::units(-8)) << "another one";
}

TEST_F(Cards, ARefundThatTheMeterToldFirstIsNotBookedAgainByItsCard) {
  ASSERT_EQ(add(own()), true);
  const auto made = load(Purpose::refund, "a", order::Refund{quantity::units(4)});
  ASSERT_TRUE(made.has_value());
  event(1, 0, quantity::units(4));
  card::Statement back = statement(made->load, {1});
  back.order_value = quantity::units(4).count();
  ASSERT_TRUE(book(back).has_value());
  EXPECT_EQ(balance("refunds_due"), quantity::units(-4));
}

TEST_F(Cards, AStatementIsAReadingThatTheShadowJudges) {
  ASSERT_EQ(add(own()), true);
  const auto made = load(Purpose::open_account, "a");
  ASSERT_TRUE(made.has_value());
  card::Statement back = statement(made->load, {1});
  ASSERT_TRUE(book(back).has_value());
  const auto reading = meters::reading_before(session, test::flat, now_ms);
  ASSERT_TRUE(reading.has_value());
  EXPECT_EQ(reading->balance, quantity::units(5).count());
  EXPECT_EQ(session.one<std::int64_t>("select shadow_agrees from meter_state where meter = ?", {test::flat}),
            1);

  back = statement(made->load, {1});
  back.credited = back.balance = quantity::units(50);
  ASSERT_TRUE(book(back).has_value());
  EXPECT_NE(
      session.one<std::string>("select detail from alarm where kind = 'shadow_difference' and ended is null"),
      "")
      << "credit that nobody sold";
}

TEST_F(Cards, AnOrderThatCameLateIsSealedAnewAndGoesWithTheNextLoad) {
  ASSERT_EQ(add(own()), true);
  const auto made = load(Purpose::refund, "a", order::Refund{quantity::units(4)});
  ASSERT_TRUE(made.has_value());
  const std::uint32_t before = sequence();
  const auto late = card::order_item_result(3, static_cast<std::uint8_t>(order::Refusal::stale));
  const card::Statement back = statement(made->load, {late});
  ASSERT_TRUE(book(back).has_value());
  EXPECT_EQ(sequence(), before + 1);
  EXPECT_EQ(list_items(session, serial)[0].state, "waiting");
  ASSERT_TRUE(book(back).has_value());
  EXPECT_EQ(sequence(), before + 1) << "told twice, sealed once";

  const auto next = load(Purpose::replacement, "b");
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->load.number, 2);
  card::Statement done = statement(next->load, {1});
  done.order_value = quantity::units(4).count();
  ASSERT_TRUE(book(done).has_value());
  EXPECT_EQ(list_items(session, serial)[0].state, "done");
  EXPECT_EQ(balance("refunds_due"), quantity::units(-4));
}

TEST_F(Cards, AReplayedOrderIsNotSealedAnew) {
  ASSERT_EQ(add(own()), true);
  const auto made = load(Purpose::refund, "a", order::Refund{quantity::units(4)});
  ASSERT_TRUE(made.has_value());
  const std::uint32_t before = sequence();
  constexpr std::uint8_t replayed = 8;
  ASSERT_TRUE(book(statement(made->load, {card::order_item_result(3, replayed)})).has_value());
  EXPECT_EQ(sequence(), before);
  EXPECT_EQ(list_items(session, serial)[0].state, "refused");
}

}  // namespace
}  // namespace lk::cards
