// SPDX-License-Identifier: Apache-2.0
// What the server's tests stand on: a database in a directory of its own, a vault, and ports that remember.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "server/meters/meters.hpp"
#include "server/meters/ports.hpp"
#include "server/meters/tariffs.hpp"
#include "server/store/migrate.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/administration.hpp"
#include "server/vault/vault.hpp"
#include "server/vending/token_maker.hpp"

namespace lk::test {

// A directory that goes with the test.
class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "lk-server-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// A database of the test's own: a file, or where LK_TEST_DATABASE is a URL of PostgreSQL
// (end_to_end/postgresql.py sets it) a schema there.
class Database {
 public:
  explicit Database(const std::string& name = "test.db") : where_(directory_ / name) {
    const char* url = std::getenv("LK_TEST_DATABASE");
    if (url == nullptr) return;
    static int count = 0;
    schema_ = "t" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    url_ = url;
    store::Session(url_).script("create schema " + schema_);
    where_ = url_ + "&options=-csearch_path%3D" + schema_;
  }
  ~Database() {
    if (!schema_.empty()) {
      store::Session session(url_);
      session.script("set client_min_messages = error; drop schema " + schema_ + " cascade");
    }
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  [[nodiscard]] const std::string& where() const { return where_; }
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] bool is_postgresql() const { return !schema_.empty(); }

 private:
  Directory directory_;
  std::string where_;
  std::string url_;
  std::string schema_;
};

struct RememberingPorts final : meters::CommandPort, meters::ChangePort {
  void send(const meters::Command& command) override { commands.push_back(command); }
  void changed(meters::Kind kind, const std::string& key) override { changes.emplace_back(kind, key); }
  std::vector<meters::Command> commands;
  std::vector<std::pair<meters::Kind, std::string>> changes;
};

// A sealed vault with random keys and the clock of the site: 201457-1-2, which the meters have, one of 1993
// (revision 6), another of 2014 (7), one that is retired (5), one for later (8), and one for two tokens (9).
inline std::unique_ptr<vault::Vault> make_vault(const Directory& directory, const std::int64_t& now_ms) {
  vault::Opening opening;
  opening.path = directory / "vault.lkv";
  opening.secret.file = directory / "vault.key";
  std::ofstream(opening.secret.file) << std::string(64, '7') << "\n";
  ::chmod(opening.secret.file.c_str(), 0600);
  {
    auto made = vault::Administration::create(opening, vault::KeyDerivation::key);
    EXPECT_TRUE(made.has_value()) << made.error().text;
    const auto add = [&](std::uint8_t revision, sts::BaseDate base_date, std::int64_t active_unix_s,
                         std::int64_t expires_unix_s = vault::never,
                         std::uint64_t uses = vault::Limits::none) {
      const vault::GroupName name{201'457, revision, sts::KeyType::unique};
      vault::KeyGroup group{.name = name};
      group.base_date = base_date;
      group.active_unix_s = active_unix_s;
      group.expires_unix_s = expires_unix_s;
      group.limits.uses = uses;
      EXPECT_TRUE(made->add_group({}, group).has_value());
      EXPECT_TRUE(made->generate_key({}, name).has_value());
    };
    add(1, sts::BaseDate::y2014, 0);
    add(5, sts::BaseDate::y2014, 0, 1'000'000'000);
    add(6, sts::BaseDate::y1993, 0);
    add(7, sts::BaseDate::y2014, 0);
    add(8, sts::BaseDate::y2014, 1'900'000'000);
    add(9, sts::BaseDate::y2014, 0, vault::never, 2);
  }
  auto opened = vault::Vault::open(opening, [&now_ms] { return now_ms; });
  EXPECT_TRUE(opened.has_value()) << opened.error().text;
  return std::move(*opened);
}

inline constexpr const char* flat = "07000000013";
inline constexpr const char* other_flat = "07000000021";

// A site with one tariff of 1.20 per kWh and two flats at gateway gw1, each with a preset credit of 5.00.
class Site : public ::testing::Test {
 protected:
  void SetUp() override {
    work([&](store::Unit& unit) {
      ASSERT_TRUE(meters::add_tariff(unit.session, {"basic", "Basic", quantity::Price::of(12'000)}, now_ms));
      for (const char* number : {flat, other_flat}) {
        ASSERT_TRUE(meters::register_meter(
            unit, {number, "Flat", "flat", "gw1", "a", 1, "", "basic", quantity::units(5), "201457", 1, 1}));
      }
    });
  }

  // Runs a piece of work in a transaction of its own, then what it wanted done after it.
  template <class Work>
  void work(Work piece) {
    std::vector<std::function<void()>> effects;
    session.begin();
    store::Unit unit{session, now_ms, effects};
    piece(unit);
    session.commit();
    for (const auto& effect : effects) effect();
  }

  Database database;
  std::int64_t now_ms = 1'790'000'000'000;
  store::Session session{database.where(), true};
  int version_before = store::migrate(session);
  std::unique_ptr<vault::Vault> opened_vault = make_vault(database.directory(), now_ms);
  vault::Vault& vault = *opened_vault;
  vending::TokenMaker tokens{vault};
  RememberingPorts remembered;
  meters::Ports ports{remembered, remembered};
};

}  // namespace lk::test
