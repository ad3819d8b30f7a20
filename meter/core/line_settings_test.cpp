// SPDX-License-Identifier: Apache-2.0
// The serial line's settings: by sealed order over each link, by the tools of an SDM meter where a site lets
// a password do it; in force behind the answer, and kept over power cuts.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bytes/bytes.hpp"
#include "meter/core/testing/bench.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using dictionary::OrderResult;
using modbus::Exception;

constexpr std::uint32_t password = 1000;

order::SetParameters setting(Id id, std::int64_t value) {
  order::SetParameters set;
  set.parameters[0] = {dictionary::row(id).address, value};
  return set;
}

class LineSettingsTest : public ::testing::Test {
 protected:
  // Each way in which an order reaches the meter; whether it was answered "done".
  bool by_modbus(const order::SealedOrder& order) {
    std::array<std::byte, 80> registers{};
    bytes::Writer writer{registers};
    writer.big(static_cast<std::uint16_t>(order.view().size()));
    writer.copy(order.view());
    const std::size_t size_bytes = writer.size_bytes() + writer.size_bytes() % 2;
    const std::size_t request_bytes =
        modbus::write_request(bench.request, unit(), dictionary::row(Id::order_entry).address,
                              std::span{registers}.first(size_bytes));
    return bench.exchange(request_bytes).exception == Exception::none;
  }
  bool by_dlt645(const order::SealedOrder& order) {
    std::array<std::byte, 8 + order::order_max_bytes> data{};
    bytes::Writer writer{data};
    writer.little(std::uint32_t{0x070A'01FF});
    writer.little(std::uint32_t{0});
    writer.copy(order.view());
    const dlt645::Frame request{dlt645::address_of(7'000'000'019), 0x03, writer.written()};
    const std::size_t size_bytes = bench.meter->serve(request, bench.answer, bench.now);
    return size_bytes > 8 && bench.answer[8] == std::byte{0x83};
  }
  bool by_optical_port(const order::SealedOrder& order) {
    std::string digits;
    for (const std::byte b : order.view()) {
      constexpr std::string_view hex = "0123456789ABCDEF";
      digits += hex[std::to_integer<unsigned>(b) >> 4U];
      digits += hex[std::to_integer<unsigned>(b) & 0xFU];
    }
    say("/?!\r\n");
    (void)hear();
    say("\x06"
        "001\r\n");
    (void)hear();
    say(block("W1", "0-0:128.14.0(" + digits + ")"));
    return hear() == "\x06";
  }
  std::uint8_t unit() const { return bench.meter->line().address; }

  void say(const std::string& text) {
    for (const char c : text) bench.meter->hear_optical(c, bench.now);
  }
  // All that it says within a second: after two it would wait for no choice any more.
  std::string hear() {
    std::string said;
    for (int i = 0; i < 10; ++i) {
      bench.now = bench.now + quantity::milliseconds(100);
      said += bench.meter->say_optical(bench.now);
    }
    return said;
  }
  static std::string block(const std::string& command, const std::string& data) {
    std::string text = command + '\x02' + data + '\x03';
    char sum = 0;
    for (const char c : text) sum = static_cast<char>(sum ^ c);
    return '\x01' + text + sum;
  }

  // A float setting as an SDM's tools write and read it.
  Exception write_float(std::uint16_t address, std::uint32_t bits) {
    std::array<std::byte, 4> registers{};
    bytes::Writer{registers}.big(bits);
    return bench.exchange(modbus::write_request(bench.request, unit(), address, registers)).exception;
  }
  std::uint32_t read_float(std::uint16_t address, modbus::Function function) {
    const auto reply = bench.exchange(modbus::read_request(bench.request, unit(), function, address, 2));
    return bytes::Reader{reply.data}.big<std::uint32_t>();
  }

  Bench bench;
};

TEST_F(LineSettingsTest, ANewMeterIsAsItWasInstalled) {
  EXPECT_EQ(bench.meter->line(), bench.configuration.line);
  EXPECT_EQ(bench.read(Id::line_address), 1);
  EXPECT_EQ(bench.read(Id::line_baud), 9'600);
  EXPECT_EQ(bench.read(Id::line_parity), 1);
  EXPECT_EQ(bench.read(Id::line_protocol), 3);
}

TEST_F(LineSettingsTest, AreSetBySealedOrderOverEachLink) {
  std::uint32_t sequence = 0;
  EXPECT_TRUE(by_modbus(bench.sealed(++sequence, setting(Id::line_baud, 115'200))));
  EXPECT_EQ(bench.meter->line().baud, 115'200U);
  EXPECT_TRUE(by_dlt645(bench.sealed(++sequence, setting(Id::line_parity, 2))));
  EXPECT_EQ(bench.meter->line().parity, links::Parity::even);
  EXPECT_TRUE(by_optical_port(bench.sealed(++sequence, setting(Id::line_protocol, 1))));
  EXPECT_EQ(bench.meter->line().protocol, links::Protocol::modbus);

  bench.power_cycle();
  const links::LineSettings kept{1, 115'200, links::Parity::even, links::Protocol::modbus};
  EXPECT_EQ(bench.meter->line(), kept) << "over a power cut";
  EXPECT_EQ(bench.send(++sequence, setting(Id::line_baud, 0)).result, OrderResult::done);
  EXPECT_EQ(bench.meter->line().baud, 9'600U) << "as installed again";
}

TEST_F(LineSettingsTest, TheAnswerComesFromTheOldAddressAndTheNextFromTheNew) {
  EXPECT_TRUE(by_modbus(bench.sealed(1, setting(Id::line_address, 17))));
  EXPECT_EQ(bench.answer[0], std::byte{1}) << "the order's own answer";
  const auto ask = [this](std::uint8_t to) {
    const std::size_t size_bytes =
        modbus::read_request(bench.request, to, modbus::Function::read_holding_registers, 0x5000, 4);
    return bench.meter->serve(std::span{bench.request}.first(size_bytes), bench.answer, bench.now);
  };
  EXPECT_EQ(ask(1), 0U);
  EXPECT_GT(ask(17), 0U);
  bench.power_cycle();
  EXPECT_EQ(ask(1), 0U);
  EXPECT_GT(ask(17), 0U);
}

struct RangeRow {
  const char* name;
  Id id;
  std::int64_t value;
  OrderResult result;
};

TEST_F(LineSettingsTest, TakeOnlyWhatALineCanBe) {
  const RangeRow rows[] = {
      {"the slowest", Id::line_baud, 1'200, OrderResult::done},
      {"the fastest", Id::line_baud, 115'200, OrderResult::done},
      {"slower", Id::line_baud, 600, OrderResult::refused},
      {"a rate of none", Id::line_baud, 14'400, OrderResult::refused},
      {"faster", Id::line_baud, 230'400, OrderResult::refused},
      {"the highest unit", Id::line_address, 247, OrderResult::done},
      {"a reserved unit", Id::line_address, 248, OrderResult::refused},
      {"two stop bits", Id::line_parity, 4, OrderResult::done},
      {"no parity that is", Id::line_parity, 5, OrderResult::refused},
      {"a protocol of none", Id::line_protocol, 4, OrderResult::refused},
      {"below all", Id::line_protocol, -1, OrderResult::refused},
  };
  std::uint32_t sequence = 0;
  for (const RangeRow& row : rows)
    EXPECT_EQ(bench.send(++sequence, setting(row.id, row.value)).result, row.result) << row.name;
}

TEST(LineSettingsOfABody, WithoutParityTakeNoneByNobody) {
  Configuration configuration = test_configuration();
  configuration.makes_parity = false;
  Bench bench{configuration};
  const std::uint16_t address = dictionary::row(Id::line_parity).address;
  std::uint32_t sequence = 0;
  for (const std::int64_t value : {2, 3, 4}) {
    const OrderAnswer answer = bench.send(++sequence, setting(Id::line_parity, value));
    EXPECT_EQ(answer.result, OrderResult::refused) << value;
    EXPECT_EQ(answer.value, address);
  }
  for (const std::int64_t value : {1, 0})
    EXPECT_EQ(bench.send(++sequence, setting(Id::line_parity, value)).result, OrderResult::done) << value;
  EXPECT_EQ(bench.meter->line().parity, links::Parity::none);
}

TEST_F(LineSettingsTest, ToolsOfAnSdmReadThemAndWriteNothingWithoutThePassword) {
  constexpr auto holding = modbus::Function::read_holding_registers;
  EXPECT_EQ(read_float(0x0014, holding), 0x3F80'0000U) << "node 1";
  EXPECT_EQ(read_float(0x001C, holding), 0x4000'0000U) << "code 2: 9600";
  EXPECT_EQ(read_float(0x0012, holding), 0U) << "no parity, one stop bit";
  EXPECT_EQ(read_float(0x0002, holding), 0x4170'0000U) << "15 minutes";
  EXPECT_EQ(read_float(0x0018, holding), 0U) << "the password is not told";
  EXPECT_EQ(read_float(0x0014, modbus::Function::read_input_registers), 0U)
      << "function 04 shows what is measured: no second phase";
  EXPECT_EQ(write_float(0x0014, 0x4000'0000), Exception::illegal_address);
  EXPECT_EQ(write_float(0x0018, 0x447A'0000), Exception::illegal_address) << "no compatibility mode";
  EXPECT_EQ(unit(), 1);
}

TEST_F(LineSettingsTest, ToolsOfAnSdmSetThemWithThePasswordWhereTheSiteHasThatMode) {
  order::SetParameters open = setting(Id::compatibility_mode, 1);
  open.count = 2;
  open.parameters[1] = {dictionary::row(Id::compatibility_password).address, password};
  ASSERT_EQ(bench.send(1, open).result, OrderResult::done);
  EXPECT_EQ(write_float(0x0014, 0x4000'0000), Exception::illegal_address) << "locked yet";
  EXPECT_EQ(write_float(0x0018, 0x3F80'0000), Exception::illegal_value) << "1.0 is not the password";
  EXPECT_EQ(write_float(0x0018, 0x447A'0000), Exception::none) << "1000.0 is";
  EXPECT_EQ(write_float(0x001C, 0x40A0'0000), Exception::none);
  EXPECT_EQ(bench.meter->line().baud, 1'200U);
  EXPECT_EQ(write_float(0x001C, 0x4120'0000), Exception::illegal_value) << "code 10 is none";
  EXPECT_EQ(write_float(0x0012, 0x4000'0000), Exception::none);
  EXPECT_EQ(bench.meter->line().parity, links::Parity::odd);
  EXPECT_EQ(write_float(0x0014, 0x4377'0000), Exception::none);
  EXPECT_EQ(bench.answer[0], std::byte{1}) << "answered by the old unit";
  EXPECT_EQ(unit(), 247);
  bench.power_cycle();
  EXPECT_EQ(unit(), 247);
  EXPECT_EQ(write_float(0x0014, 0x3F80'0000), Exception::illegal_address) << "locked again";
}

}  // namespace
}  // namespace lk::meter
