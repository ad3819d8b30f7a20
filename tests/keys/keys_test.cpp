// SPDX-License-Identifier: Apache-2.0
// Keys that change and tokens that carry no credit, with a meter's own token organ at the other end: what is
// sold must open it.
#include <gtest/gtest.h>

#include <algorithm>

#include "meter/tokens/entry.hpp"
#include "server/ledger/ledger.hpp"
#include "server/meters/commands.hpp"
#include "server/test_site.hpp"
#include "server/vending/campaign.hpp"
#include "server/vending/delivery.hpp"
#include "server/vending/engineering.hpp"
#include "server/vending/key_record.hpp"
#include "server/vending/receipt.hpp"

namespace lk::vending {
namespace {

using quantity::Money;
using sts::TokenResult;

std::string id_of(int n) {
  std::string id = "00000000-0000-4000-8000-000000000000";
  const std::string digits = std::to_string(n);
  return id.replace(id.size() - digits.size(), digits.size(), digits);
}

// The meter's account, as far as tokens know it.
struct Purse final : tokens::Effects {
  TokenResult credit_currency(Money amount) override {
    balance += amount;
    return TokenResult::accept;
  }
  TokenResult credit_units(std::uint32_t) override { return TokenResult::function; }
  TokenResult clear_credit(Register) override {
    balance = {};
    return TokenResult::accept;
  }
  TokenResult clear_tamper() override { return TokenResult::accept; }
  Money balance;
};

class Keys : public test::Site {
 protected:
  void SetUp() override {
    Site::SetUp();
    const auto made = opened_vault->provision({test::flat, {201'457, 1, sts::KeyType::unique}}, {"", "test"});
    ASSERT_TRUE(made.has_value());
    meter.key.key = made->decoder_key;
    meter.key.key_revision_number = 1;
    meter.key.tariff_index = 1;
  }

  SaleResult buy(int n, bool deliver = false) {
    SaleResult sale = std::unexpected(SaleRefusal::no_amount);
    work([&](store::Unit& unit) {
      sale = sell(unit, tokens, ports, rules, {id_of(n), test::flat, quantity::units(20), deliver, "olga"});
    });
    return sale;
  }
  std::expected<MadeEngineering, SaleRefusal> make(int n, const std::string& kind, std::int64_t value = 0,
                                                   bool deliver = false) {
    std::expected<MadeEngineering, SaleRefusal> made = std::unexpected(SaleRefusal::no_amount);
    work([&](store::Unit& unit) {
      made =
          make_engineering(unit, tokens, ports, rules, {id_of(n), test::flat, kind, value, deliver, "erik"});
    });
    return made;
  }
  std::expected<BegunCampaign, CampaignRefusal> campaign(int n, const KeyOf& to) {
    std::expected<BegunCampaign, CampaignRefusal> begun = std::unexpected(CampaignRefusal::no_meters);
    work([&](store::Unit& unit) {
      begun = begin_campaign(unit, tokens, {id_of(n), "New keys", {"201457", 1}, to, std::nullopt, "olga"});
    });
    return begun;
  }
  TokenResult enter(const std::string& digits) {
    std::array<char, 20> characters{};
    std::ranges::copy(digits, characters.begin());
    return tokens::enter(meter, assembly, characters, {}, purse, quantity::Instant::of(now_ms)).result;
  }
  // A gateway: what was sent last goes into the meter, and its answer comes back.
  void deliver_all() {
    while (delivered < remembered.commands.size()) {
      const meters::Command command = remembered.commands[delivered++];
      answer(command, enter(command.content));
    }
  }
  void answer(const meters::Command& command, TokenResult result) {
    const bool is_done = result == TokenResult::accept || result == TokenResult::used || is_section(result);
    work([&](store::Unit& unit) {
      const auto ended = meters::end_command(unit.session, command.id, {command.meter, "gw1"}, now_ms);
      ASSERT_TRUE(ended);
      take_delivery(unit, ports,
                    {*ended, command.meter, is_done ? "done" : "refused", static_cast<std::int64_t>(result),
                     "", now_ms});
    });
  }
  static bool is_section(TokenResult result) {
    return result == TokenResult::first_key_change || result == TokenResult::second_key_change ||
           result == TokenResult::third_key_change || result == TokenResult::fourth_key_change;
  }
  std::int64_t entries() { return session.one<std::int64_t>("select count(*) from ledger_entry"); }

  tokens::State meter;
  tokens::Assembly assembly;
  Purse purse;
  SaleRules rules;
  std::size_t delivered = 0;
};

TEST_F(Keys, ACampaignPutsTheKeyChangeInFrontOfTheNextToken) {
  const auto begun = campaign(900, {"201457", 7});
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->campaign.waiting, 2);
  EXPECT_TRUE(campaign(900, {"201457", 7})->repeated);
  EXPECT_EQ(campaign(900, {"201457", 6}).error(), CampaignRefusal::id_reused);

  const auto sale = buy(1);
  ASSERT_TRUE(sale);
  ASSERT_EQ(sale->purchase.key_change.size(), 4U);
  EXPECT_EQ(enter(sale->purchase.token), TokenResult::crc) << "it is under the new key";
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(is_section(enter(sale->purchase.key_change[i]))) << i;
  EXPECT_EQ(enter(sale->purchase.key_change[3]), TokenResult::accept);
  EXPECT_EQ(meter.key.key_revision_number, 7);
  EXPECT_EQ(enter(sale->purchase.token), TokenResult::accept);
  EXPECT_EQ(purse.balance, sale->purchase.credited);

  const auto again = buy(1);
  ASSERT_TRUE(again && again->repeated);
  EXPECT_EQ(again->purchase.key_change, sale->purchase.key_change);
  EXPECT_EQ(find_purchase(session, id_of(1))->key_change, sale->purchase.key_change);
  EXPECT_EQ(find_campaign(session, id_of(900))->issued, 1);
}

TEST_F(Keys, ReceiptsShowTheKeyChangeFirst) {
  ASSERT_TRUE(campaign(900, {"201457", 7}));
  const auto sale = buy(1);
  ASSERT_TRUE(sale);
  const std::string text = receipt_text({"Site", "EUR", 0}, sale->purchase);
  const auto place = [&](const std::string& token) { return text.find(grouped(token)); };
  for (std::size_t i = 0; i + 1 < 4; ++i) {
    EXPECT_LT(place(sale->purchase.key_change[i]), place(sale->purchase.key_change[i + 1]));
  }
  EXPECT_LT(place(sale->purchase.key_change[3]), place(sale->purchase.token));
  EXPECT_NE(text.find("1. Key change: enter first"), std::string::npos);
  EXPECT_NE(text.find("5. Credit token"), std::string::npos);
  EXPECT_TRUE(receipt_pdf({"Site", "EUR", 0}, sale->purchase).starts_with("%PDF-"));
}

TEST_F(Keys, AGatewayDeliversInOrderAndEachAnswerOnce) {
  ASSERT_TRUE(campaign(900, {"201457", 7}));
  const auto sale = buy(1, true);
  ASSERT_TRUE(sale);
  ASSERT_EQ(remembered.commands.size(), 1U);
  EXPECT_EQ(remembered.commands[0].content, sale->purchase.key_change[0]);
  const meters::Command first = remembered.commands[0];
  deliver_all();
  ASSERT_EQ(remembered.commands.size(), 5U);
  EXPECT_EQ(remembered.commands[4].content, sale->purchase.token);
  EXPECT_EQ(find_purchase(session, id_of(1))->state, "accepted");
  EXPECT_EQ(purse.balance, sale->purchase.credited);
  EXPECT_EQ(find_campaign(session, id_of(900))->done, 1);

  const std::int64_t booked = entries();
  answer(first, TokenResult::first_key_change);
  EXPECT_EQ(remembered.commands.size(), 5U) << "an answer that comes twice sends nothing";
  EXPECT_EQ(entries(), booked);
  EXPECT_TRUE(buy(2)->purchase.key_change.empty());
}

TEST_F(Keys, SectionsThatThePowerTookAreSentOnceMore) {
  ASSERT_TRUE(campaign(900, {"201457", 7}));
  ASSERT_TRUE(buy(1, true));
  answer(remembered.commands[0], enter(remembered.commands[0].content));
  answer(remembered.commands[1], enter(remembered.commands[1].content));
  delivered = 2;
  assembly.drop();
  deliver_all();
  EXPECT_EQ(meter.key.key_revision_number, 7);
  EXPECT_EQ(find_purchase(session, id_of(1))->state, "accepted");
  EXPECT_GT(purse.balance, Money{});
}

TEST_F(Keys, AMeterThatHasTheKeyAlreadyStillGetsItsToken) {
  ASSERT_TRUE(campaign(900, {"201457", 7}));
  const auto sale = buy(1);
  ASSERT_TRUE(sale);
  for (const std::string& section : sale->purchase.key_change) (void)enter(section);
  work([&](store::Unit& unit) { ASSERT_TRUE(reissue(unit, ports, rules, id_of(1))); });
  deliver_all();
  EXPECT_EQ(find_purchase(session, id_of(1))->state, "accepted");
}

TEST_F(Keys, AMeterOfAnotherKeyEndsRefusedAfterTwoRounds) {
  ASSERT_TRUE(campaign(900, {"201457", 7}));
  ASSERT_TRUE(buy(1, true));
  meter.key.key.bytes.fill(std::byte{1});
  deliver_all();
  EXPECT_EQ(find_purchase(session, id_of(1))->state, "refused");
  EXPECT_EQ(remembered.commands.size(), 10U) << "as many wrong tokens as the meter judges at once";
}

TEST_F(Keys, UntilTheMeterIsKnownToHaveTheKeyThreeTokensBringIt) {
  ASSERT_TRUE(campaign(900, {"201457", 7}));
  const auto first = buy(1);
  EXPECT_EQ(buy(2)->purchase.key_change, first->purchase.key_change);
  EXPECT_EQ(buy(3)->purchase.key_change, first->purchase.key_change);
  EXPECT_TRUE(buy(4)->purchase.key_change.empty());
  const auto made = make(50, "key_change");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->token.key_change, first->purchase.key_change) << "the very same set, however often";
}

TEST_F(Keys, ARollOverBeginsIdentifiersAnew) {
  session.run(
      "update meter set key_revision_number = 6, base_date = 1993, last_tid = 16000000 where number = ?",
      {test::flat});
  const auto made = opened_vault->provision({test::flat, {201'457, 6, sts::KeyType::unique}}, {"", "test"});
  ASSERT_TRUE(made.has_value());
  meter.key.key = made->decoder_key;
  meter.key.key_revision_number = 6;
  for (std::uint32_t i = 0; i < 50; ++i) meter.used.accept(15'000'000 + i);
  EXPECT_EQ(buy(1).error(), SaleRefusal::no_identifier) << "1993 ended in 2024";
  session.run(
      "update meter set next_supply_group_code = '201457', next_key_revision_number = 1, "
      "next_tariff_index = 1 where number = ?",
      {test::flat});
  const auto sale = buy(2, true);
  ASSERT_TRUE(sale);
  EXPECT_LT(sale->purchase.tid, 16'000'000);
  deliver_all();
  EXPECT_EQ(find_purchase(session, id_of(2))->state, "accepted");
  EXPECT_EQ(read_key(session, test::flat)->base_date, 2014);
  EXPECT_EQ(session.one<std::int64_t>("select roll_over from key_change"), 1);
}

TEST_F(Keys, AKeyForALaterDateWaitsForIt) {
  ASSERT_TRUE(campaign(900, {"201457", 8}));
  EXPECT_TRUE(buy(1)->purchase.key_change.empty());
  EXPECT_EQ(make(50, "key_change").error(), SaleRefusal::not_active_yet);
  now_ms = 1'900'000'000'001;
  EXPECT_EQ(buy(2)->purchase.key_change.size(), 4U);
}

TEST_F(Keys, ACampaignRefusesByName) {
  EXPECT_EQ(campaign(901, {"999999", 1}).error(), CampaignRefusal::unknown_key);
  EXPECT_EQ(campaign(902, {"201457", 1}).error(), CampaignRefusal::same_key);
}

TEST_F(Keys, ACampaignDeliversToWhoeverWaits) {
  ASSERT_TRUE(campaign(900, {"201457", 7}));
  work([&](store::Unit& unit) {
    EXPECT_EQ(deliver_campaign(unit, tokens, ports, rules, id_of(900), 1, "olga"), 1);
  });
  deliver_all();
  EXPECT_EQ(meter.key.key_revision_number, 7);
  const auto now = find_campaign(session, id_of(900));
  EXPECT_EQ(now->done, 1);
  EXPECT_EQ(now->waiting, 1);
  const std::string csv = campaign_csv(*now, campaign_meters(session, id_of(900)));
  EXPECT_NE(csv.find("07000000013,\"Flat\",201457-1,201457-7,done,no,"), std::string::npos) << csv;
  EXPECT_NE(csv.find("07000000021,\"Flat\",201457-1,201457-7,waiting,no,,"), std::string::npos) << csv;
}

struct TokenRow {
  const char* kind;
  std::int64_t value;
  std::int64_t effective;
};
class EngineeringTokens : public Keys, public ::testing::WithParamInterface<TokenRow> {};

TEST_P(EngineeringTokens, AreTakenByTheMeterAndTouchNoBooks) {
  const TokenRow& row = GetParam();
  const std::int64_t booked = entries();
  const auto made = make(1, row.kind, row.value, true);
  ASSERT_TRUE(made) << static_cast<int>(made.error());
  EXPECT_EQ(made->token.effective, row.effective);
  EXPECT_TRUE(make(1, row.kind, row.value, true)->repeated);
  EXPECT_EQ(make(1, row.kind, row.value, false).error(), SaleRefusal::id_reused);
  EXPECT_EQ(remembered.commands.size(), 1U);
  deliver_all();
  const auto token = find_engineering(session, id_of(1));
  EXPECT_EQ(token->state, "accepted");
  EXPECT_EQ(token->token, made->token.token);
  EXPECT_EQ(token->key_change, made->token.key_change);
  EXPECT_EQ(entries(), booked);
  EXPECT_NE(slip_text({"Site", "EUR", 0}, *token)
                .find(grouped(token->token.empty() ? token->key_change.back() : token->token)),
            std::string::npos);
  if (token->tid > 0) {
    EXPECT_GT(buy(2)->purchase.tid, token->tid) << "one row of identifiers";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EngineeringTokens,
    ::testing::Values(TokenRow{"power_limit", 5000, 5000}, TokenRow{"power_limit", 16'385, 16'394},
                      TokenRow{"phase_unbalance", 3000, 3000}, TokenRow{"tariff_rate", 7, 7},
                      TokenRow{"clear_credit", 65'535, 65'535}, TokenRow{"clear_tamper", 0, 0},
                      TokenRow{"test", 0, 0}, TokenRow{"test", 3, 3}, TokenRow{"key_change", 0, 0}));

TEST_F(Keys, EngineeringTokensRefuseByName) {
  struct Row {
    const char* kind;
    std::int64_t value;
  };
  for (const Row& row : {Row{"power_limit", 0}, Row{"power_limit", 18'201'625}, Row{"tariff_rate", 9},
                         Row{"tariff_rate", 65'536}, Row{"clear_credit", 1}, Row{"clear_tamper", 1},
                         Row{"test", 29}, Row{"nothing", 0}}) {
    EXPECT_EQ(make(1, row.kind, row.value).error(), SaleRefusal::amount_range) << row.kind << row.value;
  }
  session.run("update meter set key_revision_number = 4 where number = ?", {test::flat});
  EXPECT_EQ(make(1, "clear_tamper").error(), SaleRefusal::foreign_keys);
  EXPECT_FALSE(find_engineering(session, id_of(1)));
}

TEST(StepAfter, FollowsTheAnswers) {
  struct Row {
    const char* name;
    Answered answered;
    Step step;
  };
  for (const Row& row : {
           Row{"a token alone", {0, 0, 1, "done", 1, true}, Step::accepted},
           Row{"used means it has it", {0, 0, 1, "done", 10, true}, Step::accepted},
           Row{"refused alone", {0, 0, 1, "refused", 13, true}, Step::ended},
           Row{"a section taken", {0, 4, 5, "done", 2, true}, Step::next},
           Row{"a section taken, told by an older gateway", {0, 4, 5, "refused", 2, true}, Step::next},
           Row{"a section under a key that is gone", {0, 4, 5, "refused", 13, true}, Step::next},
           Row{"a key type that is not allowed", {3, 4, 5, "refused", 5, true}, Step::ended},
           Row{"the credit after it", {4, 4, 5, "done", 1, true}, Step::accepted},
           Row{"the credit under a key that is not there", {4, 4, 5, "refused", 13, true}, Step::again},
           Row{"… and once more", {4, 4, 5, "refused", 13, false}, Step::ended},
           Row{"the credit above the ceiling", {4, 4, 5, "refused", 4, true}, Step::ended},
           Row{"a key change by itself", {3, 4, 4, "done", 1, true}, Step::accepted},
           Row{"a key change that is not whole", {3, 4, 4, "done", 2, true}, Step::again},
           Row{"expired", {1, 4, 5, "expired", std::nullopt, true}, Step::ended},
           Row{"failed", {4, 4, 5, "failed", std::nullopt, true}, Step::ended},
       }) {
    EXPECT_EQ(step_after(row.answered), row.step) << row.name;
  }
}

}  // namespace
}  // namespace lk::vending
