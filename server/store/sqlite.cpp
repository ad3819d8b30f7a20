// SPDX-License-Identifier: Apache-2.0
#include <soci/sqlite3/soci-sqlite3.h>

#include <filesystem>

#include "server/store/dialect.hpp"

// Where SOCI has put SQLite's own functions.
using namespace sqlite_api;  // NOLINT(google-build-using-namespace)

namespace lk::store {
namespace {

Failure failure_of_code(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return Failure::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Failure::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Failure::corrupt;
    default:
      return Failure::other;
  }
}

class Sqlite final : public Dialect {
 public:
  Sqlite(std::string path, bool create) : path_(std::move(path)), create_(create) {}

  [[nodiscard]] Engine engine() const override { return Engine::sqlite; }

  void open(soci::session& sql) override {
    if (!create_ && !std::filesystem::exists(path_))
      throw Error(Failure::other, path_ + ": there is no such database");
    sql.open(soci::sqlite3, "db=\"" + path_ + "\" timeout=5");
    // In this order: the time-out must hold before the first statement that may meet another process.
    script(sql,
           "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; "
           "pragma foreign_keys = on; pragma wal_autocheckpoint = 2000; pragma cache_size = -16000;");
  }

  [[nodiscard]] bool alive(soci::session& sql) override { return sql.get_backend() != nullptr; }

  [[nodiscard]] Failure failure_of(soci::session& sql, const soci::soci_error&) override {
    return failure_of_code(alive(sql) ? sqlite3_extended_errcode(handle(sql)) : SQLITE_CANTOPEN);
  }

  void begin(soci::session& sql) override { script(sql, "begin immediate"); }

  [[nodiscard]] bool in_transaction(soci::session& sql) override {
    return alive(sql) && sqlite3_get_autocommit(handle(sql)) == 0;
  }

  void rollback(soci::session& sql) noexcept override {
    if (in_transaction(sql)) sqlite3_exec(handle(sql), "rollback", nullptr, nullptr, nullptr);
  }

  void script(soci::session& sql, const std::string& text) override {
    char* message = nullptr;
    const int code = sqlite3_exec(handle(sql), text.c_str(), nullptr, nullptr, &message);
    if (code == SQLITE_OK) return;
    const std::string what = message != nullptr ? message : sqlite3_errstr(code);
    sqlite3_free(message);
    throw Error(failure_of_code(sqlite3_extended_errcode(handle(sql))), what);
  }

  bool run_all(soci::session&, const std::vector<Statement>&) override { return false; }

  [[nodiscard]] bool binds_text() const override { return false; }

 private:
  static ::sqlite_api::sqlite3* handle(soci::session& sql) {
    return static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
  }

  std::string path_;
  bool create_;
};

}  // namespace

std::unique_ptr<Dialect> sqlite(const std::string& path, bool create) {
  return std::make_unique<Sqlite>(path, create);
}

}  // namespace lk::store
