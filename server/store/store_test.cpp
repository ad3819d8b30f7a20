// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

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
