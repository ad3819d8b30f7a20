// SPDX-License-Identifier: Apache-2.0
#include "server/vending/routes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assert/assert.hpp"
#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/ledger/decimal.hpp"
#include "server/meters/meters.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/office.hpp"
#include "server/vending/problems.hpp"
#include "server/vending/returned.hpp"

namespace lk::vending {
namespace {

using http::Access;
using http::Asked;
using http::Caller;
using http::Problem;
using http::Request;
using http::Response;
using http::Result;
using Json = nlohmann::ordered_json;

// 0.00001 kWh in mJ: energy comes in kWh with the decimals of money.
constexpr std::int64_t mj_per_step = 36'000;

Problem unknown_purchase() {
  return problem_of(ReversalRefusal::unknown_purchase);
}

// An agent may sell for any meter; a tenant for its own.
bool may_buy_for(store::Session& session, const Caller& caller, const std::string& meter) {
  if (caller.is_operator || caller.role == "agent") return true;
  const auto found = meters::find_meter(session, meter);
  return found && !caller.customer.empty() && found->customer == caller.customer;
}

bool may_see(store::Session& session, const Caller& caller, const Purchase& purchase) {
  if (caller.role == "agent") return purchase.asked.agent == caller.agent;
  return may_buy_for(session, caller, purchase.asked.meter);
}

std::string lower(std::string id) {
  for (char& c : id) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  return id;
}

std::optional<Purchase> visible(store::Session& session, const Caller& caller, const std::string& id) {
  auto purchase = find_purchase(session, lower(id));
  if (purchase && !may_see(session, caller, *purchase)) return std::nullopt;
  return purchase;
}

Tender tender_of(const Caller& caller, http::Fields& fields) {
  if (caller.role == "agent") return Tender::agent;
  if (!caller.is_operator) return Tender::account;
  return fields.word("tender", {"cash", "account"}, false) == "account" ? Tender::account : Tender::cash;
}

// The fields of a purchase or a trial; a trial has no id.
std::expected<NewPurchase, Problem> purchase_of(const Request& request, const Caller& caller, bool trial) {
  http::Fields fields(request.body);
  NewPurchase asked;
  if (!trial) asked.id = fields.uuid("id");
  asked.meter = fields.digits("meter", 11);
  if (fields.has("energy")) {
    const auto steps = fields.money("energy").count();
    if (fields.has("amount")) fields.refuse("energy", "goes without amount");
    if (steps <= 0 || steps > quantity::units(1'000'000).count())
      fields.refuse("energy", "must be above 0 and at most 1000000 kWh");
    asked.energy = quantity::Energy::of(
        std::clamp<std::int64_t>(steps, 0, quantity::units(1'000'000).count()) * mj_per_step);
  } else {
    asked.amount = fields.money("amount");
  }
  if (!trial) asked.deliver = fields.flag("deliver", true);
  asked.user = caller.user;
  asked.agent = caller.agent;
  asked.tender = tender_of(caller, fields);
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  return asked;
}

Json view(const Breakdown& parts) {
  return {{"amount", ledger::print(parts.amount)},
          {"energy", ledger::print(parts.energy)},
          {"free", ledger::print(parts.free)},
          {"tax", ledger::print(parts.tax)},
          {"standing_charge", ledger::print(parts.standing_charge)},
          {"debt", ledger::print(parts.debt)},
          {"credit", ledger::print(parts.for_token())}};
}

Result show_purchases(const Request& request, const Caller& caller, store::Session& session) {
  const auto limit = http::query_integer(request, "limit", 1, 1000, 100);
  if (!limit) return std::unexpected(limit.error());
  const std::string* meter = request.asked("meter");
  Json list = Json::array();
  const bool agent = caller.role == "agent";
  if (meter == nullptr || agent || may_buy_for(session, caller, *meter)) {
    const Whose whose{meter == nullptr ? "" : *meter, caller.customer, caller.agent};
    for (const Purchase& purchase : list_purchases(session, whose, *limit)) list.push_back(view(purchase));
  }
  return Response{200, Json{{"purchases", list}}.dump()};
}

Result show_purchase(const Request& request, const Caller& caller, store::Session& session) {
  const auto purchase = visible(session, caller, request.parameter("id"));
  if (!purchase) return std::unexpected(unknown_purchase());
  return Response{200, view(*purchase).dump()};
}

Result search_meters(const Request& request, const Caller& caller, store::Session& session) {
  if (!caller.is_operator && caller.role != "agent") {
    return std::unexpected(Problem{403, "forbidden", "The role of this log-in may not do this.", ""});
  }
  const std::string* text = request.asked("q");
  if (text == nullptr || text->size() < 2 || text->size() > 80) {
    return std::unexpected(Problem{422, "bad_field", "q must have 2 to 80 characters", "q"});
  }
  Json list = Json::array();
  for (const Found& found : search(session, *text, 50)) {
    list.push_back({{"meter", found.meter},
                    {"name", found.name},
                    {"customer", found.customer.empty() ? Json() : Json(found.customer)},
                    {"customer_name", found.customer_name.empty() ? Json() : Json(found.customer_name)},
                    {"tariff", found.tariff}});
  }
  return Response{200, Json{{"meters", list}}.dump()};
}

Result try_purchase(const Counter& counter, const Request& request, const Caller& caller,
                    store::Session& session) {
  const auto asked = purchase_of(request, caller, true);
  if (!asked) return std::unexpected(asked.error());
  if (!may_buy_for(session, caller, asked->meter)) {
    return std::unexpected(problem_of(SaleRefusal::unknown_meter, counter.rules));
  }
  const auto parts = trial(session, counter.rules, store::system_clock()(), *asked);
  if (!parts) return std::unexpected(problem_of(parts.error(), counter.rules));
  return Response{200, view(*parts).dump()};
}

// What requests of one kind ask for. Each that is refused here has its result; `places` are those of the
// others.
struct Basket {
  std::vector<std::optional<Result>> results;
  std::vector<NewPurchase> purchases;
  std::vector<std::size_t> places;
};

Basket basket_of(const Counter& counter, const std::vector<Asked>& requests, store::Session& session) {
  Basket basket;
  basket.results.resize(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    auto asked = purchase_of(requests[i].request, requests[i].caller, false);
    if (!asked) {
      basket.results[i] = std::unexpected(asked.error());
    } else if (!may_buy_for(session, requests[i].caller, asked->meter)) {
      basket.results[i] = std::unexpected(problem_of(SaleRefusal::unknown_meter, counter.rules));
    } else {
      basket.purchases.push_back(std::move(*asked));
      basket.places.push_back(i);
    }
  }
  return basket;
}

Result answer_of(const Counter& counter, const Caller& caller, const SaleResult& sale) {
  if (!sale) return std::unexpected(problem_of(sale.error(), counter.rules));
  const bool foreign = caller.role == "agent" && sale->purchase.asked.agent != caller.agent;
  if (sale->repeated && foreign) return std::unexpected(problem_of(SaleRefusal::id_reused, counter.rules));
  return Response{sale->repeated ? 200 : 201, view(sale->purchase).dump()};
}

std::vector<Result> purchase(const Counter& counter, const std::vector<Asked>& requests, store::Unit& unit) {
  Basket basket = basket_of(counter, requests, unit.session);
  std::vector<SaleResult> sales;
  if (!basket.purchases.empty())
    sales = sell_all(unit, counter.tokens, counter.ports, counter.rules, basket.purchases);
  for (std::size_t i = 0; i < sales.size(); ++i) {
    const std::size_t place = basket.places[i];
    basket.results[place] = answer_of(counter, requests[place].caller, sales[i]);
  }
  std::vector<Result> results;
  for (auto& result : basket.results) results.push_back(std::move(value_of(result)));
  return results;
}

std::vector<std::optional<Result>> repeat_purchase(const Counter& counter, const std::vector<Asked>& requests,
                                                   store::Session& session) {
  Basket basket = basket_of(counter, requests, session);
  if (basket.purchases.empty()) return std::move(basket.results);
  const auto sales = sold_before(session, basket.purchases);
  for (std::size_t i = 0; i < sales.size(); ++i) {
    const std::size_t place = basket.places[i];
    if (const auto& sale = sales[i]) {
      basket.results[place] = answer_of(counter, requests[place].caller, *sale);
    }
  }
  return std::move(basket.results);
}

Result ask_advice(const Request& request, const Caller& caller, store::Unit& unit) {
  const std::string id = lower(request.parameter("id"));
  if (!http::is_uuid(id)) return std::unexpected(unknown_purchase());
  const auto known = find_purchase(unit.session, id);
  if (known && !may_see(unit.session, caller, *known)) return std::unexpected(unknown_purchase());
  const auto found = advise(unit, id, caller.user);
  return Response{
      200,
      Json{{"id", id}, {"outcome", found ? "done" : "failed"}, {"purchase", found ? view(*found) : Json()}}
          .dump()};
}

Result reverse_purchase(const Counter& counter, const Request& request, const Caller& caller,
                        store::Unit& unit) {
  http::Fields fields(request.body);
  const Reversal asked{fields.uuid("id"), lower(request.parameter("id")), fields.text("reason"), caller.user};
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto reversed = reverse(unit, counter.ports, asked);
  if (!reversed) return std::unexpected(problem_of(reversed.error()));
  return Response{*reversed ? 201 : 200, view(value_of(find_purchase(unit.session, asked.purchase))).dump()};
}

Result show_receipt(const Counter& counter, const Request& request, const Caller& caller,
                    store::Session& session) {
  const auto purchase = visible(session, caller, request.parameter("id"));
  if (!purchase) return std::unexpected(unknown_purchase());
  const std::string* format = request.asked("format");
  if (format == nullptr || *format == "json")
    return Response{200, receipt_json(counter.head, *purchase).dump()};
  if (*format == "text")
    return Response{200, receipt_text(counter.head, *purchase), "text/plain; charset=utf-8", {}};
  if (*format == "pdf") {
    const std::string name = "inline; filename=\"receipt-" + std::to_string(purchase->receipt) + ".pdf\"";
    return Response{
        200, receipt_pdf(counter.head, *purchase), "application/pdf", {{"Content-Disposition", name}}};
  }
  return std::unexpected(Problem{422, "bad_field", "format must be json, text or pdf", "format"});
}

Problem problem_of(RefundRefusal refusal) {
  switch (refusal) {
    case RefundRefusal::unknown_order:
      return {404, "unknown_order", "There is no refund order of this id.", "id"};
    case RefundRefusal::wrong_proof:
      return {422, "wrong_proof",
              "The meter did not make this proof for this order and amount; read both from it again.",
              "proof"};
    case RefundRefusal::paid_already:
      return {409, "id_reused", "This refund was paid out with another proof or amount.", "proof"};
    case RefundRefusal::no_amount:
      return {422, "bad_field", "amount must be above zero", "amount"};
    case RefundRefusal::vault_unavailable:
      return problem_of(SaleRefusal::vault_unavailable, {});
  }
  return {500, "internal", "", ""};
}

Result post_refund(const Counter& counter, const Request& request, const Caller& caller, store::Unit& unit) {
  http::Fields fields(request.body);
  Refund refund{lower(request.parameter("id")), fields.money("amount"), fields.text("proof", 32),
                caller.user};
  for (char& c : refund.proof) c = static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto paid = pay_refund(unit, counter.sealer, refund);
  if (!paid) return std::unexpected(problem_of(paid.error()));
  return Response{*paid ? 201 : 200,
                  Json{{"order", refund.order}, {"amount", ledger::print(refund.amount)}}.dump()};
}

}  // namespace

void add_routes(http::Router& router, const Counter& counter) {
  router.add({"GET", "/api/v1/vending/meters", Access::sellers, http::Read(search_meters)});
  router.add({"POST", "/api/v1/vending/trials", Access::sellers,
              http::Read([counter](const Request& request, const Caller& caller, store::Session& session) {
                return try_purchase(counter, request, caller, session);
              })});
  router.add({"GET", "/api/v1/purchases", Access::sellers, http::Read(show_purchases)});
  router.add({"GET", "/api/v1/purchases/{id}", Access::sellers, http::Read(show_purchase)});
  router.add({"POST", "/api/v1/purchases", Access::sellers,
              http::Grouped{[counter](const std::vector<Asked>& asked, store::Unit& unit) {
                              return purchase(counter, asked, unit);
                            },
                            [counter](const std::vector<Asked>& asked, store::Session& session) {
                              return repeat_purchase(counter, asked, session);
                            }}});
  router.add(
      {"POST", "/api/v1/purchases/{id}/reissue", Access::sellers,
       http::Write([counter](const Request& request, const Caller& caller, store::Unit& unit) -> Result {
         const auto seen = visible(unit.session, caller, request.parameter("id"));
         if (!seen) return std::unexpected(unknown_purchase());
         return Response{200, view(*reissue(unit, counter.ports, counter.rules, seen->asked.id)).dump()};
       })});
  router.add({"POST", "/api/v1/purchases/{id}/advice", Access::sellers, http::Write(ask_advice)});
  router.add({"POST", "/api/v1/purchases/{id}/reversal", Access::operators,
              http::Write([counter](const Request& request, const Caller& caller, store::Unit& unit) {
                return reverse_purchase(counter, request, caller, unit);
              })});
  router.add({"POST", "/api/v1/orders/{id}/refund", Access::operators,
              http::Write([counter](const Request& request, const Caller& caller, store::Unit& unit) {
                return post_refund(counter, request, caller, unit);
              })});
  router.add({"GET", "/api/v1/purchases/{id}/receipt", Access::sellers,
              http::Read([counter](const Request& request, const Caller& caller, store::Session& session) {
                return show_receipt(counter, request, caller, session);
              })});
}

}  // namespace lk::vending
