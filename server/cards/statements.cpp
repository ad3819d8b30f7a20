// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <sstream>

#include "dictionary/codes.hpp"
#include "server/cards/cards.hpp"
#include "server/meters/meters.hpp"
#include "server/meters/orders.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/card_keeper.hpp"
#include "server/vending/purchases.hpp"
#include "server/vending/returned.hpp"

namespace lk::cards {
namespace {

std::string number_text(std::uint64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%011" PRIu64, number);
  return text.data();
}

std::string serial_text(std::uint64_t serial) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIX64, serial);
  return text.data();
}

// What a result of an item does to the purchase or order that it is of.
void settle(store::Unit& unit, const meters::Ports& ports, std::int64_t id, std::uint8_t result,
            const card::Statement& statement) {
  store::Session& session = unit.session;
  const auto row = session.row<std::string, std::string, std::string, std::string>(
      "select kind, purchase, meter_order, state from card_item where id = ?", {id});
  if (!row) return;
  const auto& [kind, purchase, order, state] = *row;
  const auto type = kind == "token" ? card::ItemType::token : card::ItemType::order;
  const bool is_good = card::is_good(type, result);
  // A retry of what was told before: the first word stands, but a token is never refused once it was taken.
  if (state == "done" || (state == "refused" && !is_good)) return;
  session.run("update card_item set state = ?, result = ? where id = ?",
              {is_good ? "done" : "refused", std::int64_t{result}, id});
  const std::int64_t ts = statement.clock.unix_ms();
  const std::string text = result_text(kind, result);
  if (!purchase.empty() && is_good) vending::accept(unit, ports, purchase, ts, "by card: " + text);
  if (!purchase.empty() && !is_good)
    vending::end_delivery(unit, ports, purchase, "refused", "by card: " + text);
  if (order.empty()) return;
  const auto placed = meters::find_order(session, order);
  const bool is_last = placed && placed->sequence == statement.order_sequence;
  std::optional<std::int64_t> value;
  if (is_last) value = statement.order_value;
  meters::end_order(unit, ports, order, {is_good ? "done" : "refused", "by card: " + text, value, ts});
}

}  // namespace

std::string result_text(const std::string& kind, std::int64_t result) {
  if (kind == "token") return std::string(dictionary::token_result_name(static_cast<std::uint16_t>(result)));
  const auto low = static_cast<std::uint16_t>(result & 15);
  std::string text(dictionary::order_result_name(low));
  if (result >> 4 != 0)
    text += ": " + std::string(dictionary::order_refusal_name(static_cast<std::uint16_t>(result >> 4)));
  return text;
}

Result<card::Statement> book_statement(store::Unit& unit, vault::CardKeeper& keeper,
                                       const meters::Ports& ports, const std::string& serial,
                                       const std::string& statement_hex, const std::string& user) {
  store::Session& session = unit.session;
  const auto card = find_card(session, serial);
  if (!card) return std::unexpected(Refusal::unknown_card);
  const auto bytes = bytes_of_hex(statement_hex);
  const auto claimed = bytes ? card::decode_statement(*bytes) : std::nullopt;
  if (!claimed) return std::unexpected(Refusal::not_a_statement);
  const std::string meter = number_text(claimed->meter);
  if (!meters::find_meter(session, meter)) return std::unexpected(Refusal::unknown_meter);
  const auto key = keeper.card_key(meter);
  if (!key) return std::unexpected(Refusal::vault_unavailable);
  const auto statement = card::open_statement(*bytes, *key);
  if (!statement) return std::unexpected(Refusal::not_a_statement);
  if (serial_text(statement->serial) != serial) return std::unexpected(Refusal::other_card);

  if (const auto load = session.row<std::string>("select items from card_load where card = ? and number = ?",
                                                 {serial, std::int64_t{statement->load}})) {
    std::istringstream ids(std::get<0>(*load));
    std::int64_t id = 0;
    for (std::size_t i = 0; i < statement->done_count && (ids >> id); ++i) {
      settle(unit, ports, id, statement->results[i], *statement);
    }
  }
  session.run("update card set taken = ? where serial = ? and taken < ?",
              {std::int64_t{statement->load}, serial, std::int64_t{statement->load}});
  session.run(
      "insert into card_statement (card, meter, clock, statement, ts, \"user\") values (?, ?, ?, ?, ?, ?) on "
      "conflict "
      "(card, meter) do update set clock = excluded.clock, statement = excluded.statement, ts = excluded.ts, "
      "\"user\" = "
      "excluded.\"user\"",
      {serial, meter, statement->clock.unix_ms(), hex(*bytes), unit.now_ms, user});
  return *statement;
}

std::optional<ToldRefund> find_refund(store::Session& session, const card::Statement& statement) {
  if (statement.refund_sequence == 0) return std::nullopt;
  auto found = session.row<std::string, bool>(
      "select o.id, r.entry is not null from meter_order o left join refund r on r.meter_order = o.id "
      "where o.meter = ? and o.sequence = ? and o.verb = 'refund'",
      {number_text(statement.meter), std::int64_t{statement.refund_sequence}});
  if (!found) return std::nullopt;
  return ToldRefund{std::move(std::get<0>(*found)), std::get<1>(*found)};
}

Result<void> pay_refund(store::Unit& unit, vault::OrderSealer& sealer, const card::Statement& statement,
                        const std::string& user) {
  using vending::RefundRefusal;
  const auto told = find_refund(unit.session, statement);
  if (!told) return std::unexpected(Refusal::no_refund);
  const auto paid =
      vending::pay_refund(unit, sealer, {told->order, statement.refund, hex(statement.refund_proof), user});
  if (paid) return {};
  switch (paid.error()) {
    case RefundRefusal::unknown_order:
    case RefundRefusal::no_amount:
      return std::unexpected(Refusal::no_refund);
    case RefundRefusal::wrong_proof:
    case RefundRefusal::paid_already:
      return std::unexpected(Refusal::wrong_proof);
    case RefundRefusal::vault_unavailable:
      break;
  }
  return std::unexpected(Refusal::vault_unavailable);
}

}  // namespace lk::cards
