// SPDX-License-Identifier: Apache-2.0
#include "server/app/grouped.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

#include "server/app/dispatcher.hpp"
#include "server/store/readers.hpp"
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
bool attempt(store::Unit& unit, const http::Grouped& grouped, const std::vector<http::Asked>& asked,
             std::vector<Result>& results) {
  unit.session.script("savepoint grouped");
  const std::size_t effects = unit.effects.size();
  try {
    results = grouped.write(asked, unit);
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

// Who asks, of many requests: each log-in is looked up once. Those who may not ask have their result.
struct Admitted {
  std::map<std::string, std::expected<Caller, Problem>> callers;
  std::vector<http::Asked> asked;
  std::vector<std::size_t> places;
};

Admitted admit(store::Session& session, const http::Route& route, const auto& requests, auto& results) {
  Admitted all;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Request& request = requests[i].request;
    const std::string key = request.authorization + "\n" + request.cookie;
    auto found = all.callers.find(key);
    if (found == all.callers.end()) {
      found = all.callers.emplace(key, admitted(session, request, route.access)).first;
    }
    if (found->second) {
      all.asked.push_back({request, *found->second});
      all.places.push_back(i);
    } else {
      results[i] = std::unexpected(found->second.error());
    }
  }
  return all;
}

std::vector<Result> run(store::Unit& unit, const http::Route& route, const auto& requests) {
  std::vector<Result> results(requests.size(), std::unexpected(internal()));
  const auto [callers, asked, places] = admit(unit.session, route, requests, results);
  if (asked.empty()) return results;
  const auto& grouped = std::get<http::Grouped>(route.handler);
  std::vector<Result> answers;
  if (attempt(unit, grouped, asked, answers)) {
    for (std::size_t i = 0; i < places.size(); ++i) results[places[i]] = std::move(answers[i]);
    return results;
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (attempt(unit, grouped, {asked[i]}, answers)) results[places[i]] = std::move(answers.front());
  }
  return results;
}

http::Response response_of(Result& result) {
  return result ? std::move(*result) : http::response_of(result.error());
}

}  // namespace

GroupedWrites::Shared GroupedWrites::gathering_of(const http::Route& route) {
  const std::lock_guard lock(mutex_);
  auto& kept = gatherings_[&route];
  if (!kept) kept = std::make_shared<Gathering>();
  return kept;
}

void GroupedWrites::take(const http::Route& route, Request request, http::Reply reply) {
  const Shared gathering = gathering_of(route);
  bool is_repeat = false;
  {
    const std::lock_guard lock(gathering->mutex);
    is_repeat = gathering->answered.contains(request.body);
    Lane& lane = is_repeat ? gathering->repeats : gathering->writes;
    lane.waiting.push_back({std::move(request), std::move(reply)});
    if (lane.submitted) return;
    lane.submitted = true;
  }
  is_repeat ? submit_repeats(route, gathering) : submit_writes(route, gathering);
}

void GroupedWrites::submit_writes(const http::Route& route, const Shared& gathering) {
  struct Group {
    std::vector<Waiting> waiting;
    std::vector<Result> results;
  };
  auto group = std::make_shared<Group>();
  const auto gather = [gathering, group] {
    if (!group->waiting.empty()) return;  // it is another try
    const std::lock_guard lock(gathering->mutex);
    gathering->writes.submitted = false;
    group->waiting.swap(gathering->writes.waiting);
  };
  writer_.submit(
      [&route, group, gather](store::Unit& unit) {
        gather();
        group->results = run(unit, route, group->waiting);
        const bool any =
            std::ranges::any_of(group->results, [](const Result& result) { return result.has_value(); });
        return any ? store::Writer::Keep::yes : store::Writer::Keep::no;
      },
      [&route, gathering, group, gather](const std::optional<store::Error>& error) {
        gather();  // where the transaction did not even begin
        if (error) {
          spdlog::error("{} {}: {}", route.method, route.pattern, error->what());
          for (const Waiting& waiting : group->waiting) waiting.reply(http::response_of(problem_of(*error)));
          return;
        }
        {
          const std::lock_guard lock(gathering->mutex);
          for (std::size_t i = 0; i < group->waiting.size(); ++i) {
            if (group->results[i]) gathering->answered.add(group->waiting[i].request.body);
          }
        }
        for (std::size_t i = 0; i < group->waiting.size(); ++i) {
          group->waiting[i].reply(response_of(group->results[i]));
        }
      });
}

void GroupedWrites::submit_repeats(const http::Route& route, const Shared& gathering) {
  readers_.submit([this, &route, gathering](store::Session& session) {
    answer_repeats(route, gathering, session);
    {
      // One group at a time, so that a storm is many repeats a statement and leaves the other threads alone.
      const std::lock_guard lock(gathering->mutex);
      gathering->repeats.submitted = !gathering->repeats.waiting.empty();
      if (!gathering->repeats.submitted) return;
    }
    submit_repeats(route, gathering);
  });
}

void GroupedWrites::answer_repeats(const http::Route& route, const Shared& gathering,
                                   store::Session& session) {
  std::vector<Waiting> group;
  {
    const std::lock_guard lock(gathering->mutex);
    group.swap(gathering->repeats.waiting);
  }
  std::vector<std::optional<Result>> results(group.size());
  try {
    const auto [callers, asked, places] = admit(session, route, group, results);
    if (!asked.empty()) {
      auto answers = std::get<http::Grouped>(route.handler).repeat(asked, session);
      for (std::size_t i = 0; i < places.size(); ++i) results[places[i]] = std::move(answers[i]);
    }
  } catch (const std::exception& error) {
    // The writer will tell what is wrong, if it still is.
    spdlog::warn("{} {}: repeats: {}", route.method, route.pattern, error.what());
  }
  std::vector<Waiting> unknown;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (results[i]) {
      group[i].reply(response_of(*results[i]));
    } else {
      unknown.push_back(std::move(group[i]));
    }
  }
  if (!unknown.empty()) write(route, gathering, std::move(unknown));
}

void GroupedWrites::write(const http::Route& route, const Shared& gathering, std::vector<Waiting> waiting) {
  {
    const std::lock_guard lock(gathering->mutex);
    Lane& lane = gathering->writes;
    std::ranges::move(waiting, std::back_inserter(lane.waiting));
    if (lane.submitted) return;
    lane.submitted = true;
  }
  submit_writes(route, gathering);
}

}  // namespace lk::app
