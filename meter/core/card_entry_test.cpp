// SPDX-License-Identifier: Apache-2.0
// A card in the slot of a whole meter, character by character: pulled at each of them, and the power cut at
// each write of the meter and of the card. Whatever happens, a purchase is credited once, and after another
// insertion card and meter agree.
#include <gtest/gtest.h>

#include <string>

#include "meter/card/slot.hpp"
#include "meter/card/testing/paper_meter.hpp"
#include "meter/core/testing/bench.hpp"

namespace lk::meter {
namespace {

using card::Outcome;
using card::Purpose;
using card::testing::DeskLoad;
using quantity::Money;
using quantity::units;

constexpr std::uint64_t number = 7'000'000'019;
const card::Key card_key = card::card_key_of_meter(test_configuration().order_key);

// What a token of this amount credits: its field has 14 bits, and rounds up.
Money sold(Money amount) {
  return *sts::to_money(sts::decode_currency(*sts::encode_currency(amount)));
}
const Money twenty = sold(units(20));
const Money seven = sold(units(7));
const Money three = sold(units(3));
const Money one = sold(units(1));

std::string text(const sts::Digits& digits) {
  return {digits.begin(), digits.end()};
}

std::vector<std::byte> bytes_of(const order::SealedOrder& order) {
  return {order.view().begin(), order.view().end()};
}

struct Site {
  explicit Site(std::uint64_t seed = 1) : meter(test_configuration(), seed), contacts(seed) {
    contents.personalise(card::Kind::user, number, card_key);
    slot.emplace(contacts, meter.meter->card_holder());
  }

  DeskLoad opening() {
    return {Purpose::open_account,
            1,
            {text(meter.token(100, units(20)))},
            {bytes_of(meter.sealed(1, order::OpenAccount{}))},
            1,
            number};
  }
  DeskLoad purchase(std::uint32_t load, std::uint32_t tid, Money amount) {
    return {Purpose::purchase, load, {text(meter.token(tid, amount))}, {}, 1, number};
  }

  void write(const DeskLoad& load) { card::testing::write_load(contents, load, card_key); }
  card::Statement statement() { return card::testing::read_statement(contents, card_key); }

  // The card stays in until the slot rests, or the power is cut, or the card is pulled.
  Outcome insert(card::testing::Bench& what) {
    contacts.insert(what.card);
    go_on();
    contacts.pull();
    const auto outcome = slot->last().value_or(Outcome::disturbed);
    rest();
    return outcome;
  }
  Outcome insert() { return insert(contents); }
  void go_on() {
    const quantity::Instant end = meter.now + quantity::seconds(40);
    bool was_busy = false;
    while (meter.now < end && meter.flash.has_power()) {
      contacts.advance(meter.now);
      slot->poll(meter.now);
      if (was_busy && !slot->is_busy()) return;
      was_busy = slot->is_busy();
      meter.now = meter.now + quantity::milliseconds(10);
    }
  }
  void rest() {
    meter.now = meter.now + quantity::seconds(1);
    contacts.advance(meter.now);
    slot->poll(meter.now);
    meter.meter->poll(meter.now);
  }
  void power_cycle() {
    slot.reset();
    contacts.pull();
    meter.power_cycle();
    slot.emplace(contacts, meter.meter->card_holder());
    rest();
  }
  const card::Memory& memory() { return meter.meter->card_holder().card_memory(); }

  meter::Bench meter;
  card::testing::Bench contents;
  sim::CardContacts contacts;
  std::optional<card::Slot> slot;
};

TEST(MeterCard, OpensAnAccountAndSells) {
  Site site;
  site.write(site.opening());
  ASSERT_EQ(site.insert(), Outcome::done);
  Snapshot seen = site.meter.look();
  EXPECT_EQ(seen.balance, twenty) << "5 of the preset credit were taken back";
  EXPECT_EQ(site.memory().bound, card::testing::card_serial);
  site.write(site.purchase(2, 101, units(7)));
  ASSERT_EQ(site.insert(), Outcome::done);
  ASSERT_EQ(site.insert(), Outcome::done);
  seen = site.meter.look();
  EXPECT_EQ(seen.balance, twenty + seven);
  const card::Statement statement = site.statement();
  EXPECT_EQ(statement.balance, twenty + seven);
  EXPECT_EQ(statement.load, 2U);
  EXPECT_EQ(statement.results[0], 1);
  EXPECT_EQ(statement.meter, number);
  EXPECT_EQ(statement.order_sequence, 1U);
}

TEST(MeterCard, CardAndRemotePurchasesDoNotExcludeEachOther) {
  Site site;
  site.write(site.opening());
  ASSERT_EQ(site.insert(), Outcome::done);
  const auto by_card = site.purchase(2, 101, units(7));
  site.write(by_card);
  // Sold later, and there earlier; and the card's own token keyed in by hand.
  EXPECT_EQ(site.meter.buy(102, units(3)).result, sts::TokenResult::accept);
  ASSERT_EQ(site.insert(), Outcome::done);
  EXPECT_EQ(site.meter.look().balance, twenty + seven + three);
  site.write(site.purchase(3, 103, units(1)));
  EXPECT_EQ(site.meter.buy(103, units(1)).result, sts::TokenResult::accept);
  ASSERT_EQ(site.insert(), Outcome::done);
  EXPECT_EQ(site.statement().results[0], 10) << "used: the meter has it";
  EXPECT_EQ(site.meter.look().balance, twenty + seven + three + one);
}

TEST(MeterCard, MoreThanTheMeterMayHoldStaysOnTheCard) {
  Site site;
  site.write(site.opening());
  ASSERT_EQ(site.insert(), Outcome::done);
  const dictionary::Row& row = dictionary::row(dictionary::Id::credit_ceiling);
  ASSERT_EQ(site.meter.send(2, order::SetParameters{1, {{{row.address, units(25).count()}}}}).result,
            dictionary::OrderResult::done);
  site.write(site.purchase(2, 101, units(7)));
  EXPECT_EQ(site.insert(), Outcome::over_limit);
  EXPECT_EQ(site.statement().done_count, 0);
  EXPECT_EQ(site.meter.look().balance, twenty);
  ASSERT_EQ(site.meter.send(3, order::SetParameters{1, {{{row.address, units(50).count()}}}}).result,
            dictionary::OrderResult::done);
  EXPECT_EQ(site.insert(), Outcome::done);
  EXPECT_EQ(site.meter.look().balance, twenty + seven);
}

TEST(MeterCard, GivesCreditBackByARefund) {
  Site site;
  site.write(site.opening());
  ASSERT_EQ(site.insert(), Outcome::done);
  site.write(
      {Purpose::refund, 2, {}, {bytes_of(site.meter.sealed(2, order::Refund{units(1000)}))}, 1, number});
  ASSERT_EQ(site.insert(), Outcome::done);
  const card::Statement statement = site.statement();
  EXPECT_EQ(statement.refund, twenty);
  EXPECT_EQ(statement.refund_sequence, 2U);
  EXPECT_EQ(statement.balance, Money{});
}

TEST(MeterCard, WhatIsRefusedIsRecordedAndShown) {
  Site site;
  card::testing::Bench foreign(7);
  foreign.personalise(card::Kind::user, 7'000'000'021, card_key);
  EXPECT_EQ(site.insert(foreign), Outcome::other_meter);
  const panel::Frame frame = site.meter.meter->panel_frame(site.meter.now);
  EXPECT_EQ(std::string(frame.characters.begin(), frame.characters.end()).substr(0, 6), "Err-33");
  const auto event = site.meter.event(site.meter.look().event_count);
  EXPECT_EQ(event.code, dictionary::EventCode::card_refused);
  EXPECT_EQ(event.detail, 11);
  EXPECT_EQ(event.value, 7);
  EXPECT_EQ(site.memory().refused_count, 1U);
}

// What is in the slot costs metering nothing: the same samples give the same registers.
TEST(MeterCard, MeteringGoesOnWhileACardTalks) {
  Site with;
  Site without;
  with.write(with.opening());
  with.contacts.insert(with.contents.card);
  for (int i = 0; i < 30; ++i) {
    for (Site* site : {&with, &without}) {
      for (int j = 0; j < 20; ++j) {
        site->contacts.advance(site->meter.now + quantity::milliseconds(10 * j));
        site->slot->poll(site->meter.now + quantity::milliseconds(10 * j));
      }
      site->meter.draw(60'000);
    }
  }
  EXPECT_EQ(with.slot->last(), Outcome::done);
  EXPECT_GT(with.meter.look().import_energy, quantity::Energy{});
  EXPECT_EQ(with.meter.look().import_energy, without.meter.look().import_energy);
  EXPECT_EQ(with.meter.look().priced_energy, without.meter.look().priced_energy);
}

// A site with an open account and a purchase on its card, which the campaigns disturb.
struct Purchase : Site {
  explicit Purchase(std::uint64_t seed) : Site(seed) {
    write(opening());
    EXPECT_EQ(insert(), Outcome::done);
    write(purchase(2, 101, units(7)));
    contents.reset();
  }
  void judge(const std::string& where) {
    const Money balance = meter.look().balance;
    EXPECT_TRUE(balance == twenty || balance == twenty + seven) << where;
    const bool is_credited = balance == twenty + seven;
    const card::Mark mark = memory().own;
    EXPECT_EQ(mark.load == 2 && mark.done_count == 1, is_credited) << where << ": credit and mark are one";
  }
  void complete(const std::string& where) {
    contents.reset();
    ASSERT_EQ(insert(), Outcome::done) << where;
    ASSERT_EQ(meter.look().balance, twenty + seven) << where;
    const card::Statement told = statement();
    ASSERT_EQ(told.load, 2U) << where;
    ASSERT_EQ(told.done_count, 1) << where;
    ASSERT_EQ(told.results[0], 1) << where;
    ASSERT_EQ(told.balance, twenty + seven) << where;
  }
};

TEST(MeterCardCampaign, PulledAtEveryCharacter) {
  Purchase whole(1);
  const std::uint64_t before = whole.contacts.character_count();
  ASSERT_EQ(whole.insert(), Outcome::done);
  const std::uint64_t characters = whole.contacts.character_count() - before;
  ASSERT_GT(characters, 700U);
  // Every seventh, and each of the last ones, where the statement is written; meter/card/slot_test takes all.
  constexpr std::uint64_t stride = 7;
  for (std::uint64_t at = 1; at<characters; at += at + 60> characters ? 1 : stride) {
    const std::string where = "pulled at character " + std::to_string(at);
    Purchase site(at);
    site.contacts.insert(site.contents.card);
    site.contacts.pull_after(at);
    site.go_on();
    site.contacts.pull();
    site.rest();
    site.judge(where);
    site.complete(where);
    if (HasFatalFailure()) return;
  }
}

TEST(MeterCardCampaign, PowerCutAtEveryWriteOfTheMeter) {
  Purchase whole(1);
  const std::uint64_t before = whole.meter.flash.step_count();
  ASSERT_EQ(whole.insert(), Outcome::done);
  const std::uint64_t writes = whole.meter.flash.step_count() - before;
  ASSERT_GT(writes, 20U);
  for (std::uint64_t cut = 0; cut < writes; ++cut) {
    const std::string where = "cut at write " + std::to_string(cut);
    Purchase site(cut + 1);
    site.meter.flash.cut_after(cut);
    (void)site.insert();
    site.power_cycle();
    site.judge(where);
    site.complete(where);
    if (HasFatalFailure()) return;
  }
}

TEST(MeterCardCampaign, PulledAtEveryWriteOfTheCard) {
  Purchase whole(1);
  const std::uint64_t before = whole.contents.flash.step_count();
  ASSERT_EQ(whole.insert(), Outcome::done);
  const std::uint64_t writes = whole.contents.flash.step_count() - before;
  ASSERT_GT(writes, 5U);
  for (std::uint64_t cut = 0; cut < writes; ++cut) {
    const std::string where = "card cut at write " + std::to_string(cut);
    Purchase site(cut + 1);
    site.contents.flash.cut_after(cut);
    (void)site.insert();
    site.judge(where);
    site.complete(where);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace lk::meter
