// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/store.hpp"

namespace lk::gateway {
namespace {

constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS sequence (only INTEGER PRIMARY KEY CHECK (only = 1), next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS event_mark (meter TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event_log (
  meter TEXT NOT NULL, number INTEGER NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (meter, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, topic TEXT NOT NULL, payload TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS outbox_lane ON outbox (lane, id);
CREATE TABLE IF NOT EXISTS command (
  id TEXT PRIMARY KEY, meter TEXT NOT NULL, kind INTEGER NOT NULL, body TEXT NOT NULL, expires INTEGER NOT NULL,
  received INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0, ended INTEGER, result TEXT, published INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS command_ended ON command (ended);
PRAGMA user_version = 1;
)";

}  // namespace

Stored<std::unique_ptr<Store>> Store::open(const std::filesystem::path& directory, std::int64_t now_ms) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return std::unexpected(
        StoreError{StoreError::Kind::other, error.message() + " (" + directory.string() + ")"});
  }
  const std::filesystem::path file = directory / file_name;
  auto database = Database::open(file);
  std::string set_aside;
  if (!database && database.error().kind == StoreError::Kind::damaged) {
    set_aside = file.string() + ".damaged-" + std::to_string(now_ms);
    std::filesystem::rename(file, set_aside, error);
    std::filesystem::remove(file.string() + "-journal", error);
    database = Database::open(file);
  }
  if (!database) return std::unexpected(database.error());
  std::unique_ptr<Store> store{new Store(std::move(*database))};
  store->set_aside_ = std::move(set_aside);
  if (const auto made = store->make_tables(now_ms); !made) return std::unexpected(made.error());
  return store;
}

Stored<void> Store::make_tables(std::int64_t now_ms) {
  return database_->transaction([&]() -> Stored<void> {
    if (auto made = database_->execute(tables); !made) return made;
    return database_->prepare("INSERT OR IGNORE INTO sequence VALUES (1, ?)").bind(1, now_ms).run();
  });
}

Stored<std::int64_t> Store::reserve_sequence(std::int64_t count) {
  const std::scoped_lock lock{mutex_};
  std::int64_t first = 0;
  const auto done = database_->transaction([&]() -> Stored<void> {
    Statement read = database_->prepare("SELECT next FROM sequence");
    const auto row = read.step();
    if (!row) return std::unexpected(row.error());
    first = *row ? read.integer(0) : 0;
    return database_->prepare("UPDATE sequence SET next = ?").bind(1, first + count).run();
  });
  if (!done) return std::unexpected(done.error());
  return first;
}

Stored<void> Store::return_sequence(std::int64_t next) {
  const std::scoped_lock lock{mutex_};
  return database_->prepare("UPDATE sequence SET next = ?").bind(1, next).run();
}

Stored<std::optional<std::int64_t>> Store::last_event(std::string_view meter) {
  const std::scoped_lock lock{mutex_};
  Statement read = database_->prepare("SELECT number FROM event_mark WHERE meter = ?");
  const auto row = read.bind(1, meter).step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<std::int64_t>{};
  return std::optional{read.integer(0)};
}

Stored<void> Store::limit_growth(std::int64_t pages) {
  const std::scoped_lock lock{mutex_};
  std::int64_t now = 0;
  {
    Statement read = database_->prepare("PRAGMA page_count");
    if (const auto row = read.step(); !row) return std::unexpected(row.error());
    now = read.integer(0);
  }
  return database_->execute(("PRAGMA max_page_count = " + std::to_string(now + pages)).c_str());
}

}  // namespace lk::gateway
