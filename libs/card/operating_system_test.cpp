// SPDX-License-Identifier: Apache-2.0
#include "card/operating_system.hpp"

#include <gtest/gtest.h>

#include <set>

#include "card/load.hpp"
#include "card/testing/bench.hpp"
#include "card/testing/hex.hpp"

namespace lk::card {
namespace {

using testing::Bench;

Key role_key(Role role) {
  return key_of_card(testing::meter_card_key, role, testing::card_serial);
}

std::string plain(Bench& bench, std::string_view command) {
  std::array<std::byte, response_max_bytes> room{};
  return testing::to_hex(bench.card.serve(testing::from_hex(command), room));
}

TEST(CardSystem, AnswersAStrangerAsTheStandardSays) {
  Bench bench;
  EXPECT_EQ(testing::to_hex(bench.card.answer_to_reset()), "3b6900004c1122334455667788");
  struct Row {
    const char* name;
    const char* command;
    const char* answer;
  };
  const std::vector<Row> rows{
      {"master file", "00a40000023f00", "9000"},
      {"another application", "00a4040006a0000000620100", "6a82"},
      {"another file", "00a4000002df01", "6a82"},
      {"read before select", "00b0810010", "6985"},
      {"another class", "80fa000008", "6e00"},
      {"nothing", "", "6700"},
      {"an extended length", "00a404000000010000", "6700"},
      {"sealed without a session", "0cb082000d97010f8e08b5c2975b62b3a7ff00", "6982"},
      {"our application", "00a4040009f04c415443484b4559", "9000"},
      {"what it is", "00b0810010", "010000000000000011223344556677889000"},
      {"its end", "00b0810f10", "889000"},
      {"behind its end", "00b0811010", "6b00"},
      {"a file that is closed", "00b0820010", "6982"},
      {"a file that is not there", "00b0850010", "6a82"},
      {"writing", "00d681000101", "6982"},
      {"an unknown instruction", "0012000000", "6d00"},
      {"authenticate unasked",
       "0082000120"
       "0000000000000000000000000000000000000000000000000000000000000000",
       "6985"},
      {"records of a card that collects none", "00b20124a4", "6985"},
  };
  for (const Row& row : rows) EXPECT_EQ(plain(bench, row.command), row.answer) << row.name;
}

TEST(CardSystem, IsMadeForAMeterOnce) {
  Bench bench;
  bench.personalise();
  EXPECT_EQ(bench.card.about(), (About{Kind::user, testing::meter_number, testing::card_serial}));
  Terminal terminal(bench);
  ASSERT_TRUE(terminal.open());
  EXPECT_EQ(terminal.authenticate(Role::transport, transport_key(), testing::key(3)).error(),
            Trouble::refused);
  EXPECT_FALSE(bench.card.make(1)) << "it holds a card already";
}

TEST(CardSystem, EachKeyOpensItsOwn) {
  struct Row {
    Role role;
    bool writes_load;
    bool writes_statement;
    bool personalises;
  };
  for (const Row& row : {Row{Role::meter, false, true, false}, Row{Role::desk, true, false, true}}) {
    const auto done = [&row](auto step) {
      Bench bench;
      bench.personalise();
      Terminal terminal(bench);
      EXPECT_TRUE(terminal.open());
      EXPECT_TRUE(terminal.authenticate(row.role, role_key(row.role), testing::key(5)));
      return step(terminal).has_value();
    };
    const std::array<std::byte, 4> some{};
    std::array<std::byte, 300> room{};
    EXPECT_TRUE(done([&](Terminal& t) { return t.read(File::load, 100, room); }));
    EXPECT_TRUE(done(
        [&](Terminal& t) { return t.read(File::statement, 0, std::span{room}.first(statement_bytes)); }));
    EXPECT_FALSE(done([&](Terminal& t) { return t.write(File::about, 0, some); }));
    EXPECT_EQ(done([&](Terminal& t) { return t.write(File::load, 0, some); }), row.writes_load);
    EXPECT_EQ(done([&](Terminal& t) { return t.write(File::statement, 0, some); }), row.writes_statement);
    EXPECT_EQ(done([&](Terminal& t) {
                return t.personalise({Kind::user, 1, testing::card_serial}, testing::key(1), testing::key(2));
              }),
              row.personalises);
  }
}

TEST(CardSystem, AWrongKeyOpensNothing) {
  Bench bench;
  bench.personalise();
  Terminal terminal(bench);
  ASSERT_TRUE(terminal.open());
  EXPECT_EQ(terminal.authenticate(Role::meter, role_key(Role::desk), testing::key(5)).error(),
            Trouble::refused);
  std::array<std::byte, 4> room{};
  EXPECT_EQ(terminal.read(File::load, 0, room).error(), Trouble::refused);
}

TEST(CardSystem, ASessionEndsWithTheFirstRefusal) {
  Bench bench;
  bench.personalise();
  Terminal terminal(bench);
  ASSERT_TRUE(terminal.open());
  ASSERT_TRUE(terminal.authenticate(Role::desk, role_key(Role::desk), testing::key(5)));
  std::array<std::byte, 4> room{};
  ASSERT_TRUE(terminal.read(File::load, 0, room));
  EXPECT_EQ(plain(bench, "00b0820004"), "6987") << "plain, in a session";
  EXPECT_EQ(terminal.read(File::load, 0, room).error(), Trouble::refused);
}

TEST(CardSystem, ChallengesDoNotRepeat) {
  Bench bench;
  ASSERT_EQ(plain(bench, "00a4040009f04c415443484b4559"), "9000");
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(plain(bench, "0084000010")).second);
  bench.reset();
  ASSERT_EQ(plain(bench, "00a4040009f04c415443484b4559"), "9000");
  EXPECT_TRUE(seen.insert(plain(bench, "0084000010")).second);
}

TEST(CardSystem, CollectsStatementsOfAnyMeter) {
  Bench bench;
  bench.personalise(Kind::query, 0);
  Terminal desk(bench);
  ASSERT_TRUE(desk.open());
  for (std::uint32_t i = 0; i < collected_max + 1; ++i) {
    const auto statement = seal({.meter = i, .load = i}, testing::key(1));
    std::array<std::byte, command_max_bytes> room{};
    std::array<std::byte, response_max_bytes> answer{};
    const auto served = bench.card.serve(encode({.ins = 0xE2, .p2 = 0x20, .data = statement}, room), answer);
    EXPECT_EQ(testing::to_hex(served), i < collected_max ? "9000" : "6a84") << i;
  }
  bench.reset();
  ASSERT_TRUE(desk.open());
  for (std::uint8_t i = 1; i <= collected_max; ++i) {
    const auto read = desk.collected(i);
    ASSERT_TRUE(read && *read);
    EXPECT_EQ(open_statement(**read, testing::key(1))->load, i - 1U);
  }
  EXPECT_FALSE(*desk.collected(collected_max + 1));
  ASSERT_TRUE(desk.authenticate(Role::desk, role_key(Role::desk), testing::key(4)));
  ASSERT_TRUE(desk.erase_collected());
  bench.reset();
  ASSERT_TRUE(desk.open());
  EXPECT_FALSE(*desk.collected(1));
}

// Whatever the instant, a write that the card was pulled in is done whole or not at all.
TEST(CardSystem, APulledCardHasTheOldOrTheNew) {
  const std::vector<std::byte> before(150, std::byte{0x11});
  const std::vector<std::byte> after(150, std::byte{0x22});
  std::uint64_t steps = 1;
  for (std::uint64_t cut = 0; cut < steps; ++cut) {
    Bench bench(testing::card_serial, cut + 1);
    bench.personalise();
    Terminal terminal(bench);
    ASSERT_TRUE(terminal.open());
    ASSERT_TRUE(terminal.authenticate(Role::desk, role_key(Role::desk), testing::key(5)));
    ASSERT_TRUE(terminal.write(File::load, 0, before));
    const std::uint64_t first = bench.flash.step_count();
    bench.flash.cut_after(cut);
    const bool told = terminal.write(File::load, 0, after).has_value();
    bench.reset();
    ASSERT_TRUE(bench.is_in);
    ASSERT_TRUE(terminal.open());
    ASSERT_TRUE(terminal.authenticate(Role::desk, role_key(Role::desk), testing::key(6)));
    std::vector<std::byte> found(150);
    ASSERT_TRUE(terminal.read(File::load, 0, found));
    EXPECT_TRUE(found == after || (found == before && !told)) << cut;
    if (cut == 0) {
      ASSERT_TRUE(terminal.write(File::load, 0, after));
      steps = bench.flash.step_count() - first;
    }
  }
  EXPECT_GT(steps, 10U);
}

}  // namespace
}  // namespace lk::card
