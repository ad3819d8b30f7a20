// SPDX-License-Identifier: Apache-2.0
// The numbered migrations of server/store/migrations, for both databases, built into the program. The version
// of a database is the number of the last one that it has had; each runs in a transaction of its own, so an
// interrupted start goes on where it was. A migration that was released is never changed: a new one is added.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/store/session.hpp"

namespace lk::store {

struct Migration {
  int number;             // from 1, without gaps
  std::string_view name;  // what it brings
  std::string_view sql;
};

// All migrations, in order; both databases have the same numbers and names.
[[nodiscard]] std::span<const Migration> migrations(Engine engine = Engine::sqlite);

// The version that the database is at; 0 for an empty one.
[[nodiscard]] int version(Session& session);

// Whether the database's own check of its files finds no fault (SQLite; PostgreSQL keeps that to its
// administrator).
[[nodiscard]] bool whole(Session& session);

// Brings the database up to `target` (by default the newest); returns the version it had before. Throws Error
// where one fails, or where the database is newer than this program.
int migrate(Session& session, int target = static_cast<int>(migrations().size()));

}  // namespace lk::store
