// SPDX-License-Identifier: Apache-2.0
// The part of Store that keeps messages until the broker has them.
#include "gateway/store/store.hpp"

namespace lk::gateway {
namespace {

constexpr const char* size_of_row = "length(CAST(topic AS BLOB)) + length(CAST(payload AS BLOB)) + ";

}  // namespace

Stored<void> Store::append(std::span<const Message> messages, std::span<const EventMark> marks,
                           std::span<const KeptEvent> events) {
  const std::scoped_lock lock{mutex_};
  return database_->transaction([&]() -> Stored<void> {
    for (const Message& message : messages) {
      auto done = database_->prepare("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?)")
                      .bind(1, message.id)
                      .bind(2, static_cast<std::int64_t>(message.lane))
                      .bind(3, message.topic)
                      .bind(4, message.payload)
                      .run();
      if (!done) return done;
    }
    for (const EventMark& mark : marks) {
      auto done = database_->prepare("INSERT OR REPLACE INTO event_mark VALUES (?, ?)")
                      .bind(1, mark.meter)
                      .bind(2, mark.number)
                      .run();
      if (!done) return done;
    }
    for (const KeptEvent& event : events) {
      auto done = database_->prepare("INSERT OR REPLACE INTO event_log VALUES (?, ?, ?)")
                      .bind(1, event.meter)
                      .bind(2, event.number)
                      .bind(3, event.payload)
                      .run();
      if (!done) return done;
      // Numbers above it are of a log that the meter has begun anew since.
      done = database_->prepare("DELETE FROM event_log WHERE meter = ? AND (number > ? OR number <= ?)")
                 .bind(1, event.meter)
                 .bind(2, event.number)
                 .bind(3, event.number - kept_numbers)
                 .run();
      if (!done) return done;
    }
    return {};
  });
}

Stored<std::vector<KeptEvent>> Store::kept_events(std::string_view meter, EventRange range) {
  const std::scoped_lock lock{mutex_};
  Statement read = database_->prepare(
      "SELECT number, payload FROM event_log WHERE meter = ? AND number BETWEEN ? AND ? ORDER BY number");
  read.bind(1, meter).bind(2, range.from).bind(3, range.to);
  std::vector<KeptEvent> found;
  for (;;) {
    const auto row = read.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    found.push_back(KeptEvent{std::string{meter}, read.integer(0), read.text(1)});
  }
}

Stored<std::vector<Message>> Store::waiting(Lane lane, std::int64_t after_id, std::int64_t limit) {
  const std::scoped_lock lock{mutex_};
  Statement read = database_->prepare(
      "SELECT id, topic, payload FROM outbox WHERE lane = ? AND id > ? ORDER BY id LIMIT ?");
  read.bind(1, static_cast<std::int64_t>(lane)).bind(2, after_id).bind(3, limit);
  std::vector<Message> found;
  for (;;) {
    const auto row = read.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return found;
    found.push_back(Message{read.integer(0), lane, read.text(1), read.text(2)});
  }
}

Stored<Removed> Store::remove(std::span<const std::int64_t> ids) {
  const std::scoped_lock lock{mutex_};
  const std::string sql = std::string{"DELETE FROM outbox WHERE id = ? RETURNING "} + size_of_row +
                          std::to_string(Message::row_bytes);
  Removed removed;
  const auto done = database_->transaction([&]() -> Stored<void> {
    for (const std::int64_t id : ids) {
      Statement statement = database_->prepare(sql.c_str());
      auto row = statement.bind(1, id).step();
      while (row && *row) {
        ++removed.count;
        removed.size_bytes += statement.integer(0);
        row = statement.step();
      }
      if (!row) return std::unexpected(row.error());
    }
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return removed;
}

Stored<Removed> Store::drop_oldest(Lane lane, std::int64_t after_id, std::int64_t size_bytes) {
  const std::scoped_lock lock{mutex_};
  Removed dropped;
  std::int64_t last = after_id;
  {
    const std::string sql = std::string{"SELECT id, "} + size_of_row + std::to_string(Message::row_bytes) +
                            " FROM outbox WHERE lane = ? AND id > ? ORDER BY id";
    Statement read = database_->prepare(sql.c_str());
    read.bind(1, static_cast<std::int64_t>(lane)).bind(2, after_id);
    while (dropped.size_bytes < size_bytes) {
      const auto row = read.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      last = read.integer(0);
      dropped.size_bytes += read.integer(1);
      ++dropped.count;
    }
  }
  const auto done = database_->prepare("DELETE FROM outbox WHERE lane = ? AND id > ? AND id <= ?")
                        .bind(1, static_cast<std::int64_t>(lane))
                        .bind(2, after_id)
                        .bind(3, last)
                        .run();
  if (!done) return std::unexpected(done.error());
  return dropped;
}

Stored<OutboxFigures> Store::outbox_figures() {
  const std::scoped_lock lock{mutex_};
  const std::string sql = std::string{"SELECT lane, count(*), sum("} + size_of_row +
                          std::to_string(Message::row_bytes) + "), max(id) FROM outbox GROUP BY lane";
  Statement read = database_->prepare(sql.c_str());
  OutboxFigures figures;
  for (;;) {
    const auto row = read.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return figures;
    figures.count += read.integer(1);
    figures.size_bytes += read.integer(2);
    figures.last_id[read.integer(0) == 0 ? 0 : 1] = read.integer(3);
  }
}

Stored<void> Store::shrink() {
  const std::scoped_lock lock{mutex_};
  return database_->execute("PRAGMA incremental_vacuum(4096)");
}

}  // namespace lk::gateway
