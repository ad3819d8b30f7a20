// SPDX-License-Identifier: Apache-2.0
#include "meter/card/slot.hpp"

#include <gtest/gtest.h>

#include "card/testing/hex.hpp"
#include "meter/card/testing/paper_meter.hpp"

namespace lk::card {
namespace {

using quantity::Instant;
using testing::Bench;
using testing::DeskLoad;
using testing::PaperMeter;

constexpr const char* token_a = "11111111111111111111";
constexpr const char* token_b = "22222222222222222222";

struct Site {
  PaperMeter meter;
  sim::CardContacts contacts{1};
  Slot slot{contacts, meter};
  Instant now = Instant::of(1'000'000);

  Outcome insert(Bench& bench) {
    contacts.insert(bench.card);
    const Outcome outcome = go_on();
    contacts.pull();
    now = testing::run(slot, contacts, now, quantity::milliseconds(500));
    return outcome;
  }
  Outcome go_on() {
    now = testing::run(slot, contacts, now);
    EXPECT_FALSE(contacts.has_supply()) << "the card is without power";
    return slot.last().value_or(Outcome::disturbed);
  }
  void open(Bench& bench) {
    bench.personalise();
    testing::write_load(bench, {.purpose = Purpose::open_account, .tokens = {token_a}});
    ASSERT_EQ(insert(bench), Outcome::done);
    ASSERT_EQ(meter.memory.bound, testing::card_serial);
  }
};

TEST(CardSlot, ACardSuppliesTheMeterOnceAndAgain) {
  Site site;
  Bench card;
  site.open(card);
  EXPECT_EQ(site.meter.tokens, std::vector<std::string>{token_a});
  EXPECT_EQ(testing::read_statement(card).done_count, 1);
  EXPECT_EQ(site.insert(card), Outcome::done) << "put in again, it changes nothing";
  testing::write_load(card, {.number = 2, .tokens = {token_b}});
  EXPECT_EQ(site.insert(card), Outcome::done);
  EXPECT_EQ(site.meter.tokens, (std::vector<std::string>{token_a, token_b}));
  const Statement statement = testing::read_statement(card);
  EXPECT_EQ(statement.load, 2U);
  EXPECT_EQ(statement.results[0], 1);
  EXPECT_EQ(statement.meter, testing::meter_number);
}

TEST(CardSlot, WhoMayBringWhat) {
  struct Row {
    const char* name;
    Kind kind;
    Purpose purpose;
    std::uint64_t bound;  // before
    std::uint32_t issue;  // of the load; the meter knows 2
    Outcome outcome;
  };
  constexpr std::uint64_t own = testing::card_serial;
  constexpr std::uint64_t another = 99;
  const std::vector<Row> rows{
      {"opens", Kind::user, Purpose::open_account, 0, 3, Outcome::done},
      {"opens what is open", Kind::user, Purpose::open_account, another, 3, Outcome::other_card},
      {"buys", Kind::user, Purpose::purchase, own, 2, Outcome::done},
      {"buys before opening", Kind::user, Purpose::purchase, 0, 3, Outcome::not_opened},
      {"buys with an old card", Kind::user, Purpose::purchase, another, 3, Outcome::other_card},
      {"replaces", Kind::user, Purpose::replacement, another, 3, Outcome::done},
      {"replaces what is later", Kind::user, Purpose::replacement, another, 2, Outcome::other_card},
      {"replaces nothing", Kind::user, Purpose::replacement, 0, 3, Outcome::not_opened},
      {"refund", Kind::user, Purpose::refund, own, 2, Outcome::done},
      {"refund by an old card", Kind::user, Purpose::refund, another, 2, Outcome::other_card},
      {"a customer presets", Kind::user, Purpose::preset, 0, 3, Outcome::not_allowed},
      {"an engineer presets", Kind::service, Purpose::preset, 0, 3, Outcome::done},
      {"an engineer presets too late", Kind::service, Purpose::preset, another, 3, Outcome::not_allowed},
      {"parameters", Kind::service, Purpose::parameter, another, 3, Outcome::done},
      {"clears", Kind::service, Purpose::clear, 0, 3, Outcome::done},
      {"an engineer buys", Kind::service, Purpose::purchase, another, 3, Outcome::not_allowed},
  };
  for (const Row& row : rows) {
    Site site;
    site.meter.memory.bound = row.bound;
    site.meter.memory.issue = 2;
    Bench card;
    card.personalise(row.kind);
    testing::write_load(
        card, {.purpose = row.purpose, .tokens = {token_a}, .orders = {{std::byte{1}}}, .issue = row.issue});
    EXPECT_EQ(site.insert(card), row.outcome) << row.name;
    EXPECT_EQ(site.meter.tokens.size(), row.outcome == Outcome::done ? 1U : 0U) << row.name;
    EXPECT_EQ(site.meter.orders.size(), site.meter.tokens.size()) << row.name;
    EXPECT_EQ(site.meter.told, std::vector{row.outcome}) << row.name;
    EXPECT_EQ(site.meter.told_serial, testing::card_serial) << row.name;
  }
}

TEST(CardSlot, ANeighboursCardIsRefusedByName) {
  Bench card;
  Site site;
  site.open(card);
  testing::write_load(card, {.number = 2, .tokens = {token_b}});
  PaperMeter neighbour(7'000'000'021, card_key_of_meter(testing::key(2)));
  sim::CardContacts contacts(2);
  Slot slot(contacts, neighbour);
  contacts.insert(card.card);
  testing::run(slot, contacts, site.now);
  EXPECT_EQ(slot.last(), Outcome::other_meter);
  EXPECT_TRUE(neighbour.tokens.empty());
  EXPECT_EQ(neighbour.told_serial, testing::card_serial);
}

TEST(CardSlot, ACardThatLiesAboutItsMeterIsFoundOut) {
  Bench card;
  card.personalise(Kind::user, testing::meter_number, card_key_of_meter(testing::key(3)));
  Site site;
  EXPECT_EQ(site.insert(card), Outcome::unconvinced);
}

TEST(CardSlot, WhatIsNoCardIsCutOffAndTold) {
  struct Row {
    const char* name;
    void (*put)(sim::CardContacts&);
    Outcome outcome;
  };
  const std::vector<Row> rows{
      {"metal", [](sim::CardContacts& slot) { slot.insert_metal(); }, Outcome::metal},
      {"reversed", [](sim::CardContacts& slot) { slot.insert_reversed(); }, Outcome::mute},
      {"a bank card",
       [](sim::CardContacts& slot) { slot.insert_foreign(testing::from_hex("3B8880010000000033818100BA")); },
       Outcome::foreign},
      {"another meter's card",
       [](sim::CardContacts& slot) { slot.insert_foreign(testing::from_hex("3B690000574436350100000000")); },
       Outcome::foreign},
      {"one that says it is ours",
       [](sim::CardContacts& slot) { slot.insert_foreign(testing::from_hex("3B6900004C0102030405060708")); },
       Outcome::foreign},
      {"one that stops in its answer",
       [](sim::CardContacts& slot) { slot.insert_foreign(testing::from_hex("3B6900004C01")); },
       Outcome::disturbed},
      {"garbage", [](sim::CardContacts& slot) { slot.insert_foreign(testing::from_hex("FFFF00112233")); },
       Outcome::disturbed},
  };
  for (const Row& row : rows) {
    Site site;
    row.put(site.contacts);
    EXPECT_EQ(site.go_on(), row.outcome) << row.name;
    EXPECT_EQ(site.meter.told, std::vector{row.outcome}) << row.name;
    const Instant before = site.now;
    testing::run(site.slot, site.contacts, site.now, quantity::minutes(1));
    EXPECT_EQ(site.meter.told.size(), 1U)
        << row.name << ": once, however long it stays since " << before.unix_ms();
  }
}

TEST(CardSlot, ABlankCardIsToldSo) {
  Site site;
  Bench card;
  EXPECT_EQ(site.insert(card), Outcome::blank);
}

TEST(CardSlot, AQueryCardCollects) {
  Site site;
  Bench card;
  card.personalise(Kind::query, 0);
  EXPECT_EQ(site.insert(card), Outcome::done);
  EXPECT_EQ(site.insert(card), Outcome::done);
  card.reset();
  Terminal desk(card);
  ASSERT_TRUE(desk.open());
  const auto second = desk.collected(2);
  ASSERT_TRUE(second && *second);
  EXPECT_EQ(open_statement(**second, testing::meter_card_key)->meter, testing::meter_number);
}

TEST(CardSlot, WhatCannotBeTakenNowStaysOnTheCard) {
  Site site;
  Bench card;
  site.open(card);
  testing::write_load(card, {.number = 2, .tokens = {token_b}});
  site.meter.refuse_for_now = 4;  // overflow
  EXPECT_EQ(site.insert(card), Outcome::over_limit);
  Statement statement = testing::read_statement(card);
  EXPECT_EQ(statement.done_count, 0);
  EXPECT_EQ(statement.results[0], 4);
  site.meter.refuse_for_now = 0;
  EXPECT_EQ(site.insert(card), Outcome::done);
  statement = testing::read_statement(card);
  EXPECT_EQ(statement.done_count, 1);
  EXPECT_EQ(site.meter.tokens.size(), 2U);
}

TEST(CardSlot, ARefusedItemIsToldAndNotTriedAgain) {
  Site site;
  Bench card;
  site.open(card);
  testing::write_load(card, {.number = 2, .tokens = {token_b}, .orders = {{std::byte{0xFF}}}});
  EXPECT_EQ(site.insert(card), Outcome::item_refused);
  EXPECT_EQ(testing::read_statement(card).results[0], order_item_result(3, 2));
  EXPECT_EQ(testing::read_statement(card).done_count, 2);
  (void)site.insert(card);
  EXPECT_EQ(site.meter.orders.size(), 1U);
}

TEST(CardSlot, AnOlderLoadIsStaleAndADamagedOneDoesNothing) {
  Site site;
  Bench card;
  site.open(card);
  testing::write_load(card, {.number = 3, .tokens = {token_b}});
  ASSERT_EQ(site.insert(card), Outcome::done);
  testing::write_load(card, {.number = 2, .tokens = {"33333333333333333333"}});
  EXPECT_EQ(site.insert(card), Outcome::stale);
  testing::write_load(card, {.number = 4, .tokens = {"33333333333333333333"}, .of_meter = 7'000'000'021});
  EXPECT_EQ(site.insert(card), Outcome::other_meter);
  card.reset();
  Terminal desk(card);
  ASSERT_TRUE(desk.open());
  ASSERT_TRUE(desk.authenticate(
      Role::desk, key_of_card(testing::meter_card_key, Role::desk, testing::card_serial), testing::key(7)));
  ASSERT_TRUE(desk.write(File::load, 20, std::array{std::byte{0x55}}));
  EXPECT_EQ(site.insert(card), Outcome::damaged);
  EXPECT_EQ(site.meter.tokens.size(), 2U);
}

// The meter keeps the mark of one service card; another one's load that it has forgotten is known by what the
// card itself was told.
TEST(CardSlot, AForgottenLoadIsKnownByTheCard) {
  Site site;
  Bench first;
  Bench second(testing::card_serial + 1);
  for (Bench* card : {&first, &second}) {
    card->personalise(Kind::service);
    testing::write_load(*card, {.purpose = Purpose::clear, .orders = {{std::byte{1}}}});
    ASSERT_EQ(site.insert(*card), Outcome::done);
  }
  EXPECT_EQ(site.insert(first), Outcome::done);
  EXPECT_EQ(site.meter.orders.size(), 2U);
  EXPECT_EQ(testing::read_statement(first).results[0], order_item_result(1, 0));
}

TEST(CardSlot, IsQuickEnoughForAHand) {
  Site site;
  Bench card;
  site.open(card);
  testing::write_load(card, {.number = 2, .tokens = {token_b}});
  const Instant before = site.now;
  site.contacts.insert(card.card);
  ASSERT_EQ(site.go_on(), Outcome::done);
  EXPECT_LT((site.now - before).count(), 4000) << "ms, at 9 600 Bd and a poll each 10 ms";
}

// At every character.
TEST(CardSlot, APulledCardCompletesLater) {
  std::uint64_t characters = 1;
  for (std::uint64_t at = 0; at < characters; ++at) {
    Site site;
    Bench card;
    site.open(card);
    testing::write_load(card, {.number = 2, .tokens = {token_b}});
    const std::uint64_t before = site.contacts.character_count();
    site.contacts.insert(card.card);
    if (at > 0) site.contacts.pull_after(at);
    const Instant begin = site.now;
    site.now = testing::run(site.slot, site.contacts, site.now);
    if (at == 0) {
      characters = site.contacts.character_count() - before;
      continue;
    }
    EXPECT_LT((site.now - begin).count(), 10'000) << at;
    EXPECT_FALSE(site.contacts.has_supply()) << at;
    ASSERT_EQ(site.insert(card), Outcome::done) << at;
    ASSERT_EQ(site.meter.tokens.size(), 2U) << at;
    const Statement statement = testing::read_statement(card);
    ASSERT_EQ(statement.load, 2U) << at;
    ASSERT_EQ(statement.results[0], 1) << at;
  }
  EXPECT_GT(characters, 700U);
}

}  // namespace
}  // namespace lk::card
