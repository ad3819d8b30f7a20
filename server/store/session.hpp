// SPDX-License-Identifier: Apache-2.0
// One connection to the database, and with the dialects below it the only place that knows SOCI. The database
// is a file of SQLite, or PostgreSQL where the path is a URL (postgresql://…). SQL is written once, in the
// words that both understand, with `?` for each value; values and columns are integers, text, or null, so
// that money and times pass through without rounding. Statements are prepared once and kept. A connection
// that has gone is made anew for the next statement outside a transaction. A session belongs to one thread at
// a time.
#pragma once

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "quantity/quantity.hpp"

namespace lk::store {

enum class Engine { sqlite, postgresql };

// Whether this names a database of PostgreSQL, and not a file.
[[nodiscard]] bool is_postgresql(std::string_view where);

// Why the database did not do its work.
enum class Failure {
  full,      // no room on the disk
  busy,      // another process holds the database
  corrupt,   // the file is damaged or no database
  conflict,  // another transaction came in between: the same again may succeed
  gone,      // the database cannot be reached; nothing of the transaction is kept
  unknown,   // the connection went in the middle of a commit: it is kept whole, or not at all
  other,     // see the text
};

// Thrown by every function here; what() is fit for a log.
class Error : public std::runtime_error {
 public:
  Error(Failure failure, const std::string& what) : std::runtime_error(what), failure_(failure) {}
  [[nodiscard]] Failure failure() const { return failure_; }

 private:
  Failure failure_;
};

// A value to put in the place of a `?`.
class Value {
 public:
  Value(std::nullptr_t) : held_(nullptr) {}                     // NOLINT(*-explicit-*)
  Value(std::int64_t number) : held_(number) {}                 // NOLINT(*-explicit-*)
  Value(int number) : held_(std::int64_t{number}) {}            // NOLINT(*-explicit-*)
  Value(std::uint32_t number) : held_(std::int64_t{number}) {}  // NOLINT(*-explicit-*)
  Value(std::string text) : held_(std::move(text)) {}           // NOLINT(*-explicit-*)
  Value(std::string_view text) : held_(std::string(text)) {}    // NOLINT(*-explicit-*)
  Value(const char* text) : held_(std::string(text)) {}         // NOLINT(*-explicit-*)
  Value(quantity::Money amount) : held_(amount.count()) {}      // NOLINT(*-explicit-*)
  Value(quantity::Price price) : held_(price.count()) {}        // NOLINT(*-explicit-*)
  template <class T>
  Value(const std::optional<T>& maybe) : held_(nullptr) {  // NOLINT(*-explicit-*)
    if (maybe) held_ = Value(*maybe).held_;
  }
  [[nodiscard]] const std::variant<std::nullptr_t, std::int64_t, std::string>& held() const { return held_; }

 private:
  std::variant<std::nullptr_t, std::int64_t, std::string> held_;
};
using Values = std::vector<Value>;

// A column as the database gave it: text, or nothing for null.
using Cell = std::optional<std::string>;

// How a column becomes a C++ value; null becomes the type's default except for std::optional.
template <class T>
struct Column;
template <>
struct Column<std::string> {
  static std::string from(Cell&& cell) { return cell ? std::move(*cell) : std::string{}; }
};
template <>
struct Column<std::int64_t> {
  static std::int64_t from(Cell&& cell) {
    std::int64_t number = 0;
    if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), number);
    return number;
  }
};
template <>
struct Column<bool> {
  static bool from(Cell&& cell) {
    return (cell && *cell == "t") || Column<std::int64_t>::from(std::move(cell)) != 0;
  }
};
template <class Tag>
struct Column<quantity::Quantity<Tag>> {
  static quantity::Quantity<Tag> from(Cell&& cell) {
    return quantity::Quantity<Tag>::of(Column<std::int64_t>::from(std::move(cell)));
  }
};
template <class T>
struct Column<std::optional<T>> {
  static std::optional<T> from(Cell&& cell) {
    if (!cell) return std::nullopt;
    return Column<T>::from(std::move(cell));
  }
};

struct Statement {
  std::string sql;
  Values values;
};

class Session {
 public:
  // Opens the database, which must exist unless `create` (of a file only). Writes are on disk when a
  // transaction's end returns (WAL, synchronous = FULL; synchronous_commit = on). Throws Error where it
  // cannot be opened.
  explicit Session(const std::string& where, bool create = false);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] Engine engine() const;

  // Runs one statement; returns how many rows it changed.
  std::int64_t run(std::string_view sql, Values values = {});

  // All rows of a query, as tuples of the named column types.
  template <class... Columns>
  std::vector<std::tuple<Columns...>> rows(std::string_view sql, Values values = {}) {
    std::vector<std::tuple<Columns...>> result;
    for (auto& cells : fetch(sql, std::move(values), sizeof...(Columns))) {
      result.push_back(convert<Columns...>(cells, std::index_sequence_for<Columns...>{}));
    }
    return result;
  }
  // The first row of a query, or nothing.
  template <class... Columns>
  std::optional<std::tuple<Columns...>> row(std::string_view sql, Values values = {}) {
    auto all = rows<Columns...>(sql, std::move(values));
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
  }
  // The first column of the first row; the type's default where there is no row.
  template <class T>
  T one(std::string_view sql, Values values = {}) {
    auto found = row<T>(sql, std::move(values));
    return found ? std::move(std::get<0>(*found)) : T{};
  }
  // All rows as text cells, `columns` of them in each.
  std::vector<std::vector<Cell>> fetch(std::string_view sql, Values values, std::size_t columns);

  // Runs statements one after the other, over a network in one go.
  void run_all(std::vector<Statement> statements);

  // A transaction that holds the right to write from its begin on, among all servers of the database.
  void begin();
  void commit();
  // Undoes; does nothing where the database has already undone by itself. Never throws.
  void rollback() noexcept;
  [[nodiscard]] bool in_transaction() const;

  // From now on this session only reads.
  void read_only();

  // Runs a script of many statements, as a migration is.
  void script(const std::string& sql);

 private:
  template <class... Columns, std::size_t... I>
  static std::tuple<Columns...> convert(std::vector<Cell>& cells, std::index_sequence<I...>) {
    return {Column<Columns>::from(std::move(cells[I]))...};
  }
  struct Body;
  std::unique_ptr<Body> body_;
};

// Statements whose results nobody needs, gathered to be run in one go.
class Batch {
 public:
  explicit Batch(Session& session) : session_(session) {}

  [[nodiscard]] Session& session() const { return session_; }
  void run(std::string sql, Values values) { statements_.push_back({std::move(sql), std::move(values)}); }
  // Inserts rows with few statements; `into` is the table with its columns: "t (a, b)". All rows are as wide.
  void insert(std::string_view into, const std::vector<Values>& rows);
  // Runs what was gathered, in that order; throws Error at the first that fails.
  void send() { session_.run_all(std::exchange(statements_, {})); }

 private:
  Session& session_;
  std::vector<Statement> statements_;
};

// "?, ?, ?"
[[nodiscard]] std::string marks(std::size_t count);

// The end of a condition on one column, "in (?, …)", that holds for any of the values, with what to bind: the
// last value repeats up to a power of two, so that few different statements are prepared.
struct Choice {
  std::string sql;
  Values values;
};
[[nodiscard]] Choice choice(const std::vector<std::string>& values);

}  // namespace lk::store
