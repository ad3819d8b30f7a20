// SPDX-License-Identifier: Apache-2.0
#include "server/meters/orders.hpp"

#include <nlohmann/json.hpp>

#include "assert/assert.hpp"
#include "order/order.hpp"
#include "server/customers/password.hpp"
#include "server/meters/commands.hpp"
#include "server/meters/meters.hpp"
#include "server/meters/tariffs.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/order_sealer.hpp"

namespace lk::meters {
namespace {

using quantity::Money;

constexpr std::string_view columns =
    "id, meter, verb, tariff, amount, \"user\", sequence, state, detail, ts, ended from meter_order";
constexpr std::int64_t last_sequence = 0xFFFF'FFFF;

template <class Row>
Order order_of(Row&& row) {
  auto& [id, meter, verb, tariff, amount, user, sequence, state, detail, ts, ended] = row;
  return {{id, meter, verb, tariff, amount, user}, sequence, state, detail, ts, ended};
}

std::vector<Order> fetch(store::Session& session, const std::string& rest, store::Values values) {
  std::vector<Order> orders;
  for (auto& row :
       session.rows<std::string, std::string, std::string, std::string, std::optional<Money>, std::string,
                    std::int64_t, std::string, std::string, std::int64_t, std::optional<std::int64_t>>(
           "select " + std::string(columns) + " " + rest, std::move(values))) {
    orders.push_back(order_of(row));
  }
  return orders;
}

bool same(const NewOrder& a, const NewOrder& b) {
  return a.meter == b.meter && a.verb == b.verb && a.tariff == b.tariff && a.amount == b.amount;
}

// Above every version that the meter has shown or been sent, and above 1, with which a new meter begins.
std::uint32_t next_tariff_version(store::Session& session, const std::string& meter) {
  const auto shown =
      session.one<std::int64_t>("select max(tariff_version) from reading where meter = ?", {meter});
  const auto sent =
      session.one<std::int64_t>("select max(tariff_version) from meter_order where meter = ?", {meter});
  return static_cast<std::uint32_t>(std::max<std::int64_t>({shown, sent, 1}) + 1);
}

}  // namespace

std::expected<Placed, OrderRefusal> place_order(store::Unit& unit, vault::OrderSealer& sealer,
                                                const Ports& ports, const OrderRules& rules,
                                                const NewOrder& order) {
  store::Session& session = unit.session;
  if (auto known = find_order(session, order.id)) {
    if (same(known->asked, order)) return Placed{std::move(*known), true};
    return std::unexpected(OrderRefusal::id_reused);
  }
  const auto meter = find_meter(session, order.meter);
  if (!meter) return std::unexpected(OrderRefusal::unknown_meter);

  order::Command command = order::Open{};
  std::optional<std::int64_t> version;
  if (order.verb == "close") {
    command = order::Close{};
  } else if (order.verb == "set_price") {
    const auto tariff = find_tariff(session, order.tariff);
    if (!tariff) return std::unexpected(OrderRefusal::unknown_tariff);
    version = next_tariff_version(session, order.meter);
    command = order::SetPrice{tariff->price, static_cast<std::uint32_t>(*version)};
  } else if (order.verb == "set_low_credit") {
    command = order::SetLowCredit{order.amount.value_or(Money{})};
  } else if (order.verb == "refund") {
    command = order::Refund{order.amount.value_or(Money{})};
  }

  const auto shown = session.one<std::int64_t>(
      "select r.order_sequence from meter_state s join reading r on r.meter = s.meter and r.ts = "
      "s.reading_ts and r.seq "
      "= s.reading_seq where s.meter = ?",
      {order.meter});
  const auto given =
      session.one<std::int64_t>("select last_sequence from meter where number = ?", {order.meter});
  const std::int64_t sequence = std::max(shown, given) + 1;
  if (sequence > last_sequence) return std::unexpected(OrderRefusal::sequence_ended);
  const std::uint32_t expiry = rules.expiry_s == 0
                                   ? order::never_expires
                                   : static_cast<std::uint32_t>(unit.now_ms / 1000 + rules.expiry_s);
  const auto sealed = sealer.sealed_order(order.meter, static_cast<std::uint32_t>(sequence), expiry, command);
  if (!sealed) return std::unexpected(OrderRefusal::vault_unavailable);

  session.run("update meter set last_sequence = ? where number = ?", {sequence, order.meter});
  session.run(
      "insert into meter_order (id, meter, verb, tariff, amount, tariff_version, sequence, state, ts, "
      "\"user\") "
      "values "
      "(?, ?, ?, ?, ?, ?, ?, 'sent', ?, ?)",
      {order.id, order.meter, order.verb,
       order.tariff.empty() ? std::nullopt : std::optional<std::string>(order.tariff), order.amount, version,
       sequence, unit.now_ms, order.user});
  begin_command(unit, ports,
                {customers::random_uuid(), meter->gateway, order.meter, CommandKind::order, *sealed,
                 unit.now_ms + rules.delivery_ms},
                {"", order.id});
  unit.after_commit([&port = ports.changes, id = order.id] { port.changed(Kind::order, id); });
  return Placed{{order, sequence, "sent", "", unit.now_ms, std::nullopt}, false};
}

void end_order(store::Unit& unit, const Ports& ports, const std::string& id, const OrderResult& result) {
  store::Session& session = unit.session;
  const auto order = find_order(session, id);
  if (!order || order->state == "done") return;
  session.run("update meter_order set state = ?, detail = ?, ended = ? where id = ?",
              {result.state, result.detail, result.ts, id});
  if (result.state == "done" && order->asked.verb == "set_price" && result.value) {
    const auto tariff = value_of(find_tariff(session, order->asked.tariff));
    session.run(
        "insert into price_step (meter, version, price, from_energy) "
        "select meter, tariff_version, ?, ? from meter_order where id = ? on conflict do "
        "nothing",
        {tariff.price, *result.value, id});
    session.run("update meter set tariff = ? where number = ?", {order->asked.tariff, order->asked.meter});
    unit.after_commit(
        [&port = ports.changes, meter = order->asked.meter] { port.changed(Kind::meter, meter); });
  }
  unit.after_commit([&port = ports.changes, id] { port.changed(Kind::order, id); });
}

void settle_price_order(store::Unit& unit, const Ports& ports, const std::string& meter,
                        std::int64_t version_low, std::int64_t priced_energy_mj) {
  const auto order = unit.session.row<std::string>(
      "select id from meter_order where meter = ? and verb = 'set_price' and state <> 'done' and "
      "tariff_version % 65536 = ? order by sequence desc limit 1",
      {meter, version_low});
  if (!order) return;
  end_order(unit, ports, std::get<0>(*order),
            {"done", "told by the meter's events", priced_energy_mj, unit.now_ms});
}

std::optional<Order> find_order(store::Session& session, const std::string& id) {
  auto found = fetch(session, "where id = ?", {id});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Order> list_orders(store::Session& session, const std::string& meter, std::int64_t limit) {
  return fetch(session, "where meter = ? order by ts desc, sequence desc limit ?", {meter, limit});
}

nlohmann::ordered_json view(const Order& order) {
  nlohmann::ordered_json json{{"id", order.asked.id},
                              {"meter", order.asked.meter},
                              {"verb", order.asked.verb},
                              {"sequence", order.sequence},
                              {"state", order.state},
                              {"detail", order.detail},
                              {"ts", order.ts}};
  json["ended"] = order.ended ? nlohmann::ordered_json(*order.ended) : nlohmann::ordered_json();
  json["user"] = order.asked.user;
  return json;
}

}  // namespace lk::meters
