// SPDX-License-Identifier: Apache-2.0
// The table of routes: which handler answers which method and path, who may ask, and whether it reads or
// writes. A handler is a plain function of the request, the caller and the database; it runs on a thread of
// its kind.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/http/message.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::http {

// Who asks.
struct Caller {
  std::string user;
  bool is_operator = false;
  std::string customer;  // a tenant's; it sees the meters of this customer and nothing else
  std::string role = "operator";
  std::string agent = {};  // whose sales an agent's log-in makes
};

enum class Access {
  open,       // anybody, logged in or not
  tenant,     // operators and tenants; the handler shows a tenant only its own
  sellers,    // operators, tenants and agents; the handler shows an agent or a tenant only its own
  engineers,  // operators and engineers
  anybody,    // any log-in
  operators   // operators only
};

// Runs on a reading thread. `caller` is empty where nobody is logged in (only on open routes).
using Read = std::function<Result(const Request&, const Caller&, store::Session&)>;
// Runs in the writer's transaction: a Problem undoes what it wrote; an answer is sent when all is on disk.
using Write = std::function<Result(const Request&, const Caller&, store::Unit&)>;
struct Asked {
  const Request& request;
  const Caller& caller;
};
struct Grouped {
  // As Write, for all requests of the route that wait at once, in their order: one result each. What is
  // refused must have written nothing; where the database refuses all together, each is tried alone.
  std::function<std::vector<Result>(const std::vector<Asked>&, store::Unit&)> write;
  // As Read, for requests that were answered before as far as anybody remembers: the answer to each that the
  // database knows, nothing for each that must be written after all.
  std::function<std::vector<std::optional<Result>>(const std::vector<Asked>&, store::Session&)> repeat;
};
// First reads (slow work that must not hold up sales belongs here), then writes what it prepared.
using Prepared = std::function<std::expected<Write, Problem>(const Request&, store::Session&)>;

struct Route {
  std::string method;
  std::string pattern;  // like /api/v1/meters/{number}
  Access access;
  std::variant<Read, Write, Prepared, Grouped> handler;
};

class Router {
 public:
  void add(Route route) { routes_.push_back(std::move(route)); }

  // The route of a request, whose parameters are then set; or 404 or 405 as a problem.
  [[nodiscard]] std::expected<const Route*, Problem> match(Request& request) const;

  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace lk::http
