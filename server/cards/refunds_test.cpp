// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "order/order.hpp"
#include "server/cards/cards.hpp"
#include "server/ledger/ledger.hpp"
#include "server/test_site.hpp"

namespace lk::cards {
namespace {

using quantity::Money;

constexpr const char* serial = "00000000000000A1";

class CardRefund : public test::Site {
 protected:
  Money balance(std::string_view account) {
    return session.one<Money>("select coalesce(sum(amount), 0) from ledger_line where account = ?",
                              {account});
  }
};

TEST_F(CardRefund, ARefundOnACardIsPaidOutForItsProofAndOnce) {
  const NewLoad load{.id = "00000000-0000-4000-8000-000000000001",
                     .card = serial,
                     .purpose = card::Purpose::refund,
                     .purchase = {},
                     .tokens = {},
                     .command = order::Refund{quantity::units(50)},
                     .asked = "refund",
                     .user = "olga"};
  work([&](store::Unit& unit) {
    ASSERT_TRUE(add_card(unit, {serial, "user", test::flat, false, "olga"}));
    ASSERT_TRUE(make_load(unit, vault, load));
  });
  const auto sequence =
      static_cast<std::uint32_t>(session.one<std::int64_t>("select sequence from meter_order"));
  card::Statement told;
  told.meter = order::meter_number(test::flat).value_or(0);
  told.serial = 0xA1;
  told.load = 1;
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
