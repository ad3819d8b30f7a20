// SPDX-License-Identifier: Apache-2.0
// A thin hold on SQLite: one file, prepared statements, transactions. A failure (a full disk, a file taken
// away) is a value, never an exception: the gateway goes on without its disk and says so.
//
// The journal is kept and overwritten in place (PERSIST), so that on a full disk what only changes rows still
// works. Not thread-safe: `Store` guards it.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace lk::gateway {

struct StoreError {
  enum class Kind : std::uint8_t {
    full,     // no room on the disk
    damaged,  // the file is not, or no longer, a database
    other,    // rights, a read-only disk, an I/O error: see the message
  };
  Kind kind = Kind::other;
  std::string message;  // "database or disk is full (state/gateway/gateway.db)"
};

template <class T>
using Stored = std::expected<T, StoreError>;

class Database;

// A prepared statement that is run once each time it is asked for. Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement(Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement(Statement&& other) noexcept;
  ~Statement();

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view value);
  // The next row: true where there is one.
  Stored<bool> step();
  // Runs a statement that gives no rows.
  Stored<void> run();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  Database* database_;
  sqlite3_stmt* statement_;  // null where preparing failed: step() then says why
};

class Database {
 public:
  // Opens or makes the file and checks that it is sound.
  static Stored<std::unique_ptr<Database>> open(const std::filesystem::path& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Stored<void> execute(const char* sql);
  Statement prepare(const char* sql);
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] StoreError error(int code) const;

  // Runs `work` (returning Stored<void>) as one transaction: all of it is on the disk afterwards, or nothing.
  template <class Work>
  Stored<void> transaction(Work&& work) {
    if (auto begun = execute("BEGIN IMMEDIATE"); !begun) return begun;
    Stored<void> done = work();
    if (done) done = execute("COMMIT");
    if (!done) (void)execute("ROLLBACK");
    return done;
  }

 private:
  Database(sqlite3* handle, std::string file) : handle_(handle), file_(std::move(file)) {}
  friend class Statement;

  sqlite3* handle_;
  std::string file_;
};

}  // namespace lk::gateway
