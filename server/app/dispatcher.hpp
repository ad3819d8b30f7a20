// SPDX-License-Identifier: Apache-2.0
// Takes requests from the listener to the handlers: finds the route, who asks and whether they may, runs the
// handler on a reading thread or in the writer's transaction, and turns what goes wrong into a problem.
#pragma once

#include <functional>
#include <string>

#include "server/app/grouped.hpp"
#include "server/http/listener.hpp"
#include "server/http/router.hpp"
#include "server/http/static_files.hpp"

namespace lk::store {
class Readers;
class Session;
class Writer;
class Error;
}  // namespace lk::store

namespace lk::app {

class Dispatcher final : public http::Handler {
 public:
  Dispatcher(const http::Router& router, const http::StaticFiles& pages, store::Readers& readers,
             store::Writer& writer, std::function<bool()> broker_answers);

  void handle(http::Request request, http::Reply reply) override;
  void admit(http::Request request,
             std::function<void(std::expected<http::Caller, http::Problem>)> reply) override;

 private:
  void read(const http::Route& route, http::Request request, http::Reply reply);
  void write(http::Write handler, http::Access access, http::Request request, http::Reply reply);
  void prepare(const http::Route& route, http::Request request, http::Reply reply);
  void health(http::Reply reply);

  const http::Router& router_;
  const http::StaticFiles& pages_;
  store::Readers& readers_;
  store::Writer& writer_;
  std::function<bool()> broker_answers_;
  GroupedWrites grouped_;
};

// Who asks, where that may use a route.
[[nodiscard]] std::expected<http::Caller, http::Problem> admitted(store::Session& session,
                                                                  const http::Request& request,
                                                                  http::Access access);
[[nodiscard]] http::Problem internal();
// What the caller is told of a database that did not do its work.
[[nodiscard]] http::Problem problem_of(const store::Error& error);

}  // namespace lk::app
