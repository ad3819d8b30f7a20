// SPDX-License-Identifier: Apache-2.0
#include "meter/links/modbus_slave.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bytes/bytes.hpp"
#include "dictionary/codec.hpp"
#include "modbus/master.hpp"
#include "bytes/testing/hex.hpp"

namespace lk::links {
namespace {

using bytes::hex;

using modbus::Function;

// Every number row reads as its own id and slot, so that a wrong row is seen.
class Recorder final : public Device {
 public:
  std::int64_t number(dictionary::Id id, std::uint16_t slot_index) override {
    return static_cast<std::int64_t>(id) + 200 * slot_index;
  }
  std::string_view text(dictionary::Id id, std::uint16_t /*slot_index*/) override {
    return id == dictionary::Id::token_entry ? "12345678901234567890" : "text";
  }
  void enter_token(std::span<const char, 20> characters) override {
    token.assign(characters.begin(), characters.end());
  }
  void enter_order(std::span<const std::byte> bytes) override { order = hex(bytes); }

  std::string token;
  std::string order;
};

class ModbusSlaveTest : public ::testing::Test {
 protected:
  std::span<const std::byte> ask(std::size_t size_bytes) {
    const std::size_t answer_bytes = slave_.serve(std::span{request_}.first(size_bytes), answer_, device_);
    return std::span{answer_}.first(answer_bytes);
  }
  // The exception of the answer; "silence" or "done" where there is none.
  std::string outcome(std::size_t size_bytes) {
    const auto answer = ask(size_bytes);
    if (answer.empty()) return "silence";
    const auto reply = modbus::parse_reply(std::span{request_}.first(size_bytes), answer);
    if (!reply) return "bad reply";
    if (reply->exception == modbus::Exception::none) return "done";
    return "exception " + std::to_string(static_cast<int>(reply->exception));
  }
  std::size_t read(std::uint16_t address, std::uint16_t count) {
    return modbus::read_request(request_, 5, Function::read_holding_registers, address, count);
  }

  ModbusSlave slave_{5, {"Latchkey", "LK1P", "0.1.0", "LK1P prepaid", "07000000019"}};
  Recorder device_;
  std::array<std::byte, modbus::max_frame_bytes> request_{};
  std::array<std::byte, modbus::max_frame_bytes> answer_{};
};

TEST_F(ModbusSlaveTest, EveryRowReadsWhole) {
  for (const Function function : {Function::read_holding_registers, Function::read_input_registers}) {
    for (const dictionary::Row& row : dictionary::rows()) {
      for (std::uint16_t slot = 0; slot < row.slot_count; ++slot) {
        const auto address = static_cast<std::uint16_t>(row.address + slot * row.slot_stride);
        const std::size_t size_bytes =
            modbus::read_request(request_, 5, function, address, row.register_count);
        if (!row.is_readable()) {
          EXPECT_EQ(outcome(size_bytes), "exception 2") << row.name;
          continue;
        }
        ASSERT_EQ(outcome(size_bytes), "done") << row.name;
        const auto reply = modbus::parse_reply(std::span{request_}.first(size_bytes), ask(size_bytes));
        if (!row.is_number()) continue;
        EXPECT_EQ(dictionary::decode(row, reply->data), static_cast<std::int64_t>(row.id) + 200 * slot)
            << row.name;
      }
    }
  }
}

struct RangeRow {
  const char* name;
  std::uint16_t address;
  std::uint16_t count;
  const char* outcome;
};

TEST_F(ModbusSlaveTest, RangesAreReadWholeOrRefused) {
  const RangeRow rows[] = {
      {"the SDM120's values", 0x0000, 0x50, "done"},
      {"the end of the SDM block", 0x0150, 0x34, "done"},
      {"past the SDM block", 0x0150, 0x35, "exception 2"},
      {"zero between SDM rows", 0x0002, 4, "done"},
      {"half of a float", 0x0000, 1, "exception 2"},
      {"from the middle of a float", 0x0001, 2, "exception 2"},
      {"the account in one read", 0x5000, 0x26, "done"},
      {"one register too many", 0x5000, 0x27, "exception 2"},
      {"half a balance", 0x5000, 2, "exception 2"},
      {"from the middle of a value", 0x5001, 3, "exception 2"},
      {"token and result", 0x5100, 17, "done"},
      {"result of an order", 0x5240, 7, "done"},
      {"an order is not read back", 0x5200, 1, "exception 2"},
      {"all events", 0x5300, 120, "done"},
      {"nothing there", 0x9000, 1, "exception 2"},
      {"past the end of addresses", 0xFFFF, 2, "exception 2"},
  };
  for (const RangeRow& row : rows) EXPECT_EQ(outcome(read(row.address, row.count)), row.outcome) << row.name;
}

struct WriteRow {
  const char* name;
  std::uint16_t address;
  std::vector<std::byte> registers;
  const char* outcome;
};

TEST_F(ModbusSlaveTest, WritesGoWhereTheyMayAndNowhereElse) {
  std::vector<std::byte> longest(2 + 78);
  longest[1] = std::byte{78};
  const WriteRow rows[] = {
      {"half a token", 0x5100, std::vector<std::byte>(10), "exception 2"},
      {"more than a token", 0x5100, std::vector<std::byte>(22), "exception 2"},
      {"from the middle of a token", 0x5101, std::vector<std::byte>(18), "exception 2"},
      {"a balance", 0x5000, std::vector<std::byte>(8), "exception 2"},
      {"nothing there", 0x9000, std::vector<std::byte>(2), "exception 2"},
      {"an order without bytes", 0x5200, hex("00 00"), "exception 3"},
      {"an order shorter than it says", 0x5200, hex("00 04 01 02"), "exception 3"},
      {"an order longer than it says", 0x5200, hex("00 02 01 02 00 00"), "exception 3"},
      {"the longest order", 0x5200, longest, "done"},
      {"an order beyond the longest", 0x5200, std::vector<std::byte>(82), "exception 2"},
  };
  for (const WriteRow& row : rows) {
    EXPECT_EQ(outcome(modbus::write_request(request_, 5, row.address, row.registers)), row.outcome)
        << row.name;
    EXPECT_TRUE(device_.token.empty()) << row.name;
  }
  EXPECT_EQ(outcome(modbus::write_request(request_, 5, 0x5100, std::uint16_t{0x3131})), "exception 2")
      << "a token is written only as a whole";
}

TEST_F(ModbusSlaveTest, TokenAndOrderReachTheDevice) {
  const std::string digits = "01234567890123456789";
  const auto registers = std::as_bytes(std::span{digits});
  EXPECT_EQ(outcome(modbus::write_request(request_, 5, 0x5100, registers)), "done");
  EXPECT_EQ(device_.token, digits);
  EXPECT_EQ(outcome(modbus::write_request(request_, 5, 0x5200, hex("00 03 AA BB CC 00"))), "done");
  EXPECT_EQ(device_.order, "AA BB CC");
}

TEST_F(ModbusSlaveTest, BroadcastActsOnWritesAndIsNeverAnswered) {
  const std::string digits = "01234567890123456789";
  const auto registers = std::as_bytes(std::span{digits});
  EXPECT_EQ(outcome(modbus::write_request(request_, 0, 0x5100, registers)), "silence");
  EXPECT_EQ(device_.token, digits);
  EXPECT_EQ(outcome(modbus::read_request(request_, 0, Function::read_holding_registers, 0x5000, 4)),
            "silence");
  EXPECT_EQ(outcome(modbus::echo_request(request_, 0, 1)), "silence");
  EXPECT_EQ(outcome(modbus::write_request(request_, 0, 0x5000, registers)), "silence");
}

TEST_F(ModbusSlaveTest, IsSilentToOthersAndToDamage) {
  EXPECT_EQ(outcome(modbus::read_request(request_, 6, Function::read_holding_registers, 0x5000, 4)),
            "silence");
  const std::size_t size_bytes = read(0x5000, 4);
  request_[3] ^= std::byte{1};
  EXPECT_TRUE(ask(size_bytes).empty());
  EXPECT_TRUE(ask(3).empty());
  EXPECT_TRUE(ask(0).empty());
}

TEST_F(ModbusSlaveTest, ChecksFunctionThenCountThenAddress) {
  EXPECT_EQ(hex(ask(8)), "") << "zeros are no frame";
  request_[0] = std::byte{5};
  request_[1] = std::byte{0x05};
  EXPECT_EQ(ask(modbus::seal_frame(request_, 6))[2], std::byte{1}) << "a coil is an unknown function";
  const auto bad_count = hex("05 03 60 00 00 7E 00 00");
  std::ranges::copy(bad_count, request_.begin());
  EXPECT_EQ(ask(modbus::seal_frame(request_, 6))[2], std::byte{3}) << "the count comes before the address";
}

TEST_F(ModbusSlaveTest, CountsWhatItHears) {
  using modbus::Diagnostic;
  const auto counter = [this](Diagnostic which) {
    const std::size_t size_bytes =
        modbus::diagnostic_request(request_, 5, static_cast<std::uint16_t>(which), 0);
    const auto reply = modbus::parse_reply(std::span{request_}.first(size_bytes), ask(size_bytes));
    return reply ? bytes::Reader{reply->data}.big<std::uint16_t>() : 0xFFFF;
  };
  EXPECT_EQ(outcome(modbus::diagnostic_request(request_, 5, 0x000A, 0)), "done");
  EXPECT_EQ(outcome(read(0x9000, 1)), "exception 2");
  EXPECT_EQ(outcome(modbus::read_request(request_, 6, Function::read_holding_registers, 0x5000, 4)),
            "silence");
  EXPECT_EQ(outcome(modbus::echo_request(request_, 0, 1)), "silence");
  request_[2] ^= std::byte{1};
  EXPECT_TRUE(ask(8).empty());
  EXPECT_EQ(counter(Diagnostic::bus_messages), 4) << "this one among them";
  EXPECT_EQ(counter(Diagnostic::bus_errors), 1);
  EXPECT_EQ(counter(Diagnostic::exceptions), 1);
  EXPECT_EQ(counter(Diagnostic::own_messages), 6);
  EXPECT_EQ(counter(Diagnostic::unanswered), 1);
  EXPECT_EQ(counter(Diagnostic::overruns), 0);
}

TEST_F(ModbusSlaveTest, ListensOnlyUntilItIsRestarted) {
  EXPECT_EQ(outcome(modbus::diagnostic_request(request_, 5, 0x0004, 0)), "silence");
  EXPECT_EQ(outcome(read(0x5000, 4)), "silence");
  const std::string digits = "01234567890123456789";
  EXPECT_EQ(outcome(modbus::write_request(request_, 5, 0x5100, std::as_bytes(std::span{digits}))), "silence");
  EXPECT_TRUE(device_.token.empty()) << "nothing is acted on";
  EXPECT_EQ(outcome(modbus::diagnostic_request(request_, 5, 0x0001, 0)), "silence");
  EXPECT_EQ(outcome(read(0x5000, 4)), "done");
}

TEST_F(ModbusSlaveTest, TellsWhoItIs) {
  EXPECT_EQ(outcome(modbus::echo_request(request_, 5, 0xABCD)), "done");
  const std::size_t server_id = modbus::server_id_request(request_, 5);
  const auto reply = modbus::parse_reply(std::span{request_}.first(server_id), ask(server_id));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->data[0], std::byte{ModbusSlave::server_id});
  EXPECT_EQ(reply->data[1], std::byte{0xFF});
  EXPECT_EQ(outcome(modbus::identification_request(request_, 5, 1, 0)), "done");
  EXPECT_EQ(outcome(modbus::identification_request(request_, 5, 4, 0x80)), "done");
  EXPECT_EQ(outcome(modbus::identification_request(request_, 5, 4, 0x81)), "exception 2");
}

}  // namespace
}  // namespace lk::links
