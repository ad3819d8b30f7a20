// SPDX-License-Identifier: Apache-2.0
#include "server/store/session.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <deque>
#include <filesystem>
#include <unordered_map>

// Where SOCI has put SQLite's own functions.
using namespace sqlite_api;  // NOLINT(google-build-using-namespace)

namespace lk::store {
namespace {

Failure failure_of(int code) {
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

// A prepared statement with the storage that its values and columns are bound to.
struct Statement {
  explicit Statement(soci::session& sql) : statement(sql) {}
  soci::statement statement;
  std::deque<long long> numbers;
  std::deque<std::string> texts;
  std::deque<soci::indicator> indicators;
  std::vector<std::string> columns;
  std::vector<soci::indicator> column_indicators;
};

// SOCI's placeholders have names; each `?` outside quotes gets its own.
std::string with_names(std::string_view sql) {
  std::string named;
  int count = 0;
  bool quoted = false;
  for (const char c : sql) {
    if (c == '\'') quoted = !quoted;
    if (c == '?' && !quoted) {
      named += ":v" + std::to_string(++count);
    } else {
      named += c;
    }
  }
  return named;
}

}  // namespace

struct Session::Body {
  soci::session sql;
  std::unordered_map<std::string, std::unique_ptr<Statement>> statements;

  sqlite3* handle() { return static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_; }

  Statement& prepared(std::string_view text, const Values& values, std::size_t columns) {
    std::string key;
    for (const Value& value : values) key += static_cast<char>('0' + value.held().index());
    key += ' ';
    key += text;
    if (const auto found = statements.find(key); found != statements.end()) return *found->second;

    auto fresh = std::make_unique<Statement>(sql);
    for (const Value& value : values) {
      soci::indicator& indicator = fresh->indicators.emplace_back(soci::i_ok);
      if (std::holds_alternative<std::int64_t>(value.held())) {
        fresh->statement.exchange(soci::use(fresh->numbers.emplace_back(), indicator));
      } else {
        fresh->statement.exchange(soci::use(fresh->texts.emplace_back(), indicator));
      }
    }
    fresh->columns.resize(columns);
    fresh->column_indicators.resize(columns, soci::i_ok);
    for (std::size_t i = 0; i < columns; ++i) {
      fresh->statement.exchange(soci::into(fresh->columns[i], fresh->column_indicators[i]));
    }
    fresh->statement.alloc();
    fresh->statement.prepare(with_names(text));
    fresh->statement.define_and_bind();
    return *statements.emplace(std::move(key), std::move(fresh)).first->second;
  }

  static void fill(Statement& statement, Values& values) {
    std::size_t number = 0;
    std::size_t text = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto& held = values[i].held();
      if (const auto* integer = std::get_if<std::int64_t>(&held)) {
        statement.numbers[number++] = *integer;
      } else if (const auto* string = std::get_if<std::string>(&held)) {
        statement.texts[text++] = *string;
      } else {
        statement.texts[text++].clear();
        statement.indicators[i] = soci::i_null;
      }
    }
  }

  template <class Action>
  auto guarded(std::string_view what, Action action) {
    try {
      return action();
    } catch (const soci::soci_error& error) {
      const int code = sql.get_backend() != nullptr ? sqlite3_extended_errcode(handle()) : SQLITE_CANTOPEN;
      throw Error(failure_of(code), std::string(error.what()) + " [" + std::string(what) + "]");
    }
  }
};

Session::Session(const std::string& path, bool create) : body_(std::make_unique<Body>()) {
  if (!create && !std::filesystem::exists(path))
    throw Error(Failure::other, path + ": there is no such database");
  body_->guarded(path, [&] {
    body_->sql.open(soci::sqlite3, "db=\"" + path + "\" timeout=5");
    return 0;
  });
  // In this order: the time-out must hold before the first statement that may meet another process.
  script(
      "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys "
      "= on;"
      "pragma wal_autocheckpoint = 2000; pragma cache_size = -16000;");
}

Session::~Session() {
  rollback();
  body_->statements.clear();
}

std::int64_t Session::run(std::string_view sql, Values values) {
  return body_->guarded(sql, [&]() -> std::int64_t {
    Statement& statement = body_->prepared(sql, values, 0);
    Body::fill(statement, values);
    statement.statement.execute(true);
    return statement.statement.get_affected_rows();
  });
}

std::vector<std::vector<Cell>> Session::fetch(std::string_view sql, Values values, std::size_t columns) {
  return body_->guarded(sql, [&] {
    Statement& statement = body_->prepared(sql, values, columns);
    Body::fill(statement, values);
    std::vector<std::vector<Cell>> all;
    statement.statement.execute(false);
    // To the last row: a statement left half-way would hold its snapshot open.
    while (statement.statement.fetch()) {
      std::vector<Cell>& cells = all.emplace_back(columns);
      for (std::size_t i = 0; i < columns; ++i) {
        if (statement.column_indicators[i] == soci::i_ok) cells[i] = statement.columns[i];
      }
    }
    return all;
  });
}

void Session::begin() {
  run("begin immediate");
}
void Session::commit() {
  run("commit");
}

void Session::rollback() noexcept {
  if (in_transaction()) sqlite3_exec(body_->handle(), "rollback", nullptr, nullptr, nullptr);
}

bool Session::in_transaction() const {
  return body_->sql.get_backend() != nullptr && sqlite3_get_autocommit(body_->handle()) == 0;
}

void Session::script(const std::string& sql) {
  char* message = nullptr;
  const int code = sqlite3_exec(body_->handle(), sql.c_str(), nullptr, nullptr, &message);
  if (code == SQLITE_OK) return;
  const std::string text = message != nullptr ? message : sqlite3_errstr(code);
  sqlite3_free(message);
  throw Error(failure_of(sqlite3_extended_errcode(body_->handle())), text);
}

}  // namespace lk::store
