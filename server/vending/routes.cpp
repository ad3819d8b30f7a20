// SPDX-License-Identifier: Apache-2.0
#include "server/vending/routes.hpp"

#include <nlohmann/json.hpp>

#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/ledger/decimal.hpp"
#include "server/meters/meters.hpp"
#include "server/store/writer.hpp"

namespace lk::vending {
namespace {

using http::Access;
using http::Caller;
using http::Problem;
using http::Request;
using http::Response;
using http::Result;
using Json = nlohmann::ordered_json;

Problem problem_of(SaleRefusal refusal, const SaleRules& rules) {
  switch (refusal) {
    case SaleRefusal::unknown_meter:
      return {404, "unknown_meter", "There is no meter of this number; check it, or register it first.",
              "meter"};
    case SaleRefusal::id_reused:
      return {409, "id_reused", "This id belongs to another purchase; make a new id for each sale.", "id"};
    case SaleRefusal::no_amount:
      return {422, "bad_field", "amount must be above zero", "amount"};
    case SaleRefusal::above_limit:
      return {422, "bad_field", "amount must be at most " + ledger::print(rules.most) + " at once", "amount"};
    case SaleRefusal::only_measures:
      return {422, "only_measures", "This is a feeder meter: it measures and takes no credit.", "meter"};
    case SaleRefusal::amount_range:
      return {422, "bad_field", "amount does not fit a token", "amount"};
    case SaleRefusal::foreign_keys:
      return {422, "foreign_keys",
              "The vault has no vending key of this meter's supply group and key revision.", "meter"};
    case SaleRefusal::no_identifier:
      return {503, "no_identifier", "No token identifier is left for this time; check the server's clock.",
              ""};
  }
  return {500, "internal", "", ""};
}

Problem unknown_purchase() {
  return {404, "unknown_purchase", "There is no purchase of this id.", "id"};
}

bool may_see(store::Session& session, const Caller& caller, const std::string& meter) {
  if (caller.is_operator) return true;
  const auto found = meters::find_meter(session, meter);
  return found && !caller.customer.empty() && found->customer == caller.customer;
}

std::optional<Purchase> visible(store::Session& session, const Caller& caller, std::string id) {
  for (char& c : id) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  auto purchase = find_purchase(session, id);
  if (purchase && !may_see(session, caller, purchase->asked.meter)) return std::nullopt;
  return purchase;
}

Result show_purchases(const Request& request, const Caller& caller, store::Session& session) {
  const auto limit = http::query_integer(request, "limit", 1, 1000, 100);
  if (!limit) return std::unexpected(limit.error());
  const std::string* meter = request.asked("meter");
  Json list = Json::array();
  if (meter == nullptr || may_see(session, caller, *meter)) {
    for (const Purchase& purchase :
         list_purchases(session, meter == nullptr ? "" : *meter, caller.customer, *limit)) {
      list.push_back(view(purchase));
    }
  }
  return Response{200, Json{{"purchases", list}}.dump()};
}

Result show_purchase(const Request& request, const Caller& caller, store::Session& session) {
  const auto purchase = visible(session, caller, request.parameter("id"));
  if (!purchase) return std::unexpected(unknown_purchase());
  return Response{200, view(*purchase).dump()};
}

}  // namespace

void add_routes(http::Router& router, const vault::Issuer& issuer, const meters::Ports& ports,
                const SaleRules& rules) {
  router.add({"GET", "/api/v1/purchases", Access::tenant, http::Read(show_purchases)});
  router.add({"GET", "/api/v1/purchases/{id}", Access::tenant, http::Read(show_purchase)});
  router.add({"POST", "/api/v1/purchases", Access::tenant,
              http::Write([&](const Request& request, const Caller& caller, store::Unit& unit) -> Result {
                http::Fields fields(request.body);
                const NewPurchase asked{fields.uuid("id"),
                                        fields.digits("meter", 11),
                                        fields.money("amount"),
                                        fields.flag("deliver", true),
                                        caller.user,
                                        !caller.is_operator};
                if (const auto problem = fields.problem()) return std::unexpected(*problem);
                if (!may_see(unit.session, caller, asked.meter)) {
                  return std::unexpected(problem_of(SaleRefusal::unknown_meter, rules));
                }
                const auto sale = sell(unit, issuer, ports, rules, asked);
                if (!sale) return std::unexpected(problem_of(sale.error(), rules));
                return Response{sale->repeated ? 200 : 201, view(sale->purchase).dump()};
              })});
  router.add({"POST", "/api/v1/purchases/{id}/reissue", Access::tenant,
              http::Write([&](const Request& request, const Caller& caller, store::Unit& unit) -> Result {
                const auto seen = visible(unit.session, caller, request.parameter("id"));
                if (!seen) return std::unexpected(unknown_purchase());
                return Response{200, view(*reissue(unit, ports, rules, seen->asked.id)).dump()};
              })});
}

}  // namespace lk::vending
