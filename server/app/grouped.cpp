// SPDX-License-Identifier: Apache-2.0
#include "server/app/grouped.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "server/app/dispatcher.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"

namespace lk::app {
namespace {

using http::Caller;
using http::Problem;
using http::Request;
using http::Result;

// Runs the handler for some requests in a savepoint of their own. False where the database refused them, and
// then nothing of them is left.
bool attempt(store::Unit& unit, const http::Grouped& handler, const std::vector<http::Asked>& asked,
             std::vector<Result>& results) {
  unit.session.script("savepoint grouped");
  const std::size_t effects = unit.effects.size();
  try {
    results = handler(asked, unit);
    unit.session.script("release grouped");
    return true;
  } catch (const store::Error& error) {
    if (error.failure() != store::Failure::other || !unit.session.in_transaction()) throw;
    spdlog::error("{} requests together: {}", asked.size(), error.what());
  }
  unit.session.script("rollback to grouped");
  unit.session.script("release grouped");
  unit.effects.resize(effects);
  return false;
}

std::vector<Result> run(store::Unit& unit, const http::Route& route, const std::vector<Request>& requests) {
  std::vector<Result> results(requests.size(), std::unexpected(internal()));
  // Many requests of one log-in: it is looked up once.
  std::map<std::string, std::expected<Caller, Problem>> callers;
  std::vector<http::Asked> asked;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::string key = requests[i].authorization + "\n" + requests[i].cookie;
    auto found = callers.find(key);
    if (found == callers.end()) {
      found = callers.emplace(key, admitted(unit.session, requests[i], route.access)).first;
    }
    if (found->second) {
      asked.push_back({requests[i], *found->second});
      places.push_back(i);
    } else {
      results[i] = std::unexpected(found->second.error());
    }
  }
  if (asked.empty()) return results;
  const auto& handler = std::get<http::Grouped>(route.handler);
  std::vector<Result> answers;
  if (attempt(unit, handler, asked, answers)) {
    for (std::size_t i = 0; i < places.size(); ++i) results[places[i]] = std::move(answers[i]);
    return results;
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (attempt(unit, handler, {asked[i]}, answers)) results[places[i]] = std::move(answers.front());
  }
  return results;
}

}  // namespace

void GroupedWrites::take(const http::Route& route, Request request, http::Reply reply) {
  std::shared_ptr<Gathering> gathering;
  {
    const std::lock_guard lock(mutex_);
    auto& kept = gatherings_[&route];
    if (!kept) kept = std::make_shared<Gathering>();
    gathering = kept;
  }
  {
    const std::lock_guard lock(gathering->mutex);
    gathering->waiting.push_back({std::move(request), std::move(reply)});
    if (gathering->submitted) return;
    gathering->submitted = true;
  }
  submit(route, gathering);
}

void GroupedWrites::submit(const http::Route& route, const std::shared_ptr<Gathering>& gathering) {
  struct Group {
    std::vector<Request> requests;
    std::vector<http::Reply> replies;
    std::vector<Result> results;
  };
  auto group = std::make_shared<Group>();
  writer_.submit(
      [&route, gathering, group](store::Unit& unit) {
        if (group->requests.empty()) {  // else it is another try
          const std::lock_guard lock(gathering->mutex);
          gathering->submitted = false;
          for (Waiting& waiting : gathering->waiting) {
            group->requests.push_back(std::move(waiting.request));
            group->replies.push_back(std::move(waiting.reply));
          }
          gathering->waiting.clear();
        }
        group->results = run(unit, route, group->requests);
        const bool any =
            std::ranges::any_of(group->results, [](const Result& result) { return result.has_value(); });
        return any ? store::Writer::Keep::yes : store::Writer::Keep::no;
      },
      [&route, gathering, group](const std::optional<store::Error>& error) {
        if (group->requests.empty()) {  // the transaction did not even begin: nobody was taken
          const std::lock_guard lock(gathering->mutex);
          gathering->submitted = false;
          for (Waiting& waiting : gathering->waiting) group->replies.push_back(std::move(waiting.reply));
          gathering->waiting.clear();
        }
        if (error) spdlog::error("{} {}: {}", route.method, route.pattern, error->what());
        for (std::size_t i = 0; i < group->replies.size(); ++i) {
          if (error) {
            group->replies[i](http::response_of(problem_of(*error)));
          } else {
            Result& result = group->results[i];
            group->replies[i](result ? std::move(*result) : http::response_of(result.error()));
          }
        }
      });
}

}  // namespace lk::app
