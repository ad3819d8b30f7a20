// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/database.hpp"

#include <sqlite3.h>

namespace lk::gateway {
namespace {

constexpr const char* settings = R"(
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = PERSIST;
PRAGMA journal_size_limit = 1048576;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -512;
PRAGMA temp_store = MEMORY;
)";

StoreError::Kind kind_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return StoreError::Kind::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StoreError::Kind::damaged;
    default:
      return StoreError::Kind::other;
  }
}

}  // namespace

Statement::Statement(Statement&& other) noexcept : database_(other.database_), statement_(other.statement_) {
  other.statement_ = nullptr;
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  if (statement_ != nullptr) sqlite3_bind_int64(statement_, parameter, value);
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view value) {
  if (statement_ != nullptr) {
    sqlite3_bind_text(statement_, parameter, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  }
  return *this;
}

Stored<bool> Statement::step() {
  if (statement_ == nullptr)
    return std::unexpected(database_->error(sqlite3_extended_errcode(database_->handle_)));
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(database_->error(code));
}

Stored<void> Statement::run() {
  const auto stepped = step();
  if (!stepped) return std::unexpected(stepped.error());
  return {};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return bytes == nullptr
             ? std::string{}
             : std::string{bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Stored<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database{new Database(handle, file.string())};
  if (code != SQLITE_OK) return std::unexpected(database->error(code));
  sqlite3_busy_timeout(handle, 2000);
  if (const auto set = database->execute(settings); !set) return std::unexpected(set.error());
  Statement check = database->prepare("PRAGMA quick_check(1)");
  const auto row = check.step();
  if (!row) return std::unexpected(row.error());
  if (*row && check.text(0) != "ok") {
    return std::unexpected(StoreError{StoreError::Kind::damaged, check.text(0) + " (" + file.string() + ")"});
  }
  return database;
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

Stored<void> Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error(code));
  return {};
}

Statement Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr) != SQLITE_OK) statement = nullptr;
  return Statement{*this, statement};
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}

StoreError Database::error(int code) const {
  const char* text = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  return StoreError{kind_of(code), std::string{text} + " (" + file_ + ")"};
}

}  // namespace lk::gateway
