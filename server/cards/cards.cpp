// SPDX-License-Identifier: Apache-2.0
#include "server/cards/cards.hpp"

#include <charconv>

#include "server/meters/meters.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/card_keeper.hpp"

namespace lk::cards {
namespace {

constexpr std::string_view columns = "select serial, kind, meter, issue, loads, state from card ";

std::vector<Card> fetch(store::Session& session, const std::string& rest, store::Values values) {
  std::vector<Card> cards;
  for (auto& [serial, kind, meter, issue, loads, state] :
       session.rows<std::string, std::string, std::string, std::int64_t, std::int64_t, std::string>(
           std::string(columns) + rest, std::move(values))) {
    cards.push_back({std::move(serial), std::move(kind), std::move(meter), issue, loads, std::move(state)});
  }
  return cards;
}

std::optional<std::string> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

}  // namespace

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4U];
    text += digits[std::to_integer<unsigned>(b) & 15U];
  }
  return text;
}

std::optional<std::vector<std::byte>> bytes_of_hex(std::string_view text) {
  std::vector<std::byte> bytes;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto parsed = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + i + 2) return std::nullopt;
    bytes.push_back(std::byte{static_cast<std::uint8_t>(value)});
  }
  return bytes;
}

std::optional<Card> find_card(store::Session& session, const std::string& serial) {
  auto found = fetch(session, "where serial = ?", {serial});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Card> list_cards(store::Session& session, const std::string& meter) {
  return fetch(session, "where ? = '' or meter = ? order by made, serial", {meter, meter});
}

Result<bool> add_card(store::Unit& unit, const NewCard& card) {
  store::Session& session = unit.session;
  const auto known = find_card(session, card.serial);
  if (known && known->state == "open") {
    if (known->kind == card.kind && known->meter == card.meter) return false;
    return std::unexpected(Refusal::card_in_use);
  }
  if (card.kind != "query" && !meters::find_meter(session, card.meter))
    return std::unexpected(Refusal::unknown_meter);
  std::int64_t issue = 0;
  if (card.kind == "user") {
    const auto own = session.row<std::string>(
        "select serial from card where meter = ? and kind = 'user' and state = 'open'", {card.meter});
    if (own && !card.replaces) return std::unexpected(Refusal::has_card);
    issue = 1 + session.one<std::int64_t>("select coalesce(max(issue), 0) from card where meter = ?",
                                          {card.meter});
    if (own) session.run("update card set state = 'replaced' where serial = ?", {std::get<0>(*own)});
  }
  if (known) {
    session.run(
        "update card set kind = ?, meter = ?, issue = ?, taken = loads, state = 'open', made = ?, \"user\" = "
        "? where serial "
        "= ?",
        {card.kind, or_null(card.meter), issue, unit.now_ms, card.user, card.serial});
  } else {
    session.run(
        "insert into card (serial, kind, meter, issue, state, made, \"user\") values (?, ?, ?, ?, 'open', ?, "
        "?)",
        {card.serial, card.kind, or_null(card.meter), issue, unit.now_ms, card.user});
  }
  // What was sold and never came to the meter goes onto the new card: the same tokens, never others.
  if (card.kind == "user") {
    session.run(
        "update card_item set card = ? where state = 'waiting' and card in (select serial from card where "
        "meter = ? and "
        "kind = 'user' and state = 'replaced')",
        {card.serial, card.meter});
  }
  return true;
}

Result<Keys> keys_of(vault::CardKeeper& keeper, const Card& card) {
  const auto meter_key = keeper.card_key(card.meter.empty() ? "00000000000" : card.meter);
  if (!meter_key) return std::unexpected(Refusal::vault_unavailable);
  std::uint64_t serial = 0;
  std::from_chars(card.serial.data(), card.serial.data() + card.serial.size(), serial, 16);
  return Keys{card::key_of_card(*meter_key, card::Role::meter, serial),
              card::key_of_card(*meter_key, card::Role::desk, serial)};
}

std::vector<Item> list_items(store::Session& session, const std::string& card) {
  std::vector<Item> items;
  for (auto& [id, kind, purchase, order, state, result] :
       session.rows<std::int64_t, std::string, std::string, std::string, std::string, std::int64_t>(
           "select id, kind, purchase, meter_order, state, result from card_item where card = ? order by id",
           {card})) {
    items.push_back({id, std::move(kind), std::move(purchase), std::move(order), std::move(state), result});
  }
  return items;
}

}  // namespace lk::cards
