// SPDX-License-Identifier: Apache-2.0
// A meter on paper, and a desk that loads cards for it: for tests of the slot without a whole meter.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "card/testing/bench.hpp"
#include "meter/card/holder.hpp"
#include "meter/card/slot.hpp"
#include "port/sim/card_contacts.hpp"

namespace lk::card::testing {

class PaperMeter final : public Holder {
 public:
  explicit PaperMeter(std::uint64_t number = meter_number, const Key& card_key = meter_card_key)
      : number_(number), key_(card_key) {}

  std::uint64_t card_meter_number() const override { return number_; }
  const Key& card_key() const override { return key_; }
  Challenge card_challenge() override { return key(static_cast<std::uint8_t>(++challenges_)); }
  const Memory& card_memory() const override { return memory; }
  Taken take_card_token(std::span<const char, 20> characters, const Memory& next, std::uint64_t serial,
                        quantity::Instant) override {
    const std::string token(characters.begin(), characters.end());
    if (refuse_for_now != 0) return {refuse_for_now, false};
    const bool is_used = std::ranges::find(tokens, token) != tokens.end();
    if (!is_used) tokens.push_back(token);
    return taken(next, serial, is_used ? ItemResult{10} : ItemResult{1});
  }
  Taken take_card_order(std::span<const std::byte> order, const Memory& next, std::uint64_t serial,
                        quantity::Instant) override {
    orders.emplace_back(order.begin(), order.end());
    return taken(next, serial,
                 order[0] == std::byte{0xFF} ? order_item_result(3, 2) : order_item_result(1, 0));
  }
  bool keep_card_memory(const Memory& next, quantity::Instant) override {
    memory = next;
    return true;
  }
  Statement card_statement(quantity::Instant now) override {
    return {.meter = number_, .clock = now, .refused_count = memory.refused_count};
  }
  void tell_card(Outcome outcome, Purpose, std::uint64_t serial, quantity::Instant) override {
    told.push_back(outcome);
    told_serial = serial;
  }

  Memory memory;
  std::vector<std::string> tokens;
  std::vector<std::vector<std::byte>> orders;
  std::vector<Outcome> told;
  std::uint64_t told_serial = 0;
  ItemResult refuse_for_now = 0;

 private:
  Taken taken(const Memory& next, std::uint64_t serial, ItemResult result) {
    memory = next;
    memory.note(serial, result);
    return {result, true};
  }

  std::uint64_t number_;
  Key key_;
  unsigned challenges_ = 0;
};

// What the desk writes to a card.
struct DeskLoad {
  Purpose purpose = Purpose::purchase;
  std::uint32_t number = 1;
  std::vector<std::string> tokens;
  std::vector<std::vector<std::byte>> orders;
  std::uint32_t issue = 1;
  std::uint64_t of_meter = meter_number;
};

inline void write_load(Bench& bench, const DeskLoad& wanted, const Key& card_key = meter_card_key) {
  Load load{
      .purpose = wanted.purpose, .meter = wanted.of_meter, .number = wanted.number, .issue = wanted.issue};
  std::vector<std::array<std::byte, token_bytes>> packed;
  packed.reserve(wanted.tokens.size());
  for (const auto& order : wanted.orders) load.items[load.item_count++] = {ItemType::order, order};
  for (const std::string& token : wanted.tokens) {
    packed.push_back(*pack_token(token));
    load.items[load.item_count++] = {ItemType::token, packed.back()};
  }
  std::array<std::byte, load_max_bytes> room{};
  const auto bytes = encode(load, room);
  bench.reset();
  Terminal desk(bench);
  const auto about = desk.open();
  ensure(about.has_value());
  ensure(desk.authenticate(Role::desk, key_of_card(card_key, Role::desk, about->serial), key(7)).has_value());
  ensure(desk.write(File::load, 0, bytes).has_value());
}

inline Statement read_statement(Bench& bench, const Key& card_key = meter_card_key) {
  bench.reset();
  Terminal desk(bench);
  const auto about = desk.open();
  ensure(about.has_value());
  ensure(desk.authenticate(Role::desk, key_of_card(card_key, Role::desk, about->serial), key(8)).has_value());
  StatementBytes bytes{};
  ensure(desk.read(File::statement, 0, bytes).has_value());
  return open_statement(bytes, card_key).value_or(Statement{});
}

// Lets a slot go on, a poll each 10 ms, until it rests or the time is over.
inline quantity::Instant run(Slot& slot, sim::CardContacts& contacts, quantity::Instant now,
                             quantity::Duration longest = quantity::seconds(40)) {
  const quantity::Instant end = now + longest;
  bool was_busy = false;
  while (now < end) {
    contacts.advance(now);
    slot.poll(now);
    if (was_busy && !slot.is_busy()) break;
    was_busy = slot.is_busy();
    now = now + quantity::milliseconds(10);
  }
  return now;
}

}  // namespace lk::card::testing
