// SPDX-License-Identifier: Apache-2.0
// The desk's books of cards, with statements as meters seal them.
#include "server/cards/cards.hpp"

#include <gtest/gtest.h>

#include "order/order.hpp"
#include "server/ledger/ledger.hpp"
#include "server/test_site.hpp"
#include "server/vending/purchases.hpp"

namespace lk::cards {
namespace {

using quantity::Money;

constexpr const char* serial = "00000000000000A1";
constexpr const char* other_serial = "00000000000000A2";

std::string id_of(int n) {
  std::string id = "00000000-0000-4000-8000-000000000000";
  const std::string digits = std::to_string(n);
  return id.replace(id.size() - digits.size(), digits.size(), digits);
}

class Cards : public test::Site {
 protected:
  Result<bool> add(const char* card, const char* kind, const char* meter, bool replaces = false) {
    Result<bool> added = false;
    work([&](store::Unit& unit) { added = add_card(unit, {card, kind, meter, replaces, "olga"}); });
    return added;
  }
  std::string sell(int n, const char* meter = test::flat) {
    work([&](store::Unit& unit) {
      const auto sold = vending::sell(
          unit, tokens, ports, {},
          {.id = id_of(n), .meter = meter, .amount = quantity::units(20), .deliver = false, .user = "olga"});
      ASSERT_TRUE(sold);
    });
    return id_of(n);
  }
  Result<Made> load(const NewLoad& asked) {
    Result<Made> made = std::unexpected(Refusal::unknown_card);
    work([&](store::Unit& unit) { made = make_load(unit, vault, asked); });
    return made;
  }
  static NewLoad purchase_load(int n, const std::string& purchase, const char* card = serial) {
    return {.id = id_of(n),
            .card = card,
            .purchase = purchase,
            .tokens = {},
            .command = {},
            .asked = purchase,
            .user = "olga"};
  }
  // A statement as the meter of this card would write it.
  card::Statement statement(std::uint32_t load_number, std::initializer_list<card::ItemResult> results) {
    card::Statement told;
    told.meter = order::meter_number(test::flat).value_or(0);
    told.serial = 0xA1;
    told.load = load_number;
    for (const card::ItemResult result : results) told.results[told.done_count++] = result;
    told.clock = quantity::Instant::of(now_ms);
    return told;
  }
  Result<card::Statement> book(const card::Statement& told, const char* card = serial) {
    const auto key = vault.card_key(test::flat);
    const auto bytes = card::seal(told, *key);
    return book_text(hex(bytes), card);
  }
  Result<card::Statement> book_text(const std::string& text, const char* card = serial) {
    Result<card::Statement> booked = std::unexpected(Refusal::unknown_card);
    work([&](store::Unit& unit) { booked = book_statement(unit, vault, ports, card, text, "olga"); });
    return booked;
  }
  Money balance(std::string_view account) {
    return session.one<Money>("select coalesce(sum(amount), 0) from ledger_line where account = ?",
                              {account});
  }
};

TEST_F(Cards, AMeterHasOneCardOfItsOwnAndALostOneIsReplaced) {
  EXPECT_EQ(add(serial, "user", "07000000997").error(), Refusal::unknown_meter);
  EXPECT_EQ(add(serial, "user", test::flat), true);
  EXPECT_EQ(add(serial, "user", test::flat), false) << "a repeat is the same card";
  EXPECT_EQ(add(serial, "user", test::other_flat).error(), Refusal::card_in_use);
  EXPECT_EQ(add(other_serial, "user", test::flat).error(), Refusal::has_card);
  ASSERT_TRUE(load(purchase_load(1, sell(1))));
  EXPECT_EQ(add(other_serial, "user", test::flat, true), true);
  EXPECT_EQ(find_card(session, other_serial)->issue, 2);
  EXPECT_EQ(load(purchase_load(2, sell(2))).error(), Refusal::replaced);
  const auto waiting = list_items(session, other_serial);
  ASSERT_EQ(waiting.size(), 1U) << "what the lost card carried";
  EXPECT_EQ(waiting[0].purchase, id_of(1));
}

TEST_F(Cards, LoadsAreRefusedByName) {
  ASSERT_TRUE(add(serial, "user", test::flat));
  NewLoad parameters = purchase_load(1, "");
  parameters.purpose = card::Purpose::parameter;
  NewLoad opening = purchase_load(2, "", other_serial);
  const struct {
    const char* name;
    NewLoad load;
    Refusal refusal;
  } rows[] = {
      {"nothing on it", purchase_load(3, ""), Refusal::nothing_to_load},
      {"an unknown card", opening, Refusal::unknown_card},
      {"an unknown purchase", purchase_load(4, id_of(900)), Refusal::unknown_purchase},
      {"another meter's purchase", purchase_load(5, sell(6, test::other_flat)), Refusal::other_meter},
      {"parameters on a customer's card", parameters, Refusal::wrong_kind},
  };
  for (const auto& row : rows) EXPECT_EQ(load(row.load).error(), row.refusal) << row.name;
  const std::string purchase = sell(7);
  const auto first = load(purchase_load(8, purchase));
  ASSERT_TRUE(first);
  const auto again = load(purchase_load(8, purchase));
  ASSERT_TRUE(again && again->repeated);
  EXPECT_EQ(again->load.content, first->load.content);
  NewLoad changed = purchase_load(8, purchase);
  changed.asked = "other";
  EXPECT_EQ(load(changed).error(), Refusal::id_reused);
}

TEST_F(Cards, AStatementBooksWhatTheMeterTookOnceAndOnlyItsOwn) {
  ASSERT_TRUE(add(serial, "user", test::flat));
  const std::string purchase = sell(1);
  ASSERT_TRUE(load(purchase_load(2, purchase)));
  const auto told = statement(1, {1});
  EXPECT_EQ(book_text("00").error(), Refusal::not_a_statement);
  card::Statement unknown = told;
  unknown.meter = 7'000'000'997;
  EXPECT_EQ(book(unknown).error(), Refusal::unknown_meter);
  card::Statement foreign = told;
  foreign.serial = 0xA2;
  EXPECT_EQ(book(foreign).error(), Refusal::other_card);
  const auto wrong_key = vault.card_key(test::other_flat);
  EXPECT_EQ(book_text(hex(card::seal(told, *wrong_key))).error(), Refusal::not_a_statement);
  EXPECT_EQ(vending::find_purchase(session, purchase)->state, "issued");
  const Money credited = vending::find_purchase(session, purchase)->credited;
  for (int times = 0; times < 2; ++times) {
    ASSERT_TRUE(book(told));
    EXPECT_EQ(vending::find_purchase(session, purchase)->state, "accepted");
    EXPECT_EQ(balance("customer_credit"), -credited - quantity::units(10)) << "and two presets of 5";
  }
  EXPECT_FALSE(latest_load(session, serial)) << "the meter has told of it";
  EXPECT_EQ(load(purchase_load(3, purchase)).error(), Refusal::taken);
}

TEST_F(Cards, ARefundOnACardIsPaidOutForItsProofAndOnce) {
  ASSERT_TRUE(add(serial, "user", test::flat));
  NewLoad refund = purchase_load(1, "");
  refund.purpose = card::Purpose::refund;
  refund.command = order::Refund{quantity::units(50)};
  ASSERT_TRUE(load(refund));
  const auto sequence =
      static_cast<std::uint32_t>(session.one<std::int64_t>("select sequence from meter_order"));
  card::Statement told = statement(1, {card::order_item_result(1, 0)});
  told.order_sequence = sequence;
  EXPECT_FALSE(find_refund(session, told)) << "the meter has given nothing back yet";
  const auto pay = [&] {
    Result<void> paid;
    work([&](store::Unit& unit) { paid = pay_refund(unit, vault, told, "olga"); });
    return paid;
  };
  EXPECT_EQ(pay().error(), Refusal::no_refund);
  told.refund_sequence = sequence;
  told.refund = quantity::units(4);
  EXPECT_EQ(pay().error(), Refusal::wrong_proof);
  const auto proof = vault.refund_proof(test::flat, sequence, told.refund);
  ASSERT_TRUE(proof);
  const auto bytes = bytes_of_hex(*proof);
  ASSERT_TRUE(bytes && bytes->size() == told.refund_proof.size());
  std::ranges::copy(*bytes, told.refund_proof.begin());
  ASSERT_TRUE(book(told));
  EXPECT_FALSE(find_refund(session, told)->paid);
  EXPECT_EQ(balance("cash"), Money{});
  EXPECT_TRUE(pay());
  EXPECT_TRUE(pay()) << "a repeat";
  EXPECT_TRUE(find_refund(session, told)->paid);
  EXPECT_EQ(balance("cash"), quantity::units(-4));
  EXPECT_TRUE(ledger::trial_balance(session).balanced());
}

}  // namespace
}  // namespace lk::cards
