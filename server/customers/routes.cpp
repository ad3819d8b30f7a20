// SPDX-License-Identifier: Apache-2.0
#include "server/customers/routes.hpp"

#include <nlohmann/json.hpp>

#include "server/customers/customers.hpp"
#include "server/customers/password.hpp"
#include "server/customers/users.hpp"
#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/ledger/decimal.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"

namespace lk::customers {
namespace {

using http::Access;
using http::Caller;
using http::Problem;
using http::Request;
using http::Response;
using http::Result;
using Json = nlohmann::ordered_json;

Json view(const Caller& caller) {
  return {{"user", caller.user},
          {"role", caller.role},
          {"customer", caller.customer.empty() ? Json() : Json(caller.customer)},
          {"agent", caller.agent.empty() ? Json() : Json(caller.agent)}};
}

Json view(const Customer& customer) {
  return {{"id", customer.id},
          {"name", customer.name},
          {"phone", customer.phone},
          {"email", customer.email},
          {"credit_limit", ledger::print(customer.credit_limit)}};
}

std::string cookie_of(const std::string& token, std::int64_t age_s, bool is_secure) {
  return "lk_session=" + token + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(age_s) +
         (is_secure ? "; Secure" : "");
}

// The password is checked on a reading thread: its cost is wanted, but must not hold up sales.
std::expected<http::Write, Problem> prepare_login(LoginLimit& limit, const Request& request,
                                                  store::Session& session) {
  http::Fields fields(request.body);
  const std::string user = fields.text("user", 64);
  const std::string password = fields.text("password", 1024);
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const std::int64_t now_ms = store::system_clock()();
  if (!limit.allows(user, request.remote, now_ms)) {
    return std::unexpected(
        Problem{429, "too_many_attempts", "Too many wrong passwords. Wait five minutes.", ""});
  }
  const auto hash = session.row<std::string>("select password_hash from \"user\" where name = ?", {user});
  if (!hash) check_in_vain(password);
  if (!hash || !password_fits(std::get<0>(*hash), password)) {
    limit.failed(user, request.remote, now_ms);
    return std::unexpected(
        Problem{401, "wrong_password", "This user name and password do not fit together.", ""});
  }
  limit.succeeded(user, request.remote);
  return [user](const Request& asked, const Caller&, store::Unit& unit) -> Result {
    const auto row = unit.session.row<std::string, std::string, std::string>(
        "select role, customer, agent from \"user\" where name = ?", {user});
    if (!row) return std::unexpected(Problem{401, "wrong_password", "This user is no longer there.", ""});
    const auto& [role, customer, agent] = *row;
    const std::string token = begin_session(unit.session, user, unit.now_ms);
    Json body = view(Caller{user, role == "operator", customer, role, agent});
    body["token"] = token;
    return Response{200,
                    body.dump(),
                    "application/json",
                    {{"Set-Cookie", cookie_of(token, session_ms / 1000, asked.is_secure)}}};
  };
}

Result who_am_i(const Request&, const Caller& caller, store::Session&) {
  return Response{200, view(caller).dump()};
}

Result log_out(const Request& request, const Caller&, store::Unit& unit) {
  end_session(unit.session, request);
  return Response{204, "", "", {{"Set-Cookie", cookie_of("", 0, request.is_secure)}}};
}

Result show_customers(const Request&, const Caller& caller, store::Session& session) {
  Json list = Json::array();
  for (const Customer& customer : list_customers(session, caller.customer)) list.push_back(view(customer));
  return Response{200, Json{{"customers", list}}.dump()};
}

Result post_customer(const Request& request, const Caller&, store::Unit& unit) {
  http::Fields fields(request.body);
  const Customer customer{fields.uuid("id"), fields.text("name"), fields.optional_text("phone", 40),
                          fields.optional_text("email"),
                          fields.has("credit_limit") ? fields.money("credit_limit") : quantity::Money{}};
  if (customer.credit_limit < quantity::Money{}) fields.refuse("credit_limit", "must not be below zero");
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto added = add_customer(unit.session, customer, unit.now_ms);
  if (!added) {
    return std::unexpected(Problem{
        409, "id_reused", "There is a customer of this id with other contents; make a new id.", "id"});
  }
  return Response{*added ? 201 : 200, view(customer).dump()};
}

// Whether the very same user was added before; its password is checked here, where that may be slow.
bool is_known_user(store::Session& session, const NewUser& user, const std::string& password) {
  const auto known = session.row<std::string, std::string, std::string, std::string>(
      "select password_hash, role, customer, agent from \"user\" where name = ?", {user.name});
  if (!known) return false;
  const auto& [hash, role, customer, agent] = *known;
  return role == user.role && customer == user.customer && agent == user.agent &&
         password_fits(hash, password);
}

std::expected<http::Write, Problem> prepare_user(const Request& request, store::Session& session) {
  http::Fields fields(request.body);
  const std::string name = fields.text("user", 64);
  const std::string password = fields.text("password", 1024);
  const std::string role = fields.word("role", {"operator", "tenant", "agent", "engineer"});
  const auto customer = fields.optional_uuid("customer");
  const std::string agent = fields.optional_text("agent", 32);
  if (!is_user_name(name)) fields.refuse("user", "must be letters, digits and . _ - @");
  if (password.size() < 10) fields.refuse("password", "must have at least 10 characters");
  if (role != "tenant" && customer) fields.refuse("customer", "is for a tenant only");
  if ((role == "agent") == agent.empty())
    fields.refuse("agent", "goes with the role agent, and only with it");
  if (role == "tenant" && !customer)
    fields.refuse("customer", "is missing: a tenant sees the meters of one customer");
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  NewUser user{name, "", role, customer.value_or(""), agent};
  const std::string shown =
      view(Caller{user.name, user.role == "operator", user.customer, user.role, user.agent}).dump();
  if (is_known_user(session, user, password)) {
    return [shown](const Request&, const Caller&, store::Unit&) -> Result { return Response{200, shown}; };
  }
  user.password_hash = hash_password(password);
  return [user, shown](const Request&, const Caller&, store::Unit& unit) -> Result {
    const auto added = add_user(unit.session, user, unit.now_ms);
    if (added) return Response{201, shown};
    switch (added.error()) {
      case UserRefusal::exists:
        return std::unexpected(Problem{409, "user_exists", "There is a user of this name already.", "user"});
      case UserRefusal::unknown_customer:
        return std::unexpected(
            Problem{422, "unknown_customer", "There is no such customer; add it first.", "customer"});
      case UserRefusal::unknown_agent:
        return std::unexpected(
            Problem{422, "unknown_agent", "There is no such agent; add it first.", "agent"});
    }
    return std::unexpected(Problem{500, "internal", "", ""});
  };
}

}  // namespace

void add_routes(http::Router& router, LoginLimit& limit) {
  router.add({"POST", "/api/v1/session", Access::open,
              http::Prepared([&limit](const Request& request, store::Session& session) {
                return prepare_login(limit, request, session);
              })});
  router.add({"GET", "/api/v1/session", Access::anybody, http::Read(who_am_i)});
  router.add({"DELETE", "/api/v1/session", Access::open, http::Write(log_out)});
  router.add({"GET", "/api/v1/customers", Access::tenant, http::Read(show_customers)});
  router.add({"POST", "/api/v1/customers", Access::operators, http::Write(post_customer)});
  router.add({"POST", "/api/v1/users", Access::operators, http::Prepared(prepare_user)});
}

}  // namespace lk::customers
