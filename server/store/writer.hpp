// SPDX-License-Identifier: Apache-2.0
// The one thread that writes, with group commit: whatever work is waiting runs in one transaction that is on
// disk before any of it is answered, so that many purchases share one fsync. Each piece of work stands in a
// savepoint of its own, if it is not alone: one that refuses or throws is undone alone. Where the commit
// itself fails, all of its works are told so. Where the database asks for another try, or its connection went
// before the commit, the same works run again: a work may therefore run more than once, and only its last run
// counts.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/store/session.hpp"

namespace lk::store {

// The time, in ms since 1970-01-01 UTC.
using Clock = std::function<std::int64_t()>;
[[nodiscard]] Clock system_clock();

// What a piece of work is given.
struct Unit {
  Session& session;
  std::int64_t now_ms;
  std::vector<std::function<void()>>& effects;

  // Does `effect` on the writer's thread when the work is on disk, and not at all where it is undone.
  void after_commit(std::function<void()> effect) { effects.push_back(std::move(effect)); }
};

class Writer {
 public:
  enum class Keep : bool { no, yes };
  using Work = std::function<Keep(Unit&)>;
  // Called on the writer's thread when all is decided; `error` where the database failed.
  using Done = std::function<void(const std::optional<Error>& error)>;

  Writer(const std::string& path, Clock clock);
  ~Writer() { stop(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Takes the work in; waits while more than 4096 pieces are waiting already. Any thread but the writer's own
  // work.
  void submit(Work work, Done done);
  // Finishes what is waiting, and ends the thread. Nothing may be submitted after it.
  void stop();
  // Submits and waits for the end; throws what failed. True where the work was kept.
  bool run(Work work);

 private:
  struct Item {
    Work work;
    Done done;
    std::optional<Error> error;
    std::vector<std::function<void()>> effects;
  };
  void loop();
  void commit_together(std::deque<Item>& batch);
  std::optional<Error> attempt_together(std::deque<Item>& batch);
  Keep attempt(Item& item, bool alone);

  Session session_;
  Clock clock_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable room_;
  std::deque<Item> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace lk::store
