// SPDX-License-Identifier: Apache-2.0
// Requests of one route that wait at once are one piece of work, so that its handler can treat them with few
// statements. While one group is under way, the next one gathers: nobody waits for a group to fill.
//
//   take ─┬─► new ──────► the writer's transaction ──► answered, remembered
//         └─► repeat ───► a reading thread ──┬────────► answered
//                  ▲ not known after all ────┘ to the writer
//
// A repeat is told by its bytes, among the latest that were answered. That is a hint and no more: the
// database says what stands, whichever server wrote it. A repeat of what is still under way joins the
// writer's next group.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "server/app/recent.hpp"
#include "server/http/listener.hpp"
#include "server/http/router.hpp"

namespace lk::store {
class Readers;
class Session;
class Writer;
struct Unit;
}  // namespace lk::store

namespace lk::app {

class GroupedWrites {
 public:
  GroupedWrites(store::Readers& readers, store::Writer& writer) : readers_(readers), writer_(writer) {}

  // Any thread; the reply comes on another when all is on disk. `route` holds a Grouped handler and must
  // stay.
  void take(const http::Route& route, http::Request request, http::Reply reply);

 private:
  struct Waiting {
    http::Request request;
    http::Reply reply;
  };
  // What waits on one way, and whether work was submitted that will take it.
  struct Lane {
    std::vector<Waiting> waiting;
    bool submitted = false;
  };
  struct Gathering {
    std::mutex mutex;
    Lane writes;
    Lane repeats;
    Recent answered;
  };
  using Shared = std::shared_ptr<Gathering>;
  Shared gathering_of(const http::Route& route);
  void write(const http::Route& route, const Shared& gathering, std::vector<Waiting> waiting);
  void submit_writes(const http::Route& route, const Shared& gathering);
  void submit_repeats(const http::Route& route, const Shared& gathering);
  void answer_repeats(const http::Route& route, const Shared& gathering, store::Session& session);

  store::Readers& readers_;
  store::Writer& writer_;
  std::mutex mutex_;
  std::map<const http::Route*, Shared> gatherings_;
};

}  // namespace lk::app
