// SPDX-License-Identifier: Apache-2.0
// What the optical port speaks is a parameter: IEC 62056-21 mode C in a new meter, or DL/T 645.
#include <gtest/gtest.h>

#include <string>

#include "dlt645/frame.hpp"
#include "iec62056/session.hpp"
#include "meter/core/testing/ordered.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using dictionary::OrderResult;

class OpticalProtocolTest : public ::testing::Test {
 protected:
  // What is said within a second of a request.
  std::string ask(std::string_view request) {
    for (const char c : request) bench.meter->hear_optical(c, bench.now);
    std::string said;
    for (int i = 0; i < 10; ++i) {
      bench.now = bench.now + quantity::milliseconds(100);
      said += bench.meter->say_optical(bench.now);
    }
    return said;
  }
  std::string sign_on() { return ask("/?!\r\n"); }
  // The control byte of the answer to "read address", 0 for silence.
  int read_address() {
    std::array<std::byte, 32> room{};
    const auto size_bytes = dlt645::build(room, dlt645::wild_address, 0x13, {});
    std::string request;
    for (const std::byte byte : std::span{room}.first(size_bytes)) request += static_cast<char>(byte);
    std::string said = ask("\xFE\xFE" + request);
    const auto answer = dlt645::parse(std::as_writable_bytes(std::span{said}));
    return answer ? answer->control : 0;
  }
  OrderResult set(std::int64_t value) {
    return bench.set(dictionary::row(Id::optical_protocol).address, value).result;
  }
  static std::string block(const std::string& command, const std::string& data) {
    const std::string text = command + '\x02' + data + '\x03';
    return '\x01' + text + static_cast<char>(iec62056::block_check(text));
  }

  Ordered bench;
};

TEST_F(OpticalProtocolTest, IsModeCInANewMeter) {
  EXPECT_EQ(bench.read(Id::optical_protocol), 1);
  EXPECT_EQ(bench.meter->optical_baud(), 300U);
  EXPECT_EQ(bench.meter->optical_character_bits(), 10);
  EXPECT_EQ(sign_on(), "/LKY5LK1P\r\n");
  EXPECT_EQ(read_address(), 0);
}

TEST_F(OpticalProtocolTest, ASealedOrderMakesItDlt645AndBackAlsoOverAPowerCut) {
  ASSERT_EQ(set(2), OrderResult::done);
  EXPECT_EQ(read_address(), 0x93);
  EXPECT_EQ(bench.meter->optical_baud(), 1'200U);
  EXPECT_EQ(bench.meter->optical_character_bits(), 11);
  EXPECT_EQ(sign_on(), "");
  bench.power_cycle();
  EXPECT_EQ(bench.meter->optical_baud(), 1'200U);
  EXPECT_EQ(read_address(), 0x93);
  ASSERT_EQ(set(1), OrderResult::done);
  EXPECT_EQ(sign_on(), "/LKY5LK1P\r\n");
  EXPECT_EQ(set(3), OrderResult::refused);
  EXPECT_EQ(set(0), OrderResult::refused);
}

TEST_F(OpticalProtocolTest, TheAnswerThatTellsOfTheChangeStillComesInTheOldProtocol) {
  (void)sign_on();
  (void)ask(
      "\x06"
      "051\r\n");
  std::string digits;
  constexpr std::string_view digit = "0123456789ABCDEF";
  const order::SetParameters change{1, {{{dictionary::row(Id::optical_protocol).address, 2}}}};
  const order::SealedOrder sealed = bench.sealed(1, change);
  for (const std::byte byte : sealed.view()) {
    digits += digit[std::to_integer<std::size_t>(byte) >> 4U];
    digits += digit[std::to_integer<std::size_t>(byte) & 0xFU];
  }
  EXPECT_EQ(ask(block("W1", "0-0:128.14.0(" + digits + ")")), "\x06");
  EXPECT_EQ(bench.meter->optical_baud(), 1'200U);
  EXPECT_EQ(read_address(), 0x93);
}

}  // namespace
}  // namespace lk::meter
