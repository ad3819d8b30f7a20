// SPDX-License-Identifier: Apache-2.0
#include "server/store/writer.hpp"

#include <chrono>
#include <future>

namespace lk::store {
namespace {
constexpr std::size_t most_waiting = 4096;
constexpr std::size_t most_together = 256;
constexpr int tries = 3;
}  // namespace

Clock system_clock() {
  return [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
}

Writer::Writer(const std::string& path, Clock clock)
    : session_(path), clock_(std::move(clock)), thread_([this] { loop(); }) {}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  arrived_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Writer::submit(Work work, Done done) {
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return waiting_.size() < most_waiting; });
    waiting_.push_back({std::move(work), std::move(done), std::nullopt, {}});
  }
  arrived_.notify_one();
}

bool Writer::run(Work work) {
  std::promise<std::optional<Error>> ended;
  bool kept = false;
  submit(
      [&](Unit& unit) {
        const Keep keep = work(unit);
        kept = keep == Keep::yes;
        return keep;
      },
      [&](const std::optional<Error>& error) { ended.set_value(error); });
  if (const auto error = ended.get_future().get()) throw Error(*error);
  return kept;
}

void Writer::loop() {
  while (true) {
    std::deque<Item> batch;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      while (!waiting_.empty() && batch.size() < most_together) {
        batch.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    room_.notify_all();
    commit_together(batch);
    for (Item& item : batch) {
      if (!item.error) {
        for (const auto& effect : item.effects) effect();
      }
      item.done(item.error);
    }
  }
}

void Writer::commit_together(std::deque<Item>& batch) {
  for (int left = tries; left > 0; --left) {
    const auto error = attempt_together(batch);
    if (!error) return;
    const bool again = error->failure() == Failure::conflict || error->failure() == Failure::gone;
    if (left > 1 && again) {
      for (Item& item : batch) {
        item.error.reset();
        item.effects.clear();
      }
      continue;
    }
    for (Item& item : batch) {
      if (!item.error) item.error = *error;
    }
  }
}

std::optional<Error> Writer::attempt_together(std::deque<Item>& batch) {
  try {
    const bool alone = batch.size() == 1;
    session_.begin();
    for (Item& item : batch) {
      const Keep keep = attempt(item, alone);
      // A full disk makes SQLite undo the whole transaction, savepoints and all.
      if (!session_.in_transaction()) throw item.error.value_or(Error(Failure::full, "transaction undone"));
      // What PostgreSQL refuses for the sake of others it refuses for the whole transaction.
      if (item.error && item.error->failure() == Failure::conflict) throw *item.error;
      if (alone && keep == Keep::no) {
        session_.rollback();
        return std::nullopt;
      }
    }
    session_.commit();
  } catch (const Error& error) {
    session_.rollback();
    return error;
  }
  return std::nullopt;
}

Writer::Keep Writer::attempt(Item& item, bool alone) {
  if (!alone) session_.script("savepoint work");
  Keep keep = Keep::no;
  try {
    Unit unit{session_, clock_(), item.effects};
    keep = item.work(unit);
  } catch (const Error& error) {
    item.error = error;
  } catch (const std::exception& error) {
    item.error = Error(Failure::other, error.what());
  }
  if (keep == Keep::no) item.effects.clear();
  if (!alone && session_.in_transaction()) {
    session_.script(keep == Keep::no ? "rollback to work; release work" : "release work");
  }
  return keep;
}

}  // namespace lk::store
