// SPDX-License-Identifier: Apache-2.0
// The vectors were made with OpenSSL's command line from docs/formats/card.md, not with this code.
#include "card/secure_channel.hpp"

#include <gtest/gtest.h>

#include "card/testing/hex.hpp"

namespace lk::card {
namespace {

using testing::from_hex;
using testing::to_hex;

Key counting(unsigned from) {
  Key key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = std::byte{static_cast<std::uint8_t>(from + i)};
  return key;
}

constexpr std::uint64_t serial = 0x1122'3344'5566'7788;
const Key meter_key = card_key_of_meter(counting(0));
const Handshake handshake{Role::meter, serial, counting(0x20), counting(0x40)};

TEST(CardKeys, AreThoseOfAnIndependentImplementation) {
  EXPECT_EQ(to_hex(meter_key), "a14817a84251fa306caa8ee3efdf8c6f");
  const Key key = key_of_card(meter_key, Role::meter, serial);
  EXPECT_EQ(to_hex(key), "a8d80939f0d83d09a75e99fd4cd483de");
  EXPECT_EQ(to_hex(key_of_card(meter_key, Role::desk, serial)), "57b7034d23d0ae439727846ceb8eacce");
  EXPECT_EQ(to_hex(statement_key(meter_key)), "8289c2a97a523ead48836af8a47e32f5");
  EXPECT_EQ(to_hex(terminal_cryptogram(key, handshake)), "77863d4bf80dcf71783f7609c7eaf742");
  EXPECT_EQ(to_hex(card_cryptogram(key, handshake)), "8a93ba5fafb147da04852403ea5be1d8");
  const SessionKeys keys = session_keys(key, handshake);
  EXPECT_EQ(to_hex(keys.encryption), "c22e5857e0ba44c7cb9528095f252a56");
  EXPECT_EQ(to_hex(keys.authentication), "b332e992372ce28bbc4ff8597efd4abe");
}

struct Ends {
  SecureChannel terminal{session_keys(key_of_card(meter_key, Role::meter, serial), handshake)};
  SecureChannel card{session_keys(key_of_card(meter_key, Role::meter, serial), handshake)};
};

TEST(SecureChannel, SpeaksAsAnIndependentImplementation) {
  Ends ends;
  std::array<std::byte, command_max_bytes> room{};
  std::array<std::byte, response_max_bytes> answer_room{};
  SecureChannel::DataRoom data{};

  const auto asked = ends.terminal.seal({.ins = 0xB0, .p1 = 0x82, .expected = 15}, room);
  EXPECT_EQ(to_hex(asked), "0cb082000d97010f8e08b5c2975b62b3a7ff00");
  const auto command = ends.card.open(*decode_command(asked), data);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->expected, 15);
  const auto content = from_hex("000102030405060708090a0b0c0d0e");
  const auto answer = ends.card.seal_answer(content, answer_room);
  EXPECT_EQ(to_hex(answer), "8711015b97ba7c04a3fc0af53a1a23eb6a40c4990290008e08244e00a3f99eb7c49000");
  const auto opened = ends.terminal.open(*decode_response(answer), data);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->is(Status::done));
  EXPECT_TRUE(std::ranges::equal(opened->data, content));

  const auto written = from_hex("000102030405060708090a0b0c0d0e0f10111213");
  const auto update = ends.terminal.seal({.ins = 0xD6, .p1 = 0x83, .data = written}, room);
  EXPECT_EQ(
      to_hex(update),
      "0cd683002d8721011d3999cd1e0b9c2e81dd2337b2071730f84cac77a675bb9104971c9de507d4b98e0870363df389474132"
      "00");
  const auto taken = ends.card.open(*decode_command(update), data);
  ASSERT_TRUE(taken);
  EXPECT_TRUE(std::ranges::equal(taken->data, written));
  const auto done = ends.card.seal_answer({}, answer_room);
  EXPECT_EQ(to_hex(done), "990290008e088d2c40ba6c806e8c9000");
  EXPECT_TRUE(ends.terminal.open(*decode_response(done), data));
}

TEST(SecureChannel, EveryTurnedBitIsSeen) {
  std::array<std::byte, command_max_bytes> room{};
  std::array<std::byte, response_max_bytes> answer_room{};
  const auto content = from_hex("0102030405");
  Ends first;
  const auto good = first.terminal.seal({.ins = 0xD6, .p1 = 0x83, .data = content}, room);
  const std::vector<std::byte> command(good.begin(), good.end());
  for (std::size_t bit = 0; bit < (command.size() - 1) * 8; ++bit) {  // Le is the transport's
    auto damaged = command;
    damaged[bit / 8] ^= std::byte{static_cast<std::uint8_t>(1U << bit % 8)};
    const auto decoded = decode_command(damaged);
    if (!decoded || decoded->cla != secure_class) continue;
    Ends ends;
    SecureChannel::DataRoom data{};
    EXPECT_FALSE(ends.card.open(*decoded, data)) << bit;
  }
  SecureChannel::DataRoom data{};
  ASSERT_TRUE(first.card.open(*decode_command(command), data));
  const auto answered = first.card.seal_answer(content, answer_room);
  const std::vector<std::byte> answer(answered.begin(), answered.end());
  for (std::size_t bit = 0; bit < (answer.size() - 2) * 8; ++bit) {
    auto damaged = answer;
    damaged[bit / 8] ^= std::byte{static_cast<std::uint8_t>(1U << bit % 8)};
    Ends ends;
    SecureChannel::DataRoom opened{};
    (void)ends.terminal.seal({.ins = 0xD6, .p1 = 0x83, .data = content}, room);
    EXPECT_FALSE(ends.terminal.open(*decode_response(damaged), opened)) << bit;
  }
}

TEST(SecureChannel, NothingIsTakenTwiceOrLeftOut) {
  Ends ends;
  std::array<std::byte, command_max_bytes> room{};
  std::array<std::byte, command_max_bytes> second_room{};
  SecureChannel::DataRoom data{};
  const auto one = ends.terminal.seal({.ins = 0xB0, .p1 = 0x82, .expected = 15}, room);
  const auto two = ends.terminal.seal({.ins = 0xB0, .p1 = 0x82, .expected = 15}, second_room);
  Ends other = ends;
  EXPECT_EQ(other.card.open(*decode_command(two), data).error(), Status::wrong_secure_object);
  EXPECT_TRUE(ends.card.open(*decode_command(one), data));
  EXPECT_EQ(ends.card.open(*decode_command(one), data).error(), Status::wrong_secure_object);
  EXPECT_EQ(ends.card.open(Command{.cla = secure_class, .ins = 0xB0}, data).error(),
            Status::no_secure_object);
}

TEST(SecureChannel, CarriesEverySize) {
  for (std::size_t size = 0; size <= secure_data_max_bytes; ++size) {
    Ends ends;
    std::array<std::byte, command_max_bytes> room{};
    std::array<std::byte, response_max_bytes> answer_room{};
    SecureChannel::DataRoom data{};
    const std::vector<std::byte> content(size, std::byte{0x80});
    const auto command =
        ends.card.open(*decode_command(ends.terminal.seal({.ins = 1, .data = content}, room)), data);
    ASSERT_TRUE(command) << size;
    EXPECT_TRUE(std::ranges::equal(command->data, content)) << size;
    const auto answer =
        ends.terminal.open(*decode_response(ends.card.seal_answer(content, answer_room)), data);
    ASSERT_TRUE(answer) << size;
    EXPECT_TRUE(std::ranges::equal(answer->data, content)) << size;
  }
}

}  // namespace
}  // namespace lk::card
