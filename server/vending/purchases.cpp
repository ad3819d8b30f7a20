// SPDX-License-Identifier: Apache-2.0
#include "server/vending/purchases.hpp"

#include <nlohmann/json.hpp>

#include "assert/assert.hpp"
#include "server/customers/password.hpp"
#include "server/ledger/decimal.hpp"
#include "server/ledger/ledger.hpp"
#include "server/meters/commands.hpp"
#include "server/meters/meters.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/vault.hpp"

namespace lk::vending {
namespace {

using meters::Kind;
using quantity::Money;

constexpr std::string_view columns =
    "p.id, p.meter, p.amount, p.deliver, p.user, p.credited, p.tid, p.token, p.state, p.detail, p.receipt, "
    "p.ts, "
    "p.accepted from purchase p";

std::vector<Purchase> fetch(store::Session& session, const std::string& rest, store::Values values) {
  std::vector<Purchase> purchases;
  for (auto& [id, meter, amount, deliver, user, credited, tid, token, state, detail, receipt, ts, accepted] :
       session.rows<std::string, std::string, Money, bool, std::string, Money, std::int64_t, std::string,
                    std::string, std::string, std::int64_t, std::int64_t, std::optional<std::int64_t>>(
           "select " + std::string(columns) + " " + rest, std::move(values))) {
    purchases.push_back({{std::move(id), std::move(meter), amount, deliver, std::move(user), false},
                         credited,
                         tid,
                         std::move(token),
                         std::move(state),
                         std::move(detail),
                         receipt,
                         ts,
                         accepted});
  }
  return purchases;
}

bool same(const NewPurchase& a, const NewPurchase& b) {
  return a.meter == b.meter && a.amount == b.amount && a.deliver == b.deliver;
}

std::int64_t book_sale(store::Session& session, const Purchase& sale) {
  const NewPurchase& asked = sale.asked;
  const auto debit = asked.on_account ? ledger::account::receivable : ledger::account::cash;
  return ledger::post(session,
                      {sale.ts,
                       "Receipt " + std::to_string(sale.receipt) + ": sale to meter " + asked.meter,
                       asked.id,
                       {{std::string(debit), "", asked.amount},
                        {std::string(ledger::account::rounding), "", sale.credited - asked.amount},
                        {std::string(ledger::account::tokens_issued), asked.meter, -sale.credited}}});
}

void deliver(store::Unit& unit, const meters::Ports& ports, const SaleRules& rules, const Purchase& purchase,
             const std::string& gateway) {
  meters::begin_command(unit, ports,
                        {customers::random_uuid(), gateway, purchase.asked.meter, meters::CommandKind::token,
                         purchase.token, unit.now_ms + rules.delivery_ms},
                        {purchase.asked.id, ""});
}

void tell(store::Unit& unit, const meters::Ports& ports, const std::string& id) {
  unit.after_commit([&port = ports.changes, id] { port.changed(Kind::purchase, id); });
}

SaleRefusal refusal_of(vault::TokenRefusal refusal) {
  switch (refusal) {
    case vault::TokenRefusal::amount_range:
      return SaleRefusal::amount_range;
    case vault::TokenRefusal::foreign_keys:
      return SaleRefusal::foreign_keys;
  }
  return SaleRefusal::amount_range;
}

}  // namespace

std::expected<Sale, SaleRefusal> sell(store::Unit& unit, const vault::Issuer& issuer,
                                      const meters::Ports& ports, const SaleRules& rules,
                                      const NewPurchase& asked) {
  store::Session& session = unit.session;
  if (auto known = find_purchase(session, asked.id)) {
    if (same(known->asked, asked)) return Sale{std::move(*known), true};
    return std::unexpected(SaleRefusal::id_reused);
  }
  const auto meter = meters::find_meter(session, asked.meter);
  if (!meter) return std::unexpected(SaleRefusal::unknown_meter);
  if (meter->kind != "flat") return std::unexpected(SaleRefusal::only_measures);
  if (asked.amount <= Money{}) return std::unexpected(SaleRefusal::no_amount);
  if (asked.amount > rules.most) return std::unexpected(SaleRefusal::above_limit);

  const auto last = session.one<std::int64_t>("select last_tid from meter where number = ?", {asked.meter});
  const auto tid = issuer.next_identifier(last, unit.now_ms);
  if (!tid) return std::unexpected(SaleRefusal::no_identifier);
  const auto token = issuer.credit_token(
      {meter->number, meter->supply_group_code, meter->key_revision_number, meter->tariff_index}, *tid,
      asked.amount);
  if (!token) return std::unexpected(refusal_of(token.error()));

  Purchase sale{asked, token->credited, *tid, token->digits, asked.deliver ? "sent" : "issued", "",
                0,     unit.now_ms,     {}};
  sale.receipt = session.one<std::int64_t>("select coalesce(max(receipt), 0) + 1 from purchase");
  const std::int64_t entry = book_sale(session, sale);
  session.run("update meter set last_tid = ? where number = ?", {*tid, asked.meter});
  session.run(
      "insert into purchase (id, meter, amount, credited, tid, token, deliver, state, receipt, ts, user, "
      "entry) values "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {asked.id, asked.meter, asked.amount, sale.credited, *tid, sale.token, int{asked.deliver}, sale.state,
       sale.receipt, sale.ts, asked.user, entry});
  if (asked.deliver) deliver(unit, ports, rules, sale, meter->gateway);
  tell(unit, ports, asked.id);
  return Sale{std::move(sale), false};
}

std::optional<Purchase> reissue(store::Unit& unit, const meters::Ports& ports, const SaleRules& rules,
                                const std::string& id) {
  auto purchase = find_purchase(unit.session, id);
  if (!purchase || purchase->state == "accepted" || meters::has_open_command(unit.session, id))
    return purchase;
  const auto meter = value_of(meters::find_meter(unit.session, purchase->asked.meter));
  deliver(unit, ports, rules, *purchase, meter.gateway);
  unit.session.run("update purchase set state = 'sent', detail = '' where id = ?", {id});
  tell(unit, ports, id);
  purchase->state = "sent";
  purchase->detail.clear();
  return purchase;
}

void accept(store::Unit& unit, const meters::Ports& ports, const std::string& id, std::int64_t ts,
            const std::string& detail) {
  const auto purchase = find_purchase(unit.session, id);
  if (!purchase || purchase->state == "accepted") return;
  unit.session.run("update purchase set state = 'accepted', accepted = ?, detail = ? where id = ?",
                   {ts, detail, id});
  ledger::post(
      unit.session,
      {unit.now_ms,
       "Token of receipt " + std::to_string(purchase->receipt) + " taken by meter " + purchase->asked.meter,
       id,
       {{std::string(ledger::account::tokens_issued), purchase->asked.meter, purchase->credited},
        {std::string(ledger::account::customer_credit), purchase->asked.meter, -purchase->credited}}});
  tell(unit, ports, id);
}

void end_delivery(store::Unit& unit, const meters::Ports& ports, const std::string& id,
                  const std::string& state, const std::string& detail) {
  unit.session.run("update purchase set state = ?, detail = ? where id = ? and state <> 'accepted'",
                   {state, detail, id});
  tell(unit, ports, id);
}

std::optional<Purchase> find_purchase(store::Session& session, const std::string& id) {
  auto found = fetch(session, "where p.id = ?", {id});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Purchase> list_purchases(store::Session& session, const std::string& meter,
                                     const std::string& customer, std::int64_t limit) {
  if (!meter.empty()) {
    return fetch(session, "where p.meter = ? order by p.ts desc, p.receipt desc limit ?", {meter, limit});
  }
  return fetch(
      session,
      "join meter m on m.number = p.meter where ? = '' or m.customer = ? order by p.receipt desc limit ?",
      {customer, customer, limit});
}

nlohmann::ordered_json view(const Purchase& purchase) {
  nlohmann::ordered_json json{{"id", purchase.asked.id},
                              {"meter", purchase.asked.meter},
                              {"amount", ledger::print(purchase.asked.amount)},
                              {"credited", ledger::print(purchase.credited)},
                              {"token", purchase.token},
                              {"state", purchase.state},
                              {"detail", purchase.detail},
                              {"receipt", purchase.receipt},
                              {"ts", purchase.ts}};
  json["accepted"] =
      purchase.accepted ? nlohmann::ordered_json(*purchase.accepted) : nlohmann::ordered_json();
  json["user"] = purchase.asked.user;
  return json;
}

}  // namespace lk::vending
