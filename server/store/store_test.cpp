// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <future>
#include <thread>

#include "server/store/migrate.hpp"
#include "server/store/readers.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/test_site.hpp"

namespace lk::store {
namespace {

TEST(Session, CarriesIntegersTextAndNullExactly) {
  test::Directory directory;
  Session session(directory / "a.db", true);
  session.script("create table t (a integer, b text)");
  for (int pass = 0; pass < 2; ++pass) {
    session.run("insert into t values (?, ?)", {std::int64_t{INT64_MIN}, "it's ?"});
    session.run("insert into t values (?, ?)", {nullptr, nullptr});
  }
  const auto rows =
      session.rows<std::optional<std::int64_t>, std::optional<std::string>>("select a, b from t");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(std::get<0>(rows[0]), INT64_MIN);
  EXPECT_EQ(std::get<1>(rows[0]), "it's ?");
  EXPECT_FALSE(std::get<0>(rows[3]));
  EXPECT_FALSE(std::get<1>(rows[3]));
  EXPECT_EQ(session.one<std::int64_t>("select sum(a is null) from t where b is not ?", {"x"}), 2);
}

TEST(Session, InsertsAndChoosesInBulk) {
  test::Directory directory;
  Session session(directory / "a.db", true);
  session.script("create table t (a integer, b text)");
  std::vector<Values> rows;
  for (int i = 0; i < 150; ++i) rows.push_back({i, std::to_string(i)});
  Batch batch(session);
  batch.insert("t (a, b)", rows);
  batch.send();
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from t where cast(a as text) = b"), 150);
  const Choice some = choice({"3", "149", "150"});
  EXPECT_EQ(session.one<std::int64_t>("select sum(a) from t where b " + some.sql, some.values), 152);
  const Choice none = choice({});
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from t where b " + none.sql, none.values), 0);
}

TEST(Session, IsDurableAndTellsAMissingFile) {
  test::Directory directory;
  EXPECT_THROW(Session(directory / "none.db"), Error);
  Session session(directory / "a.db", true);
  EXPECT_EQ(session.one<std::int64_t>("pragma synchronous"), 2);
  EXPECT_EQ(session.one<std::string>("pragma journal_mode"), "wal");
}

TEST(Migrations, LeadFromEachVersionToTheNewest) {
  for (int from = 0; from <= static_cast<int>(migrations().size()); ++from) {
    test::Directory directory;
    Session session(directory / "a.db", true);
    EXPECT_EQ(migrate(session, from), 0);
    EXPECT_EQ(version(session), from);
    EXPECT_EQ(migrate(session), from);
    EXPECT_EQ(version(session), static_cast<int>(migrations().size()));
    EXPECT_EQ(session.one<std::string>("pragma integrity_check"), "ok");
  }
}

TEST(Migrations, KeepCommandsAndWhatWasMissingOfTheEvents) {
  test::Directory directory;
  Session session(directory / "a.db", true);
  migrate(session, 2);
  session.script(
      "insert into tariff values ('t', 'T', 1, 1);"
      "insert into meter (number, name, kind, gateway, tariff, preset_credit, supply_group_code, "
      "key_revision_number, tariff_index, made) values ('m', 'M', 'flat', 'g', 't', 0, '1', 1, 1, 1);"
      "insert into meter_state (meter, first_event, last_event, events) values ('m', 3, 9, 3);"
      "insert into event values ('m', 3, 1, 4, '', 0, 0), ('m', 4, 1, 4, '', 0, 0), ('m', 9, 1, 4, '', 0, 0);"
      "insert into meter_order (id, meter, verb, sequence, state, ts, user) values ('o', 'm', 'open', 1, "
      "'sent', 1, 'u');"
      "insert into command values ('c', 'm', null, 'o', 'ff', 1, 2, null);");
  migrate(session);
  EXPECT_EQ(session.one<std::string>("select id || meter_order || content || expires from command"), "coff2");
  EXPECT_EQ(session.one<std::string>("select first || '-' || last || ' ' || answered from event_gap"),
            "5-8 0");
  EXPECT_EQ(session.one<std::int64_t>("select last_event from meter_state"), 9);
  EXPECT_EQ(session.one<std::string>("pragma foreign_key_check"), "");
}

// The tables and columns of a database, as "table.column".
std::vector<std::string> columns_of(Session& session) {
  std::vector<std::string> names;
  const std::string_view sql =
      session.engine() == Engine::sqlite
          ? "select m.name || '.' || c.name from sqlite_master m, pragma_table_info(m.name) c "
            "where m.type = 'table' and m.name not like 'sqlite_%'"
          : "select table_name || '.' || column_name from information_schema.columns "
            "where table_schema = current_schema() and table_name <> 'latchkey_version'";
  for (auto& [name] : session.rows<std::string>(sql)) names.push_back(std::move(name));
  std::ranges::sort(names);
  return names;
}

class OnPostgresql : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!database.is_postgresql()) GTEST_SKIP() << "run by end_to_end/postgresql.py";
  }
  test::Database database;
};

TEST_F(OnPostgresql, HasTheSameTablesAsSqlite) {
  test::Directory directory;
  Session file(directory / "a.db", true);
  migrate(file);
  Session session(database.where());
  for (const Migration& migration : migrations(Engine::postgresql)) migrate(session, migration.number);
  EXPECT_EQ(migrate(session), version(session));
  EXPECT_EQ(columns_of(session), columns_of(file));
}

TEST_F(OnPostgresql, CarriesIntegersTextAndNullExactlyAndInBulk) {
  Session session(database.where());
  session.script("create table t (a bigint, b text)");
  std::vector<Values> rows(100, Values{std::int64_t{INT64_MIN}, "it's ?"});
  rows.push_back({nullptr, nullptr});
  Batch batch(session);
  batch.insert("t (a, b)", rows);
  batch.send();
  const auto found =
      session.rows<std::optional<std::int64_t>, std::optional<std::string>>("select a, b from t");
  ASSERT_EQ(found.size(), 101U);
  EXPECT_EQ(std::get<0>(found[99]), INT64_MIN);
  EXPECT_EQ(std::get<1>(found[99]), "it's ?");
  EXPECT_FALSE(std::get<0>(found[100]));
  EXPECT_EQ(session.one<std::string>("show synchronous_commit"), "on");
}

TEST_F(OnPostgresql, OneServerWritesAtATimeAndNumbersHaveNoGap) {
  Session(database.where()).script("create table t (n bigint primary key)");
  constexpr int each = 50;
  std::vector<std::thread> servers;
  for (int server = 0; server < 4; ++server) {
    servers.emplace_back([&] {
      Writer writer(database.where(), system_clock());
      for (int i = 0; i < each; ++i) {
        writer.run([&](Unit& unit) {
          const auto next = unit.session.one<std::int64_t>("select coalesce(max(n), 0) + 1 from t");
          unit.session.run("insert into t values (?)", {next});
          return i % 5 == 4 ? Writer::Keep::no : Writer::Keep::yes;
        });
      }
    });
  }
  for (std::thread& server : servers) server.join();
  Session session(database.where());
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from t"), 4 * each * 4 / 5);
  EXPECT_EQ(session.one<std::int64_t>("select max(n) from t"), 4 * each * 4 / 5);
}

TEST_F(OnPostgresql, GoesOnOverANewConnectionWhenTheOldOneIsCut) {
  Session admin(database.where());
  admin.script("create table t (n bigint primary key)");
  Writer writer(database.where(), system_clock());
  Readers readers(database.where(), 1);
  const auto cut = [&] {
    admin.run(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = "
        "current_database() and query not like '%pg_stat_activity%'");
  };
  for (int n = 0; n < 3; ++n) {
    cut();
    EXPECT_TRUE(writer.run([&](Unit& unit) {
      unit.session.run("insert into t values (?)", {n});
      return Writer::Keep::yes;
    }));
    std::promise<std::int64_t> count;
    readers.submit([&](Session& session) {
      try {
        count.set_value(session.one<std::int64_t>("select count(*) from t"));
      } catch (...) {
        count.set_exception(std::current_exception());
      }
    });
    EXPECT_EQ(count.get_future().get(), n + 1);
  }
  // In the middle of a work: the same work runs again.
  int runs = 0;
  EXPECT_TRUE(writer.run([&](Unit& unit) {
    unit.session.run("insert into t values (100)");
    if (++runs == 1) cut();
    unit.session.run("insert into t values (101)");
    return Writer::Keep::yes;
  }));
  EXPECT_EQ(runs, 2);
  runs = 0;
  EXPECT_TRUE(writer.run([&](Unit& unit) {
    if (++runs == 1) cut();
    Batch batch(unit.session);
    for (int n = 200; n < 210; ++n) batch.run("insert into t values (?)", {n});
    batch.send();
    return Writer::Keep::yes;
  }));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(admin.one<std::int64_t>("select count(*) from t"), 15);
}

TEST_F(OnPostgresql, ManyStatementsGoTogetherAndOneThatFailsIsUndoneToASavepoint) {
  Session session(database.where());
  session.script("create table t (n bigint primary key)");
  session.begin();
  for (const int third : {1, 3}) {
    session.script("savepoint before");
    Batch batch(session);
    for (const int n : {1, 2, third}) batch.run("insert into t values (?)", {n});
    batch.run("insert into t (n) values (?), (?)", {4, 5});
    try {
      batch.send();
      EXPECT_EQ(third, 3);
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::other);
      EXPECT_EQ(third, 1);
      session.script("rollback to before");
    }
  }
  session.commit();
  EXPECT_EQ(session.one<std::int64_t>("select sum(n) from t"), 15);
}

TEST_F(OnPostgresql, TellsOfADatabaseThatIsNotThere) {
  try {
    Session session("postgresql:///none?host=/nowhere");
    FAIL() << "there is none";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::gone);
  }
}

TEST(Migrations, RefuseADatabaseOfANewerProgram) {
  test::Directory directory;
  Session session(directory / "a.db", true);
  session.script("pragma user_version = 999");
  EXPECT_THROW(migrate(session), Error);
}

class Writing : public ::testing::Test {
 protected:
  Writing() { Session(directory / "a.db", true).script("create table t (a integer not null)"); }
  std::int64_t count() { return Session(directory / "a.db").one<std::int64_t>("select count(*) from t"); }
  test::Directory directory;
};

TEST_F(Writing, UndoesOneRefusalOrFailureAloneAmongItsNeighbours) {
  int effects = 0;
  {
    Writer writer(directory / "a.db", system_clock());
    for (int i = 0; i < 90; ++i) {
      writer.submit(
          [&, i](Unit& unit) {
            unit.session.run("insert into t values (?)", {i});
            unit.after_commit([&] { ++effects; });
            if (i % 3 == 1) unit.session.run("insert into t values (?)", {nullptr});
            return i % 3 == 0 ? Writer::Keep::yes : Writer::Keep::no;
          },
          [i](const std::optional<Error>& error) { EXPECT_EQ(error.has_value(), i % 3 == 1); });
    }
  }
  EXPECT_EQ(count(), 30);
  EXPECT_EQ(effects, 30);
}

TEST_F(Writing, TellsOfALockedDatabaseAndDoesNothing) {
  Session blocker(directory / "a.db");
  Writer writer(directory / "a.db", system_clock());
  blocker.begin();
  bool effect = false;
  try {
    writer.run([&](Unit& unit) {
      unit.after_commit([&] { effect = true; });
      unit.session.run("insert into t values (1)");
      return Writer::Keep::yes;
    });
    FAIL() << "the database was locked";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::busy);
  }
  blocker.rollback();
  EXPECT_FALSE(effect);
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(writer.run([](Unit& unit) {
    unit.session.run("insert into t values (1)");
    return Writer::Keep::yes;
  }));
}

TEST_F(Writing, TellsOfAFullDiskAndGoesOnWhenThereIsRoom) {
  // A limit on the size of files stands for a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  Writer writer(directory / "a.db", system_clock());
  const auto fill = [](Unit& unit) {
    for (int i = 0; i < 20'000; ++i) unit.session.run("insert into t values (?)", {i});
    return Writer::Keep::yes;
  };
  rlimit small = before;
  small.rlim_cur = 64U << 10U;
  ::setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(writer.run(fill), Error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(writer.run(fill));
  EXPECT_EQ(count(), 20'000);
}

}  // namespace
}  // namespace lk::store
