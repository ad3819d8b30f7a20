// SPDX-License-Identifier: Apache-2.0
// The cards of the site, what is to reach meters by them, and what came back. A card is known by its serial,
// a load by the id that the desk gives it; whatever is asked again is answered with its first result. A card
// carries the tokens that vending sold and orders that the vault sealed, and nothing that is money by itself:
// so the same purchase on a card, at the keypad and over a gateway is one purchase.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "card/exchange_keys.hpp"
#include "card/load.hpp"
#include "card/statement.hpp"
#include "order/command.hpp"
#include "server/meters/ports.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store
namespace lk::vault {
class CardKeeper;
class OrderSealer;
}  // namespace lk::vault

namespace lk::cards {

// Why something of a card was not done.
enum class Refusal {
  unknown_card,
  unknown_meter,
  unknown_purchase,
  card_in_use,        // the card is another meter's
  has_card,           // the meter has a card of its own: replace it, if that is lost
  id_reused,          // the id belongs to another load
  wrong_kind,         // this kind of card takes no such load
  replaced,           // the card was replaced by another one
  other_meter,        // the purchase is another meter's
  taken,              // the purchase reached its meter already, or was taken back
  nothing_to_load,    // a load of nothing
  full,               // more waits for the meter than a card holds
  not_a_statement,    // the bytes are none, or not sealed by that meter
  other_card,         // the statement was made for another card
  sequence_ended,     // the meter's sequence of orders is used up
  vault_unavailable,  // ask again later
};
template <class T>
using Result = std::expected<T, Refusal>;

struct Card {
  std::string serial;  // 16 hexadecimal digits
  std::string kind;    // user, service, query
  std::string meter;   // empty: of a query card
  std::int64_t issue = 0;
  std::int64_t loads = 0;  // number of the latest
  std::string state;       // open, replaced
};

[[nodiscard]] std::optional<Card> find_card(store::Session& session, const std::string& serial);
[[nodiscard]] std::vector<Card> list_cards(store::Session& session, const std::string& meter);

struct NewCard {
  std::string serial;
  std::string kind;
  std::string meter;
  bool replaces = false;  // the meter's own card, which is lost
  std::string user;
};
// Registers a card, or a replaced one anew. What waits on the card that it replaces waits on this one. True
// where it is new.
[[nodiscard]] Result<bool> add_card(store::Unit& unit, const NewCard& card);

// The keys of a card: what the desk writes on it, and opens it with.
struct Keys {
  card::Key meter{};
  card::Key desk{};
};
[[nodiscard]] Result<Keys> keys_of(vault::CardKeeper& keeper, const Card& card);

struct NewLoad {
  std::string id;
  std::string card;
  card::Purpose purpose = card::Purpose::purchase;
  std::string purchase;                   // id, or empty
  std::vector<std::string> tokens;        // 20 digits each
  std::optional<order::Command> command;  // beside what the purpose brings by itself
  std::string asked;                      // all of the above as text: a repeat is known by it
  std::string user;
};
struct MadeLoad {
  std::string id;
  std::int64_t number = 0;
  std::string purpose;
  std::string content;  // the bytes for the card, hexadecimal
};
// Makes the next load of a card: what still waits on it, and what is new.
struct Made {
  MadeLoad load;
  bool repeated = false;
};
[[nodiscard]] Result<Made> make_load(store::Unit& unit, vault::OrderSealer& sealer, const NewLoad& load);
// The latest load that no meter has told of; nothing where there is none.
[[nodiscard]] std::optional<MadeLoad> latest_load(store::Session& session, const std::string& card);

// What waits on a card, and what became of what was on it.
struct Item {
  std::int64_t id = 0;
  std::string kind;  // token, order
  std::string purchase;
  std::string order;
  std::string state;  // waiting, done, refused
  std::int64_t result = 0;
};
[[nodiscard]] std::vector<Item> list_items(store::Session& session, const std::string& card);

// What a statement is checked with, and orders are sealed anew.
struct Vaults {
  vault::CardKeeper& keeper;
  vault::OrderSealer& sealer;
};
// Books a statement that a card brought: purchases accepted or refused, orders ended, credit given back; how
// the account stands is a reading like any other. An order that came late, behind one that was sealed after
// it, is sealed anew and waits for the card's next load (docs/decisions/0009). Harmless a second time.
[[nodiscard]] Result<card::Statement> book_statement(store::Unit& unit, const Vaults& vaults,
                                                     const meters::Ports& ports, const std::string& serial,
                                                     const std::string& statement_hex,
                                                     const std::string& user);
// What became of an item, in words: "accepted", "used", "done", "refused: stale".
[[nodiscard]] std::string result_text(const std::string& kind, std::int64_t result);

[[nodiscard]] std::string hex(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<std::vector<std::byte>> bytes_of_hex(std::string_view text);

}  // namespace lk::cards
