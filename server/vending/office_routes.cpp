// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "assert/assert.hpp"
#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/ledger/decimal.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/office.hpp"
#include "server/vending/problems.hpp"
#include "server/vending/routes.hpp"

namespace lk::vending {
namespace {

using http::Access;
using http::Caller;
using http::Request;
using http::Response;
using http::Result;
using quantity::Money;
using Json = nlohmann::ordered_json;

constexpr std::int64_t whole_e4 = 10'000;
constexpr std::int64_t mj_per_step = 36'000;  // 0.00001 kWh

Json or_null(const std::optional<Money>& amount) {
  return amount ? Json(ledger::print(*amount)) : Json();
}

Money above_zero(http::Fields& fields, std::string_view name) {
  const Money amount = fields.money(name);
  if (amount <= Money{}) fields.refuse(name, "must be above zero");
  return amount;
}

Money not_below_zero(http::Fields& fields, std::string_view name) {
  if (!fields.has(name)) return {};
  const Money amount = fields.money(name);
  if (amount < Money{}) fields.refuse(name, "must not be below zero");
  return amount;
}

Json view(const std::string& tariff, const Terms& terms) {
  return {{"tariff", tariff},
          {"tax_e4", terms.tax_e4},
          {"standing_charge", ledger::print(terms.standing_charge)},
          {"least", ledger::print(terms.least)},
          {"most_a_day", or_null(terms.most_a_day)},
          {"free_energy", ledger::print(Money::of(terms.free_energy.count() / mj_per_step))}};
}

Result show_terms(const Request& request, const Caller&, store::Session& session) {
  const std::string& tariff = request.parameter("code");
  if (!session.row<std::int64_t>("select 1 from tariff where code = ?", {tariff})) {
    return std::unexpected(problem_of(OfficeRefusal::unknown_tariff));
  }
  return Response{200, view(tariff, terms_of(session, tariff)).dump()};
}

Result post_terms(const Request& request, const Caller&, store::Unit& unit) {
  http::Fields fields(request.body);
  Terms terms;
  terms.tax_e4 = fields.optional_integer("tax_e4", 0, whole_e4).value_or(0);
  terms.standing_charge = not_below_zero(fields, "standing_charge");
  terms.least = not_below_zero(fields, "least");
  if (fields.has("most_a_day")) terms.most_a_day = above_zero(fields, "most_a_day");
  const Money free = not_below_zero(fields, "free_energy");
  if (free > quantity::units(1'000'000)) fields.refuse("free_energy", "must be at most 1000000 kWh");
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  terms.free_energy = quantity::Energy::of(free.count() * mj_per_step);
  const auto set = set_terms(unit, request.parameter("code"), terms);
  if (!set) return std::unexpected(problem_of(set.error()));
  return Response{200, view(request.parameter("code"), terms).dump()};
}

Json view(const OpenDebt& debt) {
  return {{"id", debt.asked.id},
          {"meter", debt.asked.meter},
          {"reason", debt.asked.reason},
          {"amount", ledger::print(debt.asked.amount)},
          {"open", ledger::print(debt.open)},
          {"share_e4", debt.asked.share_e4},
          {"most", or_null(debt.asked.most)},
          {"ts", debt.ts},
          {"user", debt.asked.user}};
}

Result show_debts(const Request& request, const Caller&, store::Session& session) {
  Json list = Json::array();
  for (const OpenDebt& debt : list_debts(session, request.parameter("number"))) list.push_back(view(debt));
  return Response{200, Json{{"debts", list}}.dump()};
}

Result post_debt(const Request& request, const Caller& caller, store::Unit& unit) {
  http::Fields fields(request.body);
  NewDebt debt{fields.uuid("id"),
               request.parameter("number"),
               fields.text("reason"),
               above_zero(fields, "amount"),
               fields.optional_integer("share_e4", 1, whole_e4).value_or(whole_e4),
               {},
               caller.user};
  if (fields.has("most")) debt.most = above_zero(fields, "most");
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto added = add_debt(unit, debt);
  if (!added) return std::unexpected(problem_of(added.error()));
  for (const OpenDebt& known : list_debts(unit.session, debt.meter)) {
    if (known.asked.id == debt.id) return Response{*added ? 201 : 200, view(known).dump()};
  }
  return std::unexpected(problem_of(OfficeRefusal::id_reused));
}

Json view(const Agent& agent) {
  return {{"code", agent.code},
          {"name", agent.name},
          {"commission_e4", agent.commission_e4},
          {"float", ledger::print(agent.left)}};
}

Result show_agents(const Request&, const Caller& caller, store::Session& session) {
  Json list = Json::array();
  if (caller.is_operator || caller.role == "agent") {
    for (const Agent& agent : list_agents(session, caller.agent)) list.push_back(view(agent));
  }
  return Response{200, Json{{"agents", list}}.dump()};
}

Result post_agent(const Request& request, const Caller&, store::Unit& unit) {
  http::Fields fields(request.body);
  const Agent agent{fields.code("code"), fields.text("name", 80),
                    fields.integer("commission_e4", 0, whole_e4)};
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto added = add_agent(unit, agent);
  if (!added) return std::unexpected(problem_of(added.error()));
  return Response{*added ? 201 : 200, view(list_agents(unit.session, agent.code).front()).dump()};
}

Result post_payment(const Request& request, const Caller& caller, store::Unit& unit) {
  http::Fields fields(request.body);
  const Payment payment{fields.uuid("id"), fields.optional_uuid("customer").value_or(""),
                        fields.optional_text("agent", 32), above_zero(fields, "amount"), caller.user};
  if (payment.customer.empty() == payment.agent.empty())
    fields.refuse("customer", "or agent: one of the two is needed");
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto paid = pay(unit, payment);
  if (!paid) return std::unexpected(problem_of(paid.error()));
  const Money left = payment.agent.empty() ? -owed_by(unit.session, payment.customer)
                                           : list_agents(unit.session, payment.agent).front().left;
  return Response{*paid ? 201 : 200,
                  Json{{"id", payment.id},
                       {"customer", payment.customer.empty() ? Json() : Json(payment.customer)},
                       {"agent", payment.agent.empty() ? Json() : Json(payment.agent)},
                       {"amount", ledger::print(payment.amount)},
                       {"left", ledger::print(left)}}
                      .dump()};
}

Json view(const Shift& shift) {
  return {{"id", shift.id},
          {"user", shift.user},
          {"opened", shift.opened},
          {"opening", ledger::print(shift.opening)},
          {"sales", shift.sales},
          {"expected", ledger::print(shift.expected)},
          {"closed", shift.closed ? Json(*shift.closed) : Json()},
          {"counted", shift.closed ? Json(ledger::print(shift.counted)) : Json()},
          {"difference", shift.closed ? Json(ledger::print(shift.counted - shift.expected)) : Json()}};
}

Result show_shifts(const Request& request, const Caller&, store::Session& session) {
  const auto limit = http::query_integer(request, "limit", 1, 1000, 100);
  if (!limit) return std::unexpected(limit.error());
  const std::string* user = request.asked("user");
  Json list = Json::array();
  for (const Shift& shift : list_shifts(session, user == nullptr ? "" : *user, *limit))
    list.push_back(view(shift));
  return Response{200, Json{{"shifts", list}}.dump()};
}

Result post_shift(const Request& request, const Caller& caller, store::Unit& unit) {
  http::Fields fields(request.body);
  const std::string id = fields.uuid("id");
  const Money opening = not_below_zero(fields, "opening");
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto opened = open_shift(unit, id, caller.user, opening);
  if (!opened) return std::unexpected(problem_of(opened.error()));
  return Response{*opened ? 201 : 200, view(value_of(find_shift(unit.session, id))).dump()};
}

Result post_closing(const Request& request, const Caller&, store::Unit& unit) {
  http::Fields fields(request.body);
  const Money counted = fields.money("counted");
  if (counted < Money{}) fields.refuse("counted", "must not be below zero");
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto closed = close_shift(unit, request.parameter("id"), counted);
  if (!closed) return std::unexpected(problem_of(closed.error()));
  return Response{200, view(*closed).dump()};
}

}  // namespace

void add_office_routes(http::Router& router) {
  router.add({"GET", "/api/v1/tariffs/{code}/terms", Access::operators, http::Read(show_terms)});
  router.add({"POST", "/api/v1/tariffs/{code}/terms", Access::operators, http::Write(post_terms)});
  router.add({"GET", "/api/v1/meters/{number}/debts", Access::operators, http::Read(show_debts)});
  router.add({"POST", "/api/v1/meters/{number}/debts", Access::operators, http::Write(post_debt)});
  router.add({"GET", "/api/v1/agents", Access::sellers, http::Read(show_agents)});
  router.add({"POST", "/api/v1/agents", Access::operators, http::Write(post_agent)});
  router.add({"POST", "/api/v1/payments", Access::operators, http::Write(post_payment)});
  router.add({"GET", "/api/v1/shifts", Access::operators, http::Read(show_shifts)});
  router.add({"POST", "/api/v1/shifts", Access::operators, http::Write(post_shift)});
  router.add({"POST", "/api/v1/shifts/{id}/closing", Access::operators, http::Write(post_closing)});
}

}  // namespace lk::vending
