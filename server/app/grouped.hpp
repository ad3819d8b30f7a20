// SPDX-License-Identifier: Apache-2.0
// Requests of one route that wait at once are one piece of the writer's work, so that its handler can treat
// them with few statements. While the writer is busy with one group, the next one gathers: nobody waits for a
// group to fill.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "server/http/listener.hpp"
#include "server/http/router.hpp"

namespace lk::store {
class Writer;
struct Unit;
}  // namespace lk::store

namespace lk::app {

class GroupedWrites {
 public:
  explicit GroupedWrites(store::Writer& writer) : writer_(writer) {}

  // Any thread; the reply comes on the writer's when all is on disk. `route` holds a Grouped handler and must
  // stay.
  void take(const http::Route& route, http::Request request, http::Reply reply);

 private:
  struct Waiting {
    http::Request request;
    http::Reply reply;
  };
  struct Gathering {
    std::mutex mutex;
    std::deque<Waiting> waiting;
    bool submitted = false;  // a piece of work that will take what waits
  };
  void submit(const http::Route& route, const std::shared_ptr<Gathering>& gathering);

  store::Writer& writer_;
  std::mutex mutex_;
  std::map<const http::Route*, std::shared_ptr<Gathering>> gatherings_;
};

}  // namespace lk::app
