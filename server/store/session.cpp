// SPDX-License-Identifier: Apache-2.0
#include "server/store/session.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "server/store/dialect.hpp"

namespace lk::store {
namespace {

// A prepared statement with the storage that its values and columns are bound to.
struct Prepared {
  explicit Prepared(soci::session& sql) : statement(sql) {}
  soci::statement statement;
  std::deque<long long> numbers;
  std::deque<std::string> texts;
  std::deque<soci::indicator> indicators;
  std::vector<std::string> columns;
  std::vector<soci::indicator> column_indicators;
};

}  // namespace

std::string with_places(std::string_view sql, std::string_view mark) {
  std::string placed;
  int count = 0;
  bool quoted = false;
  for (const char c : sql) {
    if (c == '\'') quoted = !quoted;
    if (c == '?' && !quoted) {
      placed += mark;
      placed += std::to_string(++count);
    } else {
      placed += c;
    }
  }
  return placed;
}

struct Session::Body {
  explicit Body(std::unique_ptr<Dialect> chosen) : dialect(std::move(chosen)) {}

  std::unique_ptr<Dialect> dialect;
  soci::session sql;
  std::unordered_map<std::string, std::unique_ptr<Prepared>> statements;
  bool transaction = false;  // begun here, neither committed nor rolled back
  bool read_only = false;

  template <class Action>
  auto guarded(std::string_view what, Action action) {
    try {
      return action();
    } catch (const soci::soci_error& error) {
      throw Error(dialect->failure_of(sql, error),
                  std::string(error.what()) + " [" + std::string(what) + "]");
    }
  }

  // Opens, also again after the connection has gone; never in the middle of a transaction.
  void ready() {
    if (dialect->alive(sql) || transaction) return;
    statements.clear();
    if (sql.get_backend() != nullptr) sql.close();
    guarded("open", [&] {
      dialect->open(sql);
      if (read_only) forbid_writing();
      return 0;
    });
  }

  // Who only reads makes reports, too, which may well go through whole tables.
  void forbid_writing() {
    dialect->script(sql, dialect->engine() == Engine::sqlite
                             ? "pragma query_only = on"
                             : "set default_transaction_read_only = on; set enable_seqscan = on");
  }

  Prepared& prepared(std::string_view text, const Values& values, std::size_t columns) {
    std::string key;
    for (const Value& value : values) {
      key += std::holds_alternative<std::int64_t>(value.held()) ? '1' : '2';
    }
    key += ' ';
    key += text;
    if (const auto found = statements.find(key); found != statements.end()) return *found->second;

    auto fresh = std::make_unique<Prepared>(sql);
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
    fresh->statement.prepare(with_places(text, ":v"));
    fresh->statement.define_and_bind();
    return *statements.emplace(std::move(key), std::move(fresh)).first->second;
  }

  // What the database would rather have as text becomes text.
  void adapt(Values& values) const {
    if (!dialect->binds_text()) return;
    for (Value& value : values) {
      if (const auto* number = std::get_if<std::int64_t>(&value.held()))
        value = Value(std::to_string(*number));
    }
  }

  static void fill(Prepared& statement, Values& values) {
    std::size_t number = 0;
    std::size_t text = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto& held = values[i].held();
      statement.indicators[i] = soci::i_ok;
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

  std::vector<std::vector<Cell>> fetch(std::string_view text, Values& values, std::size_t columns) {
    Prepared& statement = prepared(text, values, columns);
    fill(statement, values);
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
  }
};

bool is_postgresql(std::string_view where) {
  return where.starts_with("postgresql://") || where.starts_with("postgres://");
}

Session::Session(const std::string& where, bool create)
    : body_(std::make_unique<Body>(is_postgresql(where) ? postgresql(where) : sqlite(where, create))) {
  body_->ready();
}

Session::~Session() {
  rollback();
  body_->statements.clear();
}

Engine Session::engine() const {
  return body_->dialect->engine();
}

std::int64_t Session::run(std::string_view sql, Values values) {
  body_->ready();
  body_->adapt(values);
  return body_->guarded(sql, [&]() -> std::int64_t {
    Prepared& statement = body_->prepared(sql, values, 0);
    Body::fill(statement, values);
    statement.statement.execute(true);
    return statement.statement.get_affected_rows();
  });
}

std::vector<std::vector<Cell>> Session::fetch(std::string_view sql, Values values, std::size_t columns) {
  body_->adapt(values);
  const auto read = [&] {
    body_->ready();
    return body_->guarded(sql, [&] { return body_->fetch(sql, values, columns); });
  };
  if (body_->transaction) return read();
  try {
    return read();
  } catch (const Error& error) {
    if (error.failure() != Failure::gone) throw;
    return read();  // over a new connection: this changed nothing
  }
}

void Session::run_all(std::vector<Statement> statements) {
  body_->ready();
  for (Statement& statement : statements) body_->adapt(statement.values);
  if (body_->dialect->run_all(body_->sql, statements)) return;
  for (Statement& statement : statements) run(statement.sql, std::move(statement.values));
}

void Batch::insert(std::string_view into, const std::vector<Values>& rows) {
  constexpr std::size_t most = 64;
  for (std::size_t done = 0; done < rows.size();) {
    std::size_t size = most;
    while (size > rows.size() - done) size /= 2;
    std::string sql = "insert into " + std::string(into) + " values ";
    Values all;
    for (std::size_t i = 0; i < size; ++i) {
      const Values& row = rows[done + i];
      sql += (i == 0 ? "(" : ", (") + marks(row.size()) + ")";
      all.insert(all.end(), row.begin(), row.end());
    }
    run(std::move(sql), std::move(all));
    done += size;
  }
}

void Session::begin() {
  body_->ready();
  body_->dialect->begin(body_->sql);
  body_->transaction = true;
}

void Session::commit() {
  if (!in_transaction()) throw Error(Failure::gone, "the database has ended the transaction");
  try {
    body_->dialect->script(body_->sql, "commit");
  } catch (const Error& error) {
    if (error.failure() != Failure::gone) throw;
    throw Error(Failure::unknown, error.what());
  }
  body_->transaction = false;
}

void Session::rollback() noexcept {
  if (body_->sql.get_backend() != nullptr) body_->dialect->rollback(body_->sql);
  body_->transaction = false;
}

bool Session::in_transaction() const {
  return body_->sql.get_backend() != nullptr && body_->dialect->in_transaction(body_->sql);
}

void Session::read_only() {
  body_->read_only = true;
  body_->forbid_writing();
}

void Session::script(const std::string& sql) {
  body_->ready();
  body_->dialect->script(body_->sql, sql);
}

std::string marks(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

Choice choice(const std::vector<std::string>& values) {
  std::size_t size = 1;
  while (size < values.size()) size *= 2;
  Choice chosen{"in (" + marks(size) + ")", {}};
  for (std::size_t i = 0; i < size; ++i) {
    chosen.values.emplace_back(values.empty() ? std::string{} : values[std::min(i, values.size() - 1)]);
  }
  return chosen;
}

}  // namespace lk::store
