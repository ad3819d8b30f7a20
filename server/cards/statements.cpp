// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <sstream>

#include "dictionary/codes.hpp"
#include "order/refusal.hpp"
#include "server/cards/cards.hpp"
#include "server/cards/sequence.hpp"
#include "server/meters/meters.hpp"
#include "server/meters/orders.hpp"
#include "server/meters/readings.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/card_keeper.hpp"
#include "server/vending/purchases.hpp"
#include "server/vending/returned.hpp"
#include "server/vending/shadow.hpp"

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

// How the account stands, as a gateway would have told it.
meters::Reading reading_of(const card::Statement& statement, std::int64_t now_ms) {
  meters::Reading reading;
  reading.ts =
      std::min(statement.clock.unix_ms(), now_ms);  // a meter whose clock is ahead must not freeze it
  reading.meter_time = statement.clock.unix_ms();
  reading.import_energy_mj = statement.import_energy.count();
  reading.export_energy_mj = statement.export_energy.count();
  reading.balance = statement.balance.count();
  reading.priced_energy_mj = statement.priced_energy.count();
  reading.deducted = statement.deducted.count();
  reading.credited = statement.credited.count();
  reading.tariff_version = statement.tariff_version;
  reading.token_count = statement.token_count;
  reading.order_sequence = statement.order_sequence;
  reading.event_count = statement.event_count;
  reading.power_cuts = statement.start_count;
  return reading;
}

struct Booking {
  store::Unit& unit;
  const Vaults& vaults;
  const meters::Ports& ports;
  const card::Statement& statement;
  const std::string& load;  // the bytes that the results are of

  // An order that another one has overtaken was never done, and never will be: the same command under a new
  // sequence waits in its place. False where it cannot be sealed now.
  bool seal_anew(std::int64_t id, const std::string& order, const std::string& content) const {
    store::Session& session = unit.session;
    const auto placed = meters::find_order(session, order);
    if (!placed) return false;
    const auto sealed = seal_next(session, vaults.sealer, placed->asked.meter, command_in(content));
    if (!sealed) return false;
    session.run("update meter_order set sequence = ?, detail = 'by card, sealed anew' where id = ?",
                {sealed->sequence, order});
    session.run("update card_item set content = ? where id = ?", {sealed->bytes, id});
    return true;
  }

  // What an order gave back, where the statement still tells it.
  [[nodiscard]] std::optional<std::int64_t> value_of_order(std::int64_t sequence) const {
    if (sequence == statement.order_sequence) return statement.order_value;
    if (sequence == statement.refund_sequence) return statement.refund.count();
    return std::nullopt;
  }

  // What a result of an item does to the purchase or order that it is of.
  void settle(std::int64_t id, std::uint8_t result) const {
    store::Session& session = unit.session;
    const auto row = session.row<std::string, std::string, std::string, std::string, std::string>(
        "select kind, purchase, meter_order, state, content from card_item where id = ?", {id});
    if (!row) return;
    const auto& [kind, purchase, order, state, content] = *row;
    const auto type = kind == "token" ? card::ItemType::token : card::ItemType::order;
    const bool is_good = card::is_good(type, result);
    // A retry of what was told before: the first word stands, but a token is never refused once it was taken.
    if (state == "done" || (state == "refused" && !is_good)) return;
    // Told of an order as it was before it was sealed anew.
    if (type == card::ItemType::order && !load.contains(content)) return;
    const bool is_late = type == card::ItemType::order && !is_good &&
                         result >> 4U == static_cast<std::uint8_t>(order::Refusal::stale);
    if (is_late && !order.empty() && seal_anew(id, order, content)) return;
    session.run("update card_item set state = ?, result = ? where id = ?",
                {is_good ? "done" : "refused", std::int64_t{result}, id});
    const std::int64_t ts = statement.clock.unix_ms();
    const std::string text = "by card: " + result_text(kind, result);
    if (!purchase.empty() && is_good) vending::accept(unit, ports, purchase, ts, text);
    if (!purchase.empty() && !is_good) vending::end_delivery(unit, ports, purchase, "refused", text);
    if (order.empty()) return;
    const auto placed = meters::find_order(session, order);
    const auto value = placed && is_good ? value_of_order(placed->sequence) : std::nullopt;
    meters::end_order(unit, ports, order, {is_good ? "done" : "refused", text, value, ts});
    if (value) vending::book_returned_by_card(unit, order, quantity::Money::of(*value));
  }
};

}  // namespace

std::string result_text(const std::string& kind, std::int64_t result) {
  if (kind == "token") return std::string(dictionary::token_result_name(static_cast<std::uint16_t>(result)));
  const auto low = static_cast<std::uint16_t>(result & 15);
  std::string text(dictionary::order_result_name(low));
  if (result >> 4 != 0)
    text += ": " + std::string(dictionary::order_refusal_name(static_cast<std::uint16_t>(result >> 4)));
  return text;
}

Result<card::Statement> book_statement(store::Unit& unit, const Vaults& vaults, const meters::Ports& ports,
                                       const std::string& serial, const std::string& statement_hex,
                                       const std::string& user) {
  store::Session& session = unit.session;
  const auto card = find_card(session, serial);
  if (!card) return std::unexpected(Refusal::unknown_card);
  const auto bytes = bytes_of_hex(statement_hex);
  const auto claimed = bytes ? card::decode_statement(*bytes) : std::nullopt;
  if (!claimed) return std::unexpected(Refusal::not_a_statement);
  const std::string meter = number_text(claimed->meter);
  if (!meters::find_meter(session, meter)) return std::unexpected(Refusal::unknown_meter);
  const auto key = vaults.keeper.card_key(meter);
  if (!key) return std::unexpected(Refusal::vault_unavailable);
  const auto statement = card::open_statement(*bytes, *key);
  if (!statement) return std::unexpected(Refusal::not_a_statement);
  if (serial_text(statement->serial) != serial) return std::unexpected(Refusal::other_card);

  if (const auto load = session.row<std::string, std::string>(
          "select items, content from card_load where card = ? and number = ?",
          {serial, std::int64_t{statement->load}})) {
    const auto& [items, content] = *load;
    const Booking booking{unit, vaults, ports, *statement, content};
    std::istringstream ids(items);
    std::int64_t id = 0;
    for (std::size_t i = 0; i < statement->done_count && (ids >> id); ++i) {
      booking.settle(id, statement->results[i]);
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
  const meters::Reading reading = reading_of(*statement, unit.now_ms);
  if (meters::keep_reading(session, meter, reading) && meters::note_newest(session, meter, reading)) {
    vending::assess(unit, ports, meter, reading);
    unit.after_commit([&port = ports.changes, meter] { port.changed(meters::Kind::meter, meter); });
  }
  return *statement;
}

}  // namespace lk::cards
