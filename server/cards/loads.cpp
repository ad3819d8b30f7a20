// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "assert/assert.hpp"
#include "order/order.hpp"
#include "server/cards/cards.hpp"
#include "server/cards/sequence.hpp"
#include "server/customers/password.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/vault.hpp"
#include "server/vending/purchases.hpp"

namespace lk::cards {
namespace {

using card::Purpose;

constexpr bool is_for_service(Purpose purpose) {
  return purpose == Purpose::preset || purpose == Purpose::parameter || purpose == Purpose::clear;
}

std::string_view name_of_verb(const order::Command& command) {
  if (std::holds_alternative<order::OpenAccount>(command)) return "open_account";
  if (std::holds_alternative<order::Refund>(command)) return "refund";
  return "set_parameters";
}

std::optional<quantity::Money> amount_of(const order::Command& command) {
  const auto* refund = std::get_if<order::Refund>(&command);
  if (refund == nullptr) return std::nullopt;
  return refund->most;
}

// Seals an order that goes by card and not over a gateway.
Result<void> add_order(store::Unit& unit, vault::OrderSealer& sealer, const Card& card, const NewLoad& load,
                       const order::Command& command) {
  store::Session& session = unit.session;
  const auto sealed = seal_next(session, sealer, card.meter, command);
  if (!sealed) return std::unexpected(sealed.error());
  const std::string id = customers::random_uuid();
  session.run(
      "insert into meter_order (id, meter, verb, amount, sequence, state, detail, ts, \"user\") values (?, "
      "?, ?, ?, ?, "
      "'sent', 'by card', ?, ?)",
      {id, card.meter, std::string(name_of_verb(command)), amount_of(command), sealed->sequence, unit.now_ms,
       load.user});
  session.run(
      "insert into card_item (card, meter_order, kind, content, state) values (?, ?, 'order', ?, 'waiting')",
      {card.serial, id, sealed->bytes});
  return {};
}

Result<void> add_purchase(store::Session& session, const Card& card, const std::string& id) {
  const auto purchase = vending::find_purchase(session, id);
  if (!purchase) return std::unexpected(Refusal::unknown_purchase);
  if (purchase->asked.meter != card.meter) return std::unexpected(Refusal::other_meter);
  if (purchase->state == "accepted" || purchase->state == "reversed") return std::unexpected(Refusal::taken);
  if (session.row<std::int64_t>(
          "select 1 from card_item where purchase = ? and card = ? and state = 'waiting'",
          {id, card.serial})) {
    return {};
  }
  std::vector<std::string> tokens = purchase->key_change;
  tokens.push_back(purchase->token);
  for (const std::string& token : tokens) {
    const bool is_last = &token == &tokens.back();
    session.run(
        "insert into card_item (card, purchase, kind, content, state) values (?, ?, 'token', ?, 'waiting')",
        {card.serial, is_last ? std::optional(id) : std::nullopt, token});
  }
  return {};
}

struct Waiting {
  std::int64_t id;
  std::string kind;
  std::string content;
};

// The bytes of a load of these items.
std::string encode(const Card& card, const NewLoad& load, std::int64_t number,
                   const std::vector<Waiting>& items) {
  card::Load bytes{.purpose = load.purpose,
                   .meter = value_of(order::meter_number(card.meter)),
                   .number = static_cast<std::uint32_t>(number),
                   .issue = static_cast<std::uint32_t>(card.issue)};
  std::vector<std::vector<std::byte>> contents;
  contents.reserve(items.size());
  for (const Waiting& item : items) {
    const bool is_token = item.kind == "token";
    if (is_token) {
      const auto packed = value_of(card::pack_token(item.content));
      contents.emplace_back(packed.begin(), packed.end());
    } else {
      contents.push_back(value_of(bytes_of_hex(item.content)));
    }
    bytes.items[bytes.item_count++] = {is_token ? card::ItemType::token : card::ItemType::order,
                                       contents.back()};
  }
  std::array<std::byte, card::load_max_bytes> room{};
  return hex(card::encode(bytes, room));
}

std::optional<MadeLoad> find_load(store::Session& session, const std::string& rest, store::Values values) {
  auto row = session.row<std::string, std::int64_t, std::string, std::string>(
      "select id, number, purpose, content from card_load " + rest, std::move(values));
  if (!row) return std::nullopt;
  auto& [id, number, purpose, content] = *row;
  return MadeLoad{std::move(id), number, std::move(purpose), std::move(content)};
}

// What a card's meter must be told first: that this card is its own. As long as the meter has not told of it,
// every load says so.
Purpose purpose_of(store::Session& session, const Card& card, Purpose asked) {
  const auto binding = session.row<std::string>(
      "select l.purpose from card_load l join card c on c.serial = l.card where l.card = ? and l.number > "
      "c.taken and "
      "l.purpose in ('open_account', 'replacement') order by l.number desc limit 1",
      {card.serial});
  return binding ? card::purpose_of(std::get<0>(*binding)).value_or(asked) : asked;
}

}  // namespace

std::optional<MadeLoad> latest_load(store::Session& session, const std::string& card) {
  return find_load(
      session,
      "where card = ? and number > (select taken from card where serial = ?) order by number desc limit 1",
      {card, card});
}

Result<Made> make_load(store::Unit& unit, vault::OrderSealer& sealer, const NewLoad& load) {
  store::Session& session = unit.session;
  if (auto known = find_load(session, "where id = ?", {load.id})) {
    const auto [card, asked] = value_of(
        session.row<std::string, std::string>("select card, asked from card_load where id = ?", {load.id}));
    if (card == load.card && asked == load.asked) return Made{std::move(*known), true};
    return std::unexpected(Refusal::id_reused);
  }
  const auto card = find_card(session, load.card);
  if (!card) return std::unexpected(Refusal::unknown_card);
  if (card->state != "open") return std::unexpected(Refusal::replaced);
  const bool fits = is_for_service(load.purpose) ? card->kind == "service" : card->kind == "user";
  if (!fits) return std::unexpected(Refusal::wrong_kind);

  std::optional<order::Command> command = load.command;
  if (load.purpose == Purpose::open_account) command = order::OpenAccount{};
  if (command) {
    if (const auto added = add_order(unit, sealer, *card, load, *command); !added)
      return std::unexpected(added.error());
  }
  for (const std::string& token : load.tokens) {
    session.run("insert into card_item (card, kind, content, state) values (?, 'token', ?, 'waiting')",
                {card->serial, token});
  }
  if (!load.purchase.empty()) {
    if (const auto added = add_purchase(session, *card, load.purchase); !added)
      return std::unexpected(added.error());
  }

  std::vector<Waiting> items;
  std::string ids;
  std::size_t size = card::load_header_bytes + 4;
  for (auto& [id, kind, content] : session.rows<std::int64_t, std::string, std::string>(
           "select id, kind, content from card_item where card = ? and state = 'waiting' order by id",
           {card->serial})) {
    ids += (ids.empty() ? "" : " ") + std::to_string(id);
    size += 2 + (kind == "token" ? card::token_bytes : content.size() / 2);
    items.push_back({id, std::move(kind), std::move(content)});
  }
  if (items.empty() && load.purpose != Purpose::replacement) return std::unexpected(Refusal::nothing_to_load);
  if (items.size() > card::item_max || size > card::load_max_bytes) return std::unexpected(Refusal::full);
  const std::int64_t number = card->loads + 1;
  NewLoad binding = load;
  binding.purpose = purpose_of(session, *card, load.purpose);
  const MadeLoad made{load.id, number, std::string(card::name_of(binding.purpose)),
                      encode(*card, binding, number, items)};
  session.run("update card set loads = ? where serial = ?", {number, card->serial});
  session.run(
      "insert into card_load (id, card, number, purpose, asked, content, items, ts, \"user\") values (?, ?, "
      "?, ?, ?, ?, "
      "?, ?, ?)",
      {made.id, card->serial, number, made.purpose, load.asked, made.content, ids, unit.now_ms, load.user});
  return Made{made, false};
}

}  // namespace lk::cards
