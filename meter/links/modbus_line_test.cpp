// SPDX-License-Identifier: Apache-2.0
// A slave at a line as a port gives it bytes: frames that are cut, run together, said twice, damaged or for
// others, and what becomes of the frame after them.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "meter/links/modbus_slave.hpp"
#include "modbus/assembler.hpp"
#include "modbus/master.hpp"

namespace lk::links {
namespace {

using modbus::Gaps;
using Bytes = std::vector<std::byte>;

class CountingDevice final : public Device {
 public:
  std::int64_t number(dictionary::Id id, std::uint16_t /*slot_index*/) override {
    return static_cast<std::int64_t>(id);
  }
  std::string_view text(dictionary::Id /*id*/, std::uint16_t /*slot_index*/) override { return "text"; }
  void enter_token(std::span<const char, 20> /*characters*/) override { ++token_count; }
  void enter_order(std::span<const std::byte> /*order*/) override { ++order_count; }

  int token_count = 0;
  int order_count = 0;
};

constexpr std::uint8_t unit = 5;

class Wire {
 public:
  Wire(std::uint32_t baud, Gaps gaps)
      : timing(modbus::timing_of(baud)), assembler_(modbus::Assembler::of_slave(timing, unit, gaps)) {}

  void say(std::span<const std::byte> bytes) {
    for (const std::byte b : bytes) {
      now_us_ += timing.character_us;
      serve(assembler_.poll(now_us_));
      serve(assembler_.take(b, now_us_));
    }
  }
  void silence(std::int64_t duration_us) {
    now_us_ += duration_us;
    serve(assembler_.poll(now_us_));
  }
  void end_frame() { silence(std::int64_t{timing.t3_5_us} + timing.character_us); }

  modbus::Timing timing;
  CountingDevice device;
  std::vector<Bytes> answers;

 private:
  void serve(std::span<const std::byte> frame) {
    if (frame.empty()) return;
    std::array<std::byte, modbus::max_frame_bytes> room{};
    const std::size_t size_bytes = slave_.serve(frame, room, device);
    if (size_bytes > 0)
      answers.emplace_back(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size_bytes));
  }

  modbus::Assembler assembler_;
  ModbusSlave slave_{unit, {"Latchkey", "LK1P", "0.1.0", "LK1P prepaid", "07000000019"}};
  std::int64_t now_us_ = 1'000'000;
};

Bytes read_frame(std::uint8_t to, std::uint16_t address, std::uint16_t count) {
  std::array<std::byte, modbus::max_frame_bytes> room{};
  const std::size_t size_bytes =
      modbus::read_request(room, to, modbus::Function::read_holding_registers, address, count);
  return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size_bytes)};
}

Bytes token_frame(std::uint8_t to) {
  std::array<std::byte, modbus::max_frame_bytes> room{};
  const std::string digits = "01234567890123456789";
  const std::size_t size_bytes = modbus::write_request(room, to, 0x5100, std::as_bytes(std::span{digits}));
  return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size_bytes)};
}

// The frame that follows a disturbance and a silence is answered as if nothing had been before.
void expect_next_is_answered(Wire& wire, const std::string& name) {
  wire.end_frame();
  const std::size_t before = wire.answers.size();
  const Bytes ask = read_frame(unit, 0x5000, 4);
  wire.say(ask);
  wire.end_frame();
  ASSERT_EQ(wire.answers.size(), before + 1) << name;
  const auto reply = modbus::parse_reply(ask, wire.answers.back());
  ASSERT_TRUE(reply.has_value()) << name;
  EXPECT_EQ(reply->exception, modbus::Exception::none) << name;
}

struct LineRow {
  std::uint32_t baud;
  Gaps gaps;
};
constexpr LineRow lines[] = {{1'200, Gaps::true_to_the_wire},  {9'600, Gaps::true_to_the_wire},
                             {19'200, Gaps::true_to_the_wire}, {115'200, Gaps::true_to_the_wire},
                             {9'600, Gaps::blurred},           {115'200, Gaps::blurred}};

TEST(ModbusLine, AFrameCutByASilenceIsNotAnsweredAndTheNextIs) {
  for (const LineRow& line : lines) {
    const Bytes frame = token_frame(unit);
    for (std::size_t cut = 1; cut < frame.size(); ++cut) {
      Wire wire{line.baud, line.gaps};
      wire.say(std::span{frame}.first(cut));
      wire.end_frame();
      wire.say(std::span{frame}.subspan(cut));
      expect_next_is_answered(wire, "cut at " + std::to_string(cut));
      EXPECT_EQ(wire.device.token_count, 0) << "cut at " << cut;
    }
  }
}

TEST(ModbusLine, FramesThatRunTogetherDisturbNothingLater) {
  for (const LineRow& line : lines) {
    Wire wire{line.baud, line.gaps};
    wire.say(token_frame(unit));
    wire.say(token_frame(unit));
    expect_next_is_answered(wire, "doubled");
    EXPECT_GE(wire.device.token_count, 1);
    EXPECT_LE(wire.device.token_count, 2);
    EXPECT_EQ(wire.answers.size(), static_cast<std::size_t>(wire.device.token_count) + 1);
  }
}

TEST(ModbusLine, FramesOfAndToOthersAreFollowed) {
  for (const LineRow& line : lines) {
    Wire wire{line.baud, line.gaps};
    const Bytes other = read_frame(7, 0x5000, 4);
    wire.say(other);
    wire.end_frame();
    Bytes reply(3 + 8 + 2);
    reply[0] = std::byte{7};
    reply[1] = std::byte{3};
    reply[2] = std::byte{8};
    (void)modbus::seal_frame(reply, 11);
    wire.say(reply);
    EXPECT_TRUE(wire.answers.empty());
    expect_next_is_answered(wire, "another's answer");
  }
}

TEST(ModbusLine, ADamagedFrameIsSilenceAndTheNextIsAnswered) {
  for (const LineRow& line : lines) {
    const Bytes whole = token_frame(unit);
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      Bytes frame = whole;
      frame[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
      Wire wire{line.baud, line.gaps};
      wire.say(frame);
      wire.end_frame();
      EXPECT_TRUE(wire.answers.empty()) << "bit " << bit;
      EXPECT_EQ(wire.device.token_count, 0) << "bit " << bit;
      expect_next_is_answered(wire, "bit " + std::to_string(bit));
    }
  }
}

// Any mixture of sound frames, pieces, noise, gaps: the frame after the next silence is answered, and no
// token is taken that nobody sent whole.
TEST(ModbusLine, RandomCutsNeverDisturbTheNextFrame) {
  constexpr unsigned seed = 20261121;
  std::mt19937 random{seed};
  for (int round = 0; round < 400; ++round) {
    const LineRow& line = lines[random() % std::size(lines)];
    Wire wire{line.baud, line.gaps};
    int whole_tokens = 0;
    for (int piece = 0; piece < 12; ++piece) {
      Bytes frame = random() % 2 == 0 ? token_frame(random() % 2 == 0 ? unit : 7)
                                      : read_frame(static_cast<std::uint8_t>(random() % 8), 0x5000, 4);
      const bool is_own_token = frame[0] == std::byte{unit} && frame[1] == std::byte{0x10};
      const std::size_t length = random() % 3 == 0 ? random() % frame.size() : frame.size();
      if (random() % 4 == 0) frame[random() % frame.size()] ^= static_cast<std::byte>(1U + random() % 255);
      if (is_own_token) ++whole_tokens;
      wire.say(std::span{frame}.first(length));
      if (random() % 2 == 0) wire.silence(static_cast<std::int64_t>(random() % (2 * wire.timing.t3_5_us)));
      if (random() % 5 == 0) wire.say(Bytes(random() % 40, static_cast<std::byte>(random())));
    }
    EXPECT_LE(wire.device.token_count, whole_tokens) << "round " << round << ", seed " << seed;
    expect_next_is_answered(wire, "round " + std::to_string(round) + ", seed " + std::to_string(seed));
  }
}

}  // namespace
}  // namespace lk::links
