// SPDX-License-Identifier: Apache-2.0
#include "server/ledger/routes.hpp"

#include <nlohmann/json.hpp>

#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/ledger/decimal.hpp"
#include "server/ledger/ledger.hpp"
#include "server/store/writer.hpp"

namespace lk::ledger {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using http::Result;
using Json = nlohmann::ordered_json;

Json view(const Trial& trial) {
  Json accounts = Json::array();
  for (const Balance& balance : trial.accounts) {
    accounts.push_back({{"name", balance.account}, {"balance", print(balance.amount)}});
  }
  return {{"accounts", accounts},
          {"sum", print(trial.sum)},
          {"balanced", trial.balanced()},
          {"entries", trial.entries}};
}

Json view(const Numbered& numbered) {
  Json lines = Json::array();
  for (const Line& line : numbered.entry.lines) {
    Json item{{"account", line.account}, {"amount", print(line.amount)}};
    if (!line.meter.empty()) item["meter"] = line.meter;
    lines.push_back(std::move(item));
  }
  return {{"number", numbered.number},
          {"ts", numbered.entry.ts},
          {"text", numbered.entry.text},
          {"purchase", numbered.entry.purchase.empty() ? Json() : Json(numbered.entry.purchase)},
          {"lines", lines}};
}

Result show_entries(const Request& request, const Caller&, store::Session& session) {
  const auto limit = http::query_integer(request, "limit", 1, 1000, 100);
  if (!limit) return std::unexpected(limit.error());
  Json entries = Json::array();
  for (const Numbered& entry : latest(session, *limit)) entries.push_back(view(entry));
  return Response{200, Json{{"entries", entries}}.dump()};
}

}  // namespace

void add_routes(http::Router& router, std::function<void(store::Unit&)> book_outstanding) {
  router.add({"GET", "/api/v1/ledger/balances", http::Access::operators,
              http::Write([book = std::move(book_outstanding)](const Request&, const Caller&,
                                                               store::Unit& unit) -> Result {
                book(unit);
                return Response{200, view(trial_balance(unit.session)).dump()};
              })});
  router.add({"GET", "/api/v1/ledger/entries", http::Access::operators, http::Read(show_entries)});
}

}  // namespace lk::ledger
