// SPDX-License-Identifier: Apache-2.0
// What differs between the two databases below a Session. Only the files of this folder see it.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/store/session.hpp"

namespace lk::store {

class Dialect {
 public:
  virtual ~Dialect() = default;
  Dialect() = default;
  Dialect(const Dialect&) = delete;
  Dialect& operator=(const Dialect&) = delete;

  [[nodiscard]] virtual Engine engine() const = 0;
  // Opens and sets the connection up; throws Error or soci_error.
  virtual void open(soci::session& sql) = 0;
  // Whether the connection can still be used.
  [[nodiscard]] virtual bool alive(soci::session& sql) = 0;
  [[nodiscard]] virtual Failure failure_of(soci::session& sql, const soci::soci_error& error) = 0;
  // Begins a transaction that holds the right to write.
  virtual void begin(soci::session& sql) = 0;
  [[nodiscard]] virtual bool in_transaction(soci::session& sql) = 0;
  virtual void rollback(soci::session& sql) noexcept = 0;
  // Runs many statements; throws Error.
  virtual void script(soci::session& sql, const std::string& text) = 0;
  // Runs statements one after the other in one go; false where the database has no such way. Throws Error.
  virtual bool run_all(soci::session& sql, const std::vector<Statement>& statements) = 0;
  // Whether numbers are best bound as text: one prepared statement then serves every mix of types.
  [[nodiscard]] virtual bool binds_text() const = 0;
};

// A statement with `mark` and a number (":v1", "$1") for each `?` outside quotes.
[[nodiscard]] std::string with_places(std::string_view sql, std::string_view mark);

// For a path of a file; it is made where `create`.
[[nodiscard]] std::unique_ptr<Dialect> sqlite(const std::string& path, bool create);
// For a URL of libpq (postgresql://…); the database itself must exist.
[[nodiscard]] std::unique_ptr<Dialect> postgresql(const std::string& url);

}  // namespace lk::store
