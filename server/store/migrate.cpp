// SPDX-License-Identifier: Apache-2.0
#include "server/store/migrate.hpp"

#include "server/store/session.hpp"

namespace lk::store {

int version(Session& session) {
  return static_cast<int>(session.one<std::int64_t>("pragma user_version"));
}

int migrate(Session& session, int target) {
  const int before = version(session);
  if (before > static_cast<int>(migrations().size())) {
    throw Error(Failure::other, "the database is at version " + std::to_string(before) +
                                    ", this program knows only " + std::to_string(migrations().size()) +
                                    ": start a newer latchkey-server");
  }
  for (const Migration& migration : migrations()) {
    if (migration.number <= before || migration.number > target) continue;
    try {
      session.begin();
      session.script(std::string(migration.sql));
      session.script("pragma user_version = " + std::to_string(migration.number));
      session.commit();
    } catch (const Error& error) {
      session.rollback();
      throw Error(error.failure(), "migration " + std::string(migration.name) + ": " + error.what());
    }
  }
  return before;
}

}  // namespace lk::store
