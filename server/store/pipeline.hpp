// SPDX-License-Identifier: Apache-2.0
// Statements whose results nobody waits for, sent to PostgreSQL all at once (libpq's pipeline): one message
// there and one back, where one by one each would wake both ends. SOCI has no word for it, hence libpq
// itself; only postgresql.cpp includes this.
#pragma once

#include <libpq-fe.h>

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/store/session.hpp"

namespace lk::store {

class Pipeline {
 public:
  struct Fault {
    std::string state;  // SQLSTATE, empty where the connection is at fault
    std::string text;
  };
  // Runs the statements in their order on the connection of this pipeline, inside a transaction; those after
  // one that fails are not run. Each text is prepared once. Values are text or null.
  [[nodiscard]] std::optional<Fault> run(PGconn* connection, std::span<const Statement> statements);

 private:
  [[nodiscard]] bool send(PGconn* connection, const Statement& statement);

  std::unordered_map<std::string, std::string> names_;  // by text: what PostgreSQL has prepared it as
  std::vector<std::string> fresh_;                      // texts that this run prepares
  int count_ = 0;                                       // names given
};

}  // namespace lk::store
