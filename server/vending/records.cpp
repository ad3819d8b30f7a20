// SPDX-License-Identifier: Apache-2.0
// Purchases as they stand in the database, and as the HTTP interface shows them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/ledger/decimal.hpp"
#include "server/store/session.hpp"
#include "server/vending/key_record.hpp"
#include "server/vending/purchases.hpp"

namespace lk::vending {
namespace {

using quantity::Energy;
using quantity::Money;

constexpr std::string_view columns =
    "p.id, p.meter, p.amount, p.deliver, p.\"user\", p.credited, p.tid, p.token, p.state, p.detail, "
    "p.receipt, p.ts, "
    "p.accepted, p.asked_energy, p.energy, p.free, p.tax, p.standing_charge, p.debt, p.commission, p.tender, "
    "p.agent, "
    "p.shift, p.key_change from purchase p";

Tender tender_of(std::string_view name) {
  if (name == "account") return Tender::account;
  return name == "float" ? Tender::agent : Tender::cash;
}

std::vector<Purchase> fetch(store::Session& session, const std::string& rest, store::Values values) {
  std::vector<Purchase> purchases;
  for (auto& [id, meter, amount, deliver, user, credited, tid, token, state, detail, receipt, ts, accepted,
              asked_energy, energy, free, tax, standing, debt, commission, tender, agent, shift, key_change] :
       session.rows<std::string, std::string, Money, bool, std::string, Money, std::int64_t, std::string,
                    std::string, std::string, std::int64_t, std::int64_t, std::optional<std::int64_t>,
                    std::optional<Energy>, Money, Money, Money, Money, Money, Money, std::string, std::string,
                    std::string, std::string>("select " + std::string(columns) + " " + rest,
                                              std::move(values))) {
    Purchase& purchase = purchases.emplace_back();
    purchase.asked = {std::move(id),   std::move(meter),  amount,       deliver,
                      std::move(user), tender_of(tender), asked_energy, std::move(agent)};
    purchase.credited = credited;
    purchase.tid = tid;
    purchase.token = std::move(token);
    purchase.state = std::move(state);
    purchase.detail = std::move(detail);
    purchase.receipt = receipt;
    purchase.ts = ts;
    purchase.accepted = accepted;
    purchase.parts = {amount, debt, tax, standing, energy, free, {}};
    purchase.commission = commission;
    purchase.shift = std::move(shift);
    purchase.key_change = words_of(key_change);
  }
  return purchases;
}

}  // namespace

std::string_view name_of(Tender tender) {
  switch (tender) {
    case Tender::cash:
      return "cash";
    case Tender::account:
      return "account";
    case Tender::agent:
      return "float";
  }
  return {};
}

std::optional<Purchase> find_purchase(store::Session& session, const std::string& id) {
  auto found = fetch(session, "where p.id = ?", {id});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Purchase> find_purchases(store::Session& session, const std::vector<std::string>& ids) {
  const store::Choice among = store::choice(ids);
  return fetch(session, "where p.id " + among.sql, among.values);
}

std::vector<Purchase> list_purchases(store::Session& session, const Whose& whose, std::int64_t limit) {
  if (!whose.agent.empty()) {
    return fetch(session, "where p.agent = ? order by p.receipt desc limit ?", {whose.agent, limit});
  }
  if (!whose.meter.empty()) {
    return fetch(session, "where p.meter = ? order by p.ts desc, p.receipt desc limit ?",
                 {whose.meter, limit});
  }
  return fetch(
      session,
      "join meter m on m.number = p.meter where ? = '' or m.customer = ? order by p.receipt desc limit ?",
      {whose.customer, whose.customer, limit});
}

nlohmann::ordered_json view(const Purchase& purchase) {
  const Breakdown& parts = purchase.parts;
  nlohmann::ordered_json json{{"id", purchase.asked.id},
                              {"meter", purchase.asked.meter},
                              {"amount", ledger::print(purchase.asked.amount)},
                              {"credited", ledger::print(purchase.credited)},
                              {"token", purchase.token},
                              {"key_change", purchase.key_change},
                              {"state", purchase.state},
                              {"detail", purchase.detail},
                              {"receipt", purchase.receipt},
                              {"ts", purchase.ts}};
  json["accepted"] =
      purchase.accepted ? nlohmann::ordered_json(*purchase.accepted) : nlohmann::ordered_json();
  json["user"] = purchase.asked.user;
  json["tender"] = name_of(purchase.asked.tender);
  json["energy"] = ledger::print(parts.energy);
  json["free"] = ledger::print(parts.free);
  json["tax"] = ledger::print(parts.tax);
  json["standing_charge"] = ledger::print(parts.standing_charge);
  json["debt"] = ledger::print(parts.debt);
  return json;
}

}  // namespace lk::vending
