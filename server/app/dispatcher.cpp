// SPDX-License-Identifier: Apache-2.0
#include "server/app/dispatcher.hpp"

#include <spdlog/spdlog.h>

#include <memory>

#include "server/app/interface.hpp"
#include "server/app/version.hpp"
#include "server/customers/users.hpp"
#include "server/store/readers.hpp"
#include "server/store/writer.hpp"

namespace lk::app {
namespace {

using http::Access;
using http::Caller;
using http::Problem;
using http::Reply;
using http::Request;
using http::Response;
using http::Result;

Response response_of(Result result) {
  return result ? std::move(*result) : http::response_of(result.error());
}

}  // namespace

Problem internal() {
  return {500, "internal", "The server made a mistake; it is in its log.", ""};
}

namespace {

// What roles beside the operator's, who may all, may ask.
bool may_enter(Access access, const std::string& role) {
  switch (access) {
    case Access::open:
    case Access::anybody:
      return true;
    case Access::tenant:
      return role == "tenant";
    case Access::sellers:
      return role == "tenant" || role == "agent";
    case Access::engineers:
      return role == "engineer";
    case Access::operators:
      break;
  }
  return false;
}

}  // namespace

std::expected<Caller, Problem> admitted(store::Session& session, const Request& request, Access access) {
  auto caller = customers::caller_of(session, request, store::system_clock()());
  if (access == Access::open) return caller.value_or(Caller{});
  if (!caller) {
    if (!customers::any_user(session)) {
      return std::unexpected(
          Problem{401, "no_users",
                  "No log-in exists yet. Make the first one on the server: latchkey-server user add "
                  "--config server.toml --user NAME --role operator --password-file FILE",
                  ""});
    }
    return std::unexpected(Problem{401, "not_logged_in", "Log in first: POST /api/v1/session.", ""});
  }
  const bool may = caller->is_operator || may_enter(access, caller->role);
  if (!may) return std::unexpected(Problem{403, "forbidden", "The role of this log-in may not do this.", ""});
  return std::move(*caller);
}

Problem problem_of(const store::Error& error) {
  switch (error.failure()) {
    case store::Failure::full:
      return {503, "storage_full",
              "The server cannot write to its disk (full or faulty). Nothing was done; try again later.", ""};
    case store::Failure::busy:
      return {503, "storage_busy", "Another program holds the database. Nothing was done; try again.", ""};
    case store::Failure::corrupt:
      return {503, "storage_corrupt", "The database is damaged: run latchkey-server check. Nothing was done.",
              ""};
    case store::Failure::conflict:
      return {503, "storage_busy", "Others wrote the same at the same time. Nothing was done; try again.",
              ""};
    case store::Failure::gone:
      return {503, "storage_gone", "The database cannot be reached. Nothing was done; try again later.", ""};
    case store::Failure::unknown:
      return {
          503, "outcome_unknown",
          "The database went while it wrote. It was done whole or not at all: ask again with the same id.",
          ""};
    case store::Failure::other:
      return internal();
  }
  return internal();
}

Dispatcher::Dispatcher(const http::Router& router, const http::StaticFiles& pages, store::Readers& readers,
                       store::Writer& writer, std::function<bool()> broker_answers)
    : router_(router),
      pages_(pages),
      readers_(readers),
      writer_(writer),
      broker_answers_(std::move(broker_answers)),
      grouped_(readers, writer) {}

void Dispatcher::handle(Request request, Reply reply) {
  if (request.path == "/healthz" && request.method == "GET") return health(std::move(reply));
  if (request.path == "/openapi.yaml" && request.method == "GET") {
    return reply({200, std::string(interface_description()), "application/yaml", {}});
  }
  if (!request.path.starts_with("/api/")) {
    return readers_.submit([this, request = std::move(request), reply = std::move(reply)](store::Session&) {
      reply(pages_.serve(request));
    });
  }
  const auto route = router_.match(request);
  if (!route) return reply(http::response_of(route.error()));
  const bool has_json = request.content_type.starts_with("application/json");
  if (!request.body.empty() && !has_json) {
    return reply(
        http::response_of({415, "not_json", "The body must have content type application/json.", ""}));
  }
  if (std::holds_alternative<http::Read>((*route)->handler))
    return read(**route, std::move(request), std::move(reply));
  if (const auto* handler = std::get_if<http::Write>(&(*route)->handler)) {
    return write(*handler, (*route)->access, std::move(request), std::move(reply));
  }
  if (std::holds_alternative<http::Grouped>((*route)->handler)) {
    return grouped_.take(**route, std::move(request), std::move(reply));
  }
  prepare(**route, std::move(request), std::move(reply));
}

void Dispatcher::read(const http::Route& route, Request request, Reply reply) {
  readers_.submit([&route, request = std::move(request), reply = std::move(reply)](store::Session& session) {
    Result result = std::unexpected(internal());
    try {
      if (auto caller = admitted(session, request, route.access)) {
        result = std::get<http::Read>(route.handler)(request, *caller, session);
      } else {
        result = std::unexpected(caller.error());
      }
    } catch (const store::Error& error) {
      spdlog::error("{} {}: {}", request.method, request.path, error.what());
      result = std::unexpected(problem_of(error));
    } catch (const std::exception& error) {
      spdlog::error("{} {}: {}", request.method, request.path, error.what());
    }
    reply(response_of(std::move(result)));
  });
}

void Dispatcher::write(http::Write handler, Access access, Request request, Reply reply) {
  auto result = std::make_shared<Result>(std::unexpected(internal()));
  const std::string what = request.method + " " + request.path;
  writer_.submit(
      [result, handler = std::move(handler), access, request = std::move(request)](store::Unit& unit) {
        if (auto caller = admitted(unit.session, request, access)) {
          *result = handler(request, *caller, unit);
        } else {
          *result = std::unexpected(caller.error());
        }
        return result->has_value() ? store::Writer::Keep::yes : store::Writer::Keep::no;
      },
      [result, what, reply = std::move(reply)](const std::optional<store::Error>& error) {
        if (error) {
          spdlog::error("{}: {}", what, error->what());
          *result = std::unexpected(problem_of(*error));
        }
        reply(response_of(std::move(*result)));
      });
}

void Dispatcher::prepare(const http::Route& route, Request request, Reply reply) {
  readers_.submit([this, &route, request = std::move(request),
                   reply = std::move(reply)](store::Session& session) mutable {
    Result refused = std::unexpected(internal());
    try {
      if (auto caller = admitted(session, request, route.access)) {
        if (auto handler = std::get<http::Prepared>(route.handler)(request, session)) {
          return write(std::move(*handler), route.access, std::move(request), std::move(reply));
        } else {
          refused = std::unexpected(handler.error());
        }
      } else {
        refused = std::unexpected(caller.error());
      }
    } catch (const store::Error& error) {
      spdlog::error("{} {}: {}", request.method, request.path, error.what());
      refused = std::unexpected(problem_of(error));
    } catch (const std::exception& error) {
      spdlog::error("{} {}: {}", request.method, request.path, error.what());
    }
    reply(response_of(std::move(refused)));
  });
}

void Dispatcher::admit(Request request, std::function<void(std::expected<Caller, Problem>)> reply) {
  if (request.path != "/api/v1/live") {
    return reply(std::unexpected(Problem{404, "not_found", "The WebSocket is at /api/v1/live.", ""}));
  }
  readers_.submit([request = std::move(request), reply = std::move(reply)](store::Session& session) {
    try {
      reply(admitted(session, request, Access::tenant));
    } catch (const std::exception& error) {
      spdlog::error("live: {}", error.what());
      reply(std::unexpected(internal()));
    }
  });
}

void Dispatcher::health(Reply reply) {
  // A transaction of its own: a full disk shows here.
  writer_.submit(
      [](store::Unit& unit) {
        unit.session.run("update meter_state set booked = booked where false");
        return store::Writer::Keep::yes;
      },
      [this, reply = std::move(reply)](const std::optional<store::Error>& error) {
        const bool broker = broker_answers_();
        const std::string body = std::string(R"({"database":)") + (error ? "false" : "true") +
                                 R"(,"broker":)" + (broker ? "true" : "false") + R"(,"version":")" +
                                 std::string(version) + "\"}";
        reply({error || !broker ? 503 : 200, body, "application/json", {}});
      });
}

}  // namespace lk::app
