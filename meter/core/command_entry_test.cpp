// SPDX-License-Identifier: Apache-2.0
// The command block, the compatibility mode, the clock's correction by broadcast, and records as files.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bytes/bytes.hpp"
#include "dictionary/commands.hpp"
#include "meter/core/testing/bench.hpp"

namespace lk::meter {
namespace {

using dictionary::CommandResult;
using dictionary::Id;
using modbus::Exception;

constexpr std::uint32_t password = 31'415'926;

class CommandTest : public ::testing::Test {
 protected:
  // Writes arguments and code in one frame.
  Exception run(std::uint16_t code, std::span<const std::byte> arguments) {
    std::array<std::byte, 82> registers{};
    bytes::Writer writer{registers};
    writer.big(static_cast<std::uint16_t>(arguments.size()));
    writer.copy(arguments);
    bytes::Writer{std::span{registers}.last(2)}.big(code);
    return bench.write(0x5280, registers);
  }
  CommandResult result() { return static_cast<CommandResult>(bench.read(Id::command_result)); }

  void open_compatibility() {
    order::SetParameters set;
    set.count = 2;
    set.parameters[0] = {0x6400, 1};
    set.parameters[1] = {0x6401, password};
    ASSERT_EQ(bench.send(++sequence, set).result, dictionary::OrderResult::done);
  }
  CommandResult unlock(std::uint32_t with) {
    std::array<std::byte, 4> bytes{};
    bytes::Writer{bytes}.big(with);
    EXPECT_EQ(run(dictionary::command_unlock, bytes), Exception::none);
    return result();
  }
  Exception write(Id id, std::int64_t value, std::uint16_t slot = 0) {
    const dictionary::Row& row = dictionary::row(id);
    std::array<std::byte, 8> room{};
    const auto registers = std::span{room}.first(std::size_t{2} * row.register_count);
    dictionary::encode(row, value, registers);
    return bench.write(row.address_of(slot), registers);
  }
  void broadcast_time(quantity::Instant time) {
    std::array<std::byte, 8> registers{};
    bytes::Writer{registers}.big(time.unix_ms());
    const std::size_t size_bytes = modbus::write_request(bench.request, 0, 0x2016, registers);
    EXPECT_EQ(bench.meter->serve(std::span{bench.request}.first(size_bytes), bench.answer, bench.now), 0U);
  }
  [[nodiscard]] quantity::Duration clock_error() const { return bench.look().clock - bench.now; }

  Bench bench{test_configuration(), 1, true};
  std::uint32_t sequence = 0;
};

TEST_F(CommandTest, TokenGivesItsResultInTheSamePlace) {
  const sts::Digits digits = bench.token(1000, quantity::units(10));
  const auto arguments = std::as_bytes(std::span{digits});
  EXPECT_EQ(run(dictionary::command_token, arguments), Exception::none);
  EXPECT_EQ(result(), CommandResult::done);
  EXPECT_EQ(bench.read(Id::command_detail), 1);
  const quantity::Money credited = bench.look().credited - quantity::units(5);
  EXPECT_EQ(bench.read(Id::command_value), credited.count());
  EXPECT_GE(credited, quantity::units(10));
  EXPECT_EQ(bench.read(Id::command_code), dictionary::command_token);

  EXPECT_EQ(run(dictionary::command_token, arguments), Exception::none);
  EXPECT_EQ(result(), CommandResult::refused);
  EXPECT_EQ(bench.read(Id::command_detail), 10) << "used";
  EXPECT_EQ(bench.look().credited - quantity::units(5), credited) << "nothing more";
}

TEST_F(CommandTest, ArgumentsMayComeBeforeTheCodeAndAreUsedOnce) {
  const sts::Digits digits = bench.token(1000, quantity::units(10));
  std::array<std::byte, 22> registers{};
  registers[1] = std::byte{20};
  std::ranges::copy(std::as_bytes(std::span{digits}), registers.begin() + 2);
  EXPECT_EQ(bench.write(0x5280, registers), Exception::none);
  EXPECT_EQ(result(), CommandResult::none) << "nothing runs before the code";
  EXPECT_EQ(write(Id::command_code, dictionary::command_token), Exception::none);
  EXPECT_EQ(result(), CommandResult::done);
  EXPECT_EQ(write(Id::command_code, dictionary::command_token), Exception::none);
  EXPECT_EQ(result(), CommandResult::refused) << "without arguments";
}

TEST_F(CommandTest, SealedOrderRunsAndARepeatDoesNothingMore) {
  const order::SealedOrder order = bench.sealed(7, order::Open{});
  EXPECT_EQ(run(dictionary::command_order, order.view()), Exception::none);
  EXPECT_EQ(result(), CommandResult::done);
  EXPECT_EQ(run(dictionary::command_order, order.view()), Exception::none);
  EXPECT_EQ(result(), CommandResult::already_done);
  EXPECT_EQ(bench.read(Id::order_sequence), 7);
}

struct ShapeRow {
  const char* name;
  std::uint16_t address;
  std::vector<std::byte> registers;
  Exception exception;
};

TEST_F(CommandTest, MalformedWritesHaveTheirException) {
  const auto bytes = [](std::size_t count, std::uint8_t size) {
    std::vector<std::byte> all(count);
    all[1] = std::byte{size};
    return all;
  };
  const ShapeRow rows[] = {
      {"no arguments", 0x5280, bytes(2, 0), Exception::none},
      {"fewer than it says", 0x5280, bytes(4, 4), Exception::illegal_value},
      {"more than it says", 0x5280, bytes(8, 2), Exception::illegal_value},
      {"more than there is room", 0x5280, bytes(84, 78), Exception::illegal_address},
      {"a size beyond the room", 0x5280, bytes(82, 200), Exception::illegal_value},
      {"from the middle", 0x5281, bytes(4, 0), Exception::illegal_address},
      {"the result", 0x52A9, bytes(2, 0), Exception::illegal_address},
  };
  for (const ShapeRow& row : rows)
    EXPECT_EQ(bench.write(row.address, row.registers), row.exception) << row.name;
  EXPECT_EQ(run(77, {}), Exception::none);
  EXPECT_EQ(result(), CommandResult::unknown);
  EXPECT_EQ(run(dictionary::command_of_verb + 99, {}), Exception::none);
  EXPECT_EQ(result(), CommandResult::unknown);
}

TEST_F(CommandTest, ANewMeterTakesNothingWithoutASeal) {
  EXPECT_EQ(bench.read(Id::compatibility_mode), 0);
  EXPECT_EQ(unlock(0), CommandResult::locked);
  EXPECT_EQ(run(dictionary::command_of_verb + 1, {}), Exception::none);
  EXPECT_EQ(result(), CommandResult::locked);
  EXPECT_EQ(write(Id::limit_always, 500), Exception::illegal_address);
  EXPECT_EQ(write(Id::clock, 0), Exception::illegal_address);
}

TEST_F(CommandTest, PasswordOpensSettingsForTenMinutes) {
  open_compatibility();
  EXPECT_EQ(bench.read(Id::compatibility_password), 0) << "a secret is not read";
  EXPECT_EQ(write(Id::limit_always, 500), Exception::illegal_address) << "still locked";
  EXPECT_EQ(unlock(password), CommandResult::done);
  EXPECT_EQ(write(Id::limit_always, 500), Exception::none);
  EXPECT_EQ(bench.read(Id::limit_always), 500);
  EXPECT_EQ(write(Id::limit_power, 700, 3), Exception::none);
  EXPECT_EQ(bench.read(Id::limit_power, 3), 700);
  EXPECT_EQ(write(Id::billing_day, 40), Exception::illegal_value) << "out of its range";
  EXPECT_EQ(write(Id::low_credit, 12'345), Exception::none);
  EXPECT_EQ(bench.read(Id::low_credit), 12'345);
  EXPECT_EQ(run(dictionary::command_of_verb + 1, {}), Exception::none);
  EXPECT_EQ(result(), CommandResult::done);
  EXPECT_EQ(bench.read(Id::hold_reasons) & dictionary::hold_order, dictionary::hold_order);
  const auto event_count = static_cast<std::uint32_t>(bench.read(Id::event_count));
  bool is_recorded = false;
  for (std::uint32_t n = event_count - 5; n <= event_count; ++n)
    is_recorded = is_recorded || bench.event(n).code == dictionary::EventCode::programmed;
  EXPECT_TRUE(is_recorded);
  EXPECT_EQ(bench.read(Id::order_sequence), 1) << "no sequence of an order is used up";

  bench.wait(quantity::minutes(11));
  EXPECT_EQ(write(Id::limit_always, 600), Exception::illegal_address) << "locked again";
}

TEST_F(CommandTest, NothingWorthMoneyIsOpenToAPassword) {
  open_compatibility();
  ASSERT_EQ(unlock(password), CommandResult::done);
  EXPECT_EQ(write(Id::overdraft_credit, 1'000'000), Exception::illegal_address);
  EXPECT_EQ(write(Id::compatibility_password, 1), Exception::illegal_address);
  EXPECT_EQ(write(Id::balance, 1'000'000), Exception::illegal_address);
  for (const dictionary::VerbRow& verb : dictionary::verbs()) {
    if (verb.is_for(dictionary::Passwords::modbus)) continue;
    order::Command command;
    switch (verb.verb) {
      case 3:
        command = order::SetPrice{};
        break;
      case 9:
        command = order::SetMode{};
        break;
      case 10:
        command = order::OpenAccount{};
        break;
      case 11:
        command = order::Refund{quantity::units(1)};
        break;
      case 12:
        command = order::SetDebt{};
        break;
      case 13:
        command = order::TakeEmergency{};
        break;
      case 16:
        command = order::KeepPower{true};
        break;
      default:
        continue;
    }
    const order::Arguments arguments = order::encode_arguments(command);
    EXPECT_EQ(run(static_cast<std::uint16_t>(dictionary::command_of_verb + verb.verb), arguments.view()),
              Exception::none);
    EXPECT_EQ(result(), CommandResult::locked) << verb.name;
  }
  order::SetParameters overdraft;
  overdraft.parameters[0] = {dictionary::row(Id::overdraft_credit).address, 1'000'000};
  EXPECT_EQ(run(dictionary::command_of_verb + 8, order::encode_arguments(overdraft).view()), Exception::none);
  EXPECT_EQ(result(), CommandResult::locked);
}

TEST_F(CommandTest, WrongPasswordsAreSlowedDown) {
  open_compatibility();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(unlock(1), CommandResult::refused);
  EXPECT_EQ(unlock(password), CommandResult::locked) << "one a minute is judged";
  bench.wait(quantity::minutes(2));
  EXPECT_EQ(unlock(password), CommandResult::done);
  EXPECT_EQ(run(dictionary::command_lock, {}), Exception::none);
  EXPECT_EQ(write(Id::limit_always, 600), Exception::illegal_address);
}

TEST_F(CommandTest, BroadcastCorrectsTheClockOnceADayByFiveMinutes) {
  const quantity::Duration minute = quantity::minutes(1);
  bench.send(++sequence, order::SetClock{quantity::Instant::of(1'790'000'000'000)});  // 14:13:20 UTC
  broadcast_time(bench.look().clock + quantity::minutes(6));
  EXPECT_LT(clock_error(), minute) << "too far";
  broadcast_time(quantity::Instant::of(std::numeric_limits<std::int64_t>::min()));
  broadcast_time(quantity::Instant::of(std::numeric_limits<std::int64_t>::max()));
  EXPECT_LT(clock_error(), minute);
  broadcast_time(bench.look().clock + quantity::minutes(2));
  EXPECT_GT(clock_error(), minute);
  broadcast_time(bench.look().clock + quantity::minutes(2));
  EXPECT_LT(clock_error(), quantity::minutes(3)) << "once a day";
  bench.power_cycle();
  broadcast_time(bench.look().clock + quantity::minutes(2));
  EXPECT_LT(clock_error(), quantity::minutes(3)) << "also after a power cut";
  bench.now = bench.now + quantity::minutes(1440);
  bench.meter->poll(bench.now);
  broadcast_time(bench.look().clock + quantity::minutes(2));
  EXPECT_GT(clock_error(), quantity::minutes(3)) << "the next day";
}

TEST_F(CommandTest, BroadcastNearMidnightIsRefused) {
  bench.send(++sequence, order::SetClock{quantity::Instant::of(1'790'035'080'000)});  // 23:58 UTC
  const quantity::Duration before = clock_error();
  broadcast_time(bench.look().clock + quantity::minutes(1));
  EXPECT_EQ(clock_error(), before);
}

TEST(Dictionary, KnowsEveryVerbAndEveryRecord) {
  EXPECT_EQ(dictionary::verbs().size(), std::variant_size_v<order::Command>);
  EXPECT_EQ(dictionary::records().size(), records::log_count);
  for (const dictionary::RecordRow& record : dictionary::records())
    EXPECT_EQ(record.least_entries, records::depth_of(static_cast<records::Log>(record.number)))
        << record.name;
}

TEST_F(CommandTest, RecordsAreReadAsFiles) {
  for (std::uint32_t i = 0; i < 3; ++i) bench.buy(1000 + i, quantity::units(1));
  const std::uint32_t count = bench.look().event_count;
  const auto ask = [this](std::uint16_t file, std::uint32_t number, std::uint16_t registers) {
    return bench.exchange(
        modbus::file_request(bench.request, 1, file, static_cast<std::uint16_t>(number), registers));
  };
  const modbus::Reply newest = ask(1, count, 12);
  ASSERT_EQ(newest.exception, Exception::none);
  EXPECT_EQ(bytes::Reader{newest.data}.big<std::uint32_t>(), count);
  const records::Event event = records::decode(newest.data.subspan(4));
  EXPECT_EQ(event.number, count);
  EXPECT_EQ(event.code, dictionary::EventCode::token_accepted);
  EXPECT_EQ(ask(4, 1, 12).exception, Exception::none) << "the first of the log of tokens";
  EXPECT_EQ(ask(1, count + 1, 12).exception, Exception::illegal_address) << "not there yet";
  EXPECT_EQ(ask(1, 0, 12).exception, Exception::illegal_address) << "entries count from 1";
  EXPECT_EQ(ask(1, count, 13).exception, Exception::illegal_address) << "longer than an entry";
  EXPECT_EQ(ask(0, count, 12).exception, Exception::illegal_address) << "no such file";
  EXPECT_EQ(ask(20, count, 12).exception, Exception::illegal_address) << "no such file";
}

}  // namespace
}  // namespace lk::meter
