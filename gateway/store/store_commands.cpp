// SPDX-License-Identifier: Apache-2.0
// The part of Store that gives each command exactly one end.
#include "gateway/store/store.hpp"

namespace lk::gateway {

Stored<Acceptance> Store::accept(const Command& command, std::int64_t now_ms) {
  const std::scoped_lock lock{mutex_};
  {
    Statement read = database_->prepare("SELECT result FROM command WHERE id = ?");
    const auto row = read.bind(1, command.id).step();
    if (!row) return std::unexpected(row.error());
    if (*row && read.is_null(0)) return Acceptance{Acceptance::State::pending, ""};
    if (*row) return Acceptance{Acceptance::State::ended, read.text(0)};
  }
  const auto done =
      database_
          ->prepare(
              "INSERT INTO command (id, meter, kind, body, expires, received) VALUES (?, ?, ?, ?, ?, ?)")
          .bind(1, command.id)
          .bind(2, command.meter)
          .bind(3, static_cast<std::int64_t>(command.kind))
          .bind(4, command.body)
          .bind(5, command.expires_ms)
          .bind(6, now_ms)
          .run();
  if (!done) return std::unexpected(done.error());
  return Acceptance{};
}

Stored<void> Store::mark_sent(std::string_view id) {
  const std::scoped_lock lock{mutex_};
  return database_->prepare("UPDATE command SET sent = 1 WHERE id = ?").bind(1, id).run();
}

Stored<void> Store::end(std::string_view id, std::string_view result, std::int64_t now_ms) {
  const std::scoped_lock lock{mutex_};
  return database_->prepare("UPDATE command SET result = ?, ended = ? WHERE id = ? AND result IS NULL")
      .bind(1, result)
      .bind(2, now_ms)
      .bind(3, id)
      .run();
}

Stored<void> Store::mark_published(std::span<const std::string> ids) {
  const std::scoped_lock lock{mutex_};
  return database_->transaction([&]() -> Stored<void> {
    for (const std::string& id : ids) {
      auto done = database_->prepare("UPDATE command SET published = 1 WHERE id = ?").bind(1, id).run();
      if (!done) return done;
    }
    return {};
  });
}

Stored<std::vector<PendingCommand>> Store::pending_commands() {
  const std::scoped_lock lock{mutex_};
  Statement read = database_->prepare(
      "SELECT id, meter, kind, body, expires, sent FROM command WHERE result IS NULL ORDER BY received, "
      "rowid");
  std::vector<PendingCommand> found;
  for (;;) {
    const auto row = read.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    const auto kind = static_cast<CommandKind>(read.integer(2));
    found.push_back(PendingCommand{Command{read.text(0), read.text(1), kind, read.text(3), read.integer(4)},
                                   read.integer(5) != 0});
  }
}

Stored<std::vector<StoredResult>> Store::unpublished_results() {
  const std::scoped_lock lock{mutex_};
  Statement read = database_->prepare(
      "SELECT id, result FROM command WHERE result IS NOT NULL AND published = 0 ORDER BY ended, rowid");
  std::vector<StoredResult> found;
  for (;;) {
    const auto row = read.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    found.push_back(StoredResult{read.text(0), read.text(1)});
  }
}

Stored<void> Store::prune_commands(std::int64_t now_ms, std::int64_t age_ms, std::int64_t most) {
  const std::scoped_lock lock{mutex_};
  return database_->transaction([&]() -> Stored<void> {
    auto old = database_->prepare("DELETE FROM command WHERE published = 1 AND ended < ?")
                   .bind(1, now_ms - age_ms)
                   .run();
    if (!old) return old;
    return database_
        ->prepare(
            "DELETE FROM command WHERE published = 1 AND rowid IN (SELECT rowid FROM command WHERE result IS "
            "NOT NULL "
            "ORDER BY ended DESC LIMIT -1 OFFSET ?)")
        .bind(1, most)
        .run();
  });
}

}  // namespace lk::gateway
