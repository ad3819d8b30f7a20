// SPDX-License-Identifier: Apache-2.0
#include "server/store/migrate.hpp"

namespace lk::store {
namespace {

// SQLite has a place for the version, PostgreSQL gets a table.
void set_version(Session& session, int number) {
  if (session.engine() == Engine::sqlite) {
    session.script("pragma user_version = " + std::to_string(number));
  } else {
    session.script("update latchkey_version set number = " + std::to_string(number));
  }
}

// SQLite changes a table by making it anew, during which references to it would stop it (its documentation's
// own procedure): they are checked as a whole instead.
void hold_references(Session& session, bool hold) {
  if (session.engine() == Engine::sqlite)
    session.script(hold ? "pragma foreign_keys = off" : "pragma foreign_keys = on");
}
void check_references(Session& session) {
  if (session.engine() != Engine::sqlite) return;
  const auto broken = session.row<std::string>("pragma foreign_key_check");
  if (broken) throw Error(Failure::other, "rows of table " + std::get<0>(*broken) + " refer to none");
}

}  // namespace

int version(Session& session) {
  if (session.engine() == Engine::sqlite) {
    return static_cast<int>(session.one<std::int64_t>("pragma user_version"));
  }
  if (!session.one<bool>("select to_regclass('latchkey_version') is not null")) return 0;
  return static_cast<int>(session.one<std::int64_t>("select number from latchkey_version"));
}

bool whole(Session& session) {
  return session.engine() == Engine::postgresql || session.one<std::string>("pragma integrity_check") == "ok";
}

int migrate(Session& session, int target) {
  const int before = version(session);
  if (before > static_cast<int>(migrations().size())) {
    throw Error(Failure::other, "the database is at version " + std::to_string(before) +
                                    ", this program knows only " + std::to_string(migrations().size()) +
                                    ": start a newer latchkey-server");
  }
  for (const Migration& migration : migrations(session.engine())) {
    if (migration.number <= before || migration.number > target) continue;
    try {
      hold_references(session, true);
      session.begin();
      // Another server of the same database may have been quicker.
      if (version(session) >= migration.number) {
        session.rollback();
        hold_references(session, false);
        continue;
      }
      if (version(session) == 0 && session.engine() == Engine::postgresql) {
        session.script(
            "create table latchkey_version (number integer not null); insert into latchkey_version values "
            "(0)");
      }
      session.script(std::string(migration.sql));
      set_version(session, migration.number);
      check_references(session);
      session.commit();
      hold_references(session, false);
    } catch (const Error& error) {
      session.rollback();
      hold_references(session, false);
      throw Error(error.failure(), "migration " + std::string(migration.name) + ": " + error.what());
    }
  }
  return before;
}

}  // namespace lk::store
