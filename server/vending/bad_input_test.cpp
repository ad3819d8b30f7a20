// SPDX-License-Identifier: Apache-2.0
// What cannot be sold: each by its name, with books, identifiers and counters as they were. The module that
// holds the keys goes at each of its calls in turn.
#include <gtest/gtest.h>

#include "server/test_site.hpp"
#include "server/vending/campaign.hpp"
#include "server/vending/engineering.hpp"
#include "server/vending/key_record.hpp"

namespace lk::vending {
namespace {

std::string id_of(int n) {
  std::string id = "00000000-0000-4000-8000-000000000000";
  const std::string digits = std::to_string(n);
  return id.replace(id.size() - digits.size(), digits.size(), digits);
}

// A module that works until its call number `fails_at`, and from then on is gone or locked.
class Flaky final : public vault::SecurityModule {
 public:
  Flaky(vault::SecurityModule& inner, int fails_at, vault::Reason reason)
      : inner_(inner), left_(fails_at), reason_(reason) {}

  vault::Answer<vault::IssuedToken> issue_token(const vault::TokenRequest& request) override {
    if (is_gone()) return vault::refuse(reason_, "gone");
    return inner_.issue_token(request);
  }
  vault::Answer<vault::IssuedKeyChange> issue_key_change(const vault::KeyChangeRequest& request) override {
    if (is_gone()) return vault::refuse(reason_, "gone");
    return inner_.issue_key_change(request);
  }
  vault::Answer<vault::VerifiedToken> verify_token(const vault::VerifyRequest& request) override {
    if (is_gone()) return vault::refuse(reason_, "gone");
    return inner_.verify_token(request);
  }
  vault::Answer<void> settle() override {
    ++settled_;
    if (is_gone()) return vault::refuse(reason_, "gone");
    return inner_.settle();
  }
  vault::Answer<vault::KeyGroup> group(const vault::GroupName& name) override {
    if (is_gone()) return vault::refuse(reason_, "gone");
    return inner_.group(name);
  }
  std::vector<vault::KeyGroup> groups() override { return inner_.groups(); }
  vault::Answer<void> probe() override { return inner_.probe(); }

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] int settled() const { return settled_; }

 private:
  bool is_gone() {
    if (left_-- > 0) return false;
    failed_ = true;
    return true;
  }
  vault::SecurityModule& inner_;
  int left_;
  vault::Reason reason_;
  bool failed_ = false;
  int settled_ = 0;
};

class BadInput : public test::Site {
 protected:
  std::vector<SaleResult> buy(const TokenMaker& maker, int from, int count) {
    std::vector<NewPurchase> asked;
    for (int i = 0; i < count; ++i) {
      asked.push_back(
          {id_of(from + i), i % 2 == 0 ? test::flat : test::other_flat, quantity::units(20), true, "olga"});
    }
    std::vector<SaleResult> results;
    work([&](store::Unit& unit) { results = sell_all(unit, maker, ports, rules, asked); });
    return results;
  }
  void give_key(int revision) { session.run("update meter set key_revision_number = ?", {revision}); }
  // All that a sale may change.
  std::string books() {
    std::string text;
    for (const char* sql : {"select count(*) from purchase", "select count(*) from ledger_entry",
                            "select count(*) from ledger_line", "select count(*) from command",
                            "select count(*) from engineering_token", "select count(*) from key_change",
                            "select sum(last_tid) from meter",
                            "select count(*) from meter where next_supply_group_code is null",
                            "select sum(key_revision_number) from meter"}) {
      text += std::to_string(session.one<std::int64_t>(sql)) + " ";
    }
    return text;
  }
  SaleRules rules;
};

TEST_F(BadInput, EachRefusalHasItsNameAndLeavesTheBooksAlone) {
  struct Row {
    const char* name;
    const char* sql;
    SaleRefusal refusal;
  };
  const std::string untouched = books();
  for (const Row& row : {
           Row{"wrong check digit", "update meter set number = '07000000014' where number = '07000000013'",
               SaleRefusal::unknown_meter},
           Row{"unknown group", "update meter set key_revision_number = 4", SaleRefusal::foreign_keys},
           Row{"no group at all", "update meter set supply_group_code = ''", SaleRefusal::foreign_keys},
           Row{"retired key", "update meter set key_revision_number = 5", SaleRefusal::key_expired},
           Row{"key for later", "update meter set key_revision_number = 8", SaleRefusal::not_active_yet},
           Row{"not that kind", "update meter set kind = 'feeder'", SaleRefusal::only_measures},
       }) {
    session.begin();
    if (std::string_view(row.name) != "wrong check digit") session.run(row.sql);
    std::vector<std::function<void()>> effects;
    store::Unit unit{session, now_ms, effects};
    const char* meter = std::string_view(row.name) == "wrong check digit" ? "07000000014" : test::flat;
    const auto sale = sell(unit, tokens, ports, rules, {id_of(1), meter, quantity::units(20), true, "olga"});
    EXPECT_FALSE(sale) << row.name;
    EXPECT_TRUE(!sale && sale.error() == row.refusal) << row.name;
    EXPECT_TRUE(effects.empty()) << row.name;
    session.rollback();
    EXPECT_EQ(books(), untouched) << row.name;
  }
}

TEST_F(BadInput, AKeyThatHasBeenUsedAsMuchAsItMaySellsWhatIsLeftAndNoMore) {
  give_key(9);
  const auto results = buy(tokens, 1, 4);
  EXPECT_TRUE(results[0]);
  EXPECT_TRUE(results[1]);
  EXPECT_EQ(results[2].error(), SaleRefusal::limit_passed);
  EXPECT_EQ(results[3].error(), SaleRefusal::limit_passed);
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from purchase"), 2);
  EXPECT_EQ(session.one<std::int64_t>("select max(receipt) from purchase"), 2);
}

class ModuleGone : public BadInput, public ::testing::WithParamInterface<vault::Reason> {};

TEST_P(ModuleGone, AtAnyCallTheSaleIsWholeOrNotThere) {
  work([&](store::Unit& unit) {
    ASSERT_TRUE(
        begin_campaign(unit, tokens, {id_of(900), "New", {"201457", 1}, {"201457", 7}, std::nullopt, "o"}));
  });
  const std::string untouched = books();
  int calls = 0;
  for (bool failed = true; failed; ++calls) {
    Flaky module(vault, calls, GetParam());
    const TokenMaker maker(module);
    const auto results = buy(maker, 1, 2);
    failed = module.failed();
    if (!failed) {
      EXPECT_TRUE(results[0] && results[1]);
      break;
    }
    // Where only the second meter's call failed, the first is sold, unless nothing could be put on disk.
    for (const SaleResult& result : results) {
      EXPECT_TRUE(result || result.error() == SaleRefusal::vault_unavailable) << calls;
    }
    const bool any = results[0].has_value() || results[1].has_value();
    EXPECT_EQ(books() == untouched, !any) << calls;
    EXPECT_FALSE(any) << "settling is the last call: nothing is sold where it fails";
    ASSERT_LT(calls, 50);
  }
  EXPECT_GT(calls, 5);
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from purchase"), 2);
}

TEST_P(ModuleGone, AtAnyCallAnEngineeringTokenIsWholeOrNotThere) {
  const std::string untouched = books();
  int calls = 0;
  for (bool failed = true; failed; ++calls) {
    Flaky module(vault, calls, GetParam());
    const TokenMaker maker(module);
    std::expected<MadeEngineering, SaleRefusal> made = std::unexpected(SaleRefusal::no_amount);
    work([&](store::Unit& unit) {
      made = make_engineering(unit, maker, ports, rules,
                              {id_of(1), test::flat, "power_limit", 5000, true, "erik"});
    });
    failed = module.failed();
    if (!failed) break;
    EXPECT_EQ(made.error(), SaleRefusal::vault_unavailable) << calls;
    EXPECT_EQ(books(), untouched) << calls;
    ASSERT_LT(calls, 50);
  }
  EXPECT_GE(calls, 3);
}

// Two meters' key changes: the vault's audit goes to disk once, for both, and holds up the sales no longer.
TEST_P(ModuleGone, AtAnyCallACampaignsDeliveryIsWholeOrNotThere) {
  work([&](store::Unit& unit) {
    ASSERT_TRUE(
        begin_campaign(unit, tokens, {id_of(900), "New", {"201457", 1}, {"201457", 7}, std::nullopt, "o"}));
  });
  int calls = 0;
  for (bool failed = true; failed; ++calls) {
    Flaky module(vault, calls, GetParam());
    const TokenMaker maker(module);
    std::expected<std::int64_t, SaleRefusal> sent = 0;
    session.begin();
    std::vector<std::function<void()>> effects;
    store::Unit unit{session, now_ms, effects};
    sent = deliver_campaign(unit, maker, ports, rules, id_of(900), 200, "o");
    session.rollback();  // as after a refusal, and so that each turn finds the same
    failed = module.failed();
    if (failed) {
      EXPECT_TRUE(!sent || *sent < 2) << calls;
      EXPECT_TRUE(sent || sent.error() == SaleRefusal::vault_unavailable) << calls;
    } else {
      EXPECT_EQ(sent, 2);
      EXPECT_EQ(module.settled(), 1);
    }
    ASSERT_LT(calls, 50);
  }
  EXPECT_GT(calls, 4);
}

INSTANTIATE_TEST_SUITE_P(Reasons, ModuleGone,
                         ::testing::Values(vault::Reason::module_gone, vault::Reason::module_locked,
                                           vault::Reason::module_failed, vault::Reason::audit_failed));

}  // namespace
}  // namespace lk::vending
