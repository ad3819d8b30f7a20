// SPDX-License-Identifier: Apache-2.0
#include "meter/links/port.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "bytes/testing/hex.hpp"
#include "modbus/master.hpp"

namespace lk::links {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint8_t unit = 5;
constexpr std::int64_t character_us = 1'146;  // 9600 baud

Bytes modbus_frame() {
  Bytes frame(modbus::max_frame_bytes);
  const auto room = std::span<std::byte, modbus::max_frame_bytes>{frame};
  frame.resize(modbus::read_request(room, unit, modbus::Function::read_holding_registers, 0x5000, 4));
  return frame;
}

Bytes dlt645_frame() {
  return bytes::hex("FE FE 68 02 00 11 11 24 20 68 11 04 33 33 34 33 1A 16");
}

// A line with a port at its end: "M" and "D" for the frames it hears.
class Line {
 public:
  explicit Line(Protocol protocol) : port_({.address = unit, .protocol = protocol}) {}
  std::string hear(const Bytes& bytes) {
    std::string heard;
    for (const std::byte byte : bytes) {
      now_us_ += character_us;
      heard += name_of(port_.take(byte, now_us_));
    }
    return heard;
  }
  // With a rest behind them.
  std::string hear_out(const Bytes& bytes) {
    std::string heard = hear(bytes);
    now_us_ += 10'000;
    heard += name_of(port_.poll(now_us_));
    return heard;
  }

 private:
  static std::string name_of(const Port::Heard& heard) {
    std::string name;
    if (!heard.modbus.empty()) name += 'M';
    if (heard.dlt645) name += 'D';
    return name;
  }
  Port port_;
  std::int64_t now_us_ = 0;
};

struct ProtocolRow {
  const char* name;
  bool hears_modbus;
  bool hears_dlt645;
};

TEST(PortTest, HearsTheProtocolsItIsSetTo) {
  const ProtocolRow rows[] = {{"modbus", true, false}, {"dlt645", false, true}, {"auto", true, true}};
  for (const ProtocolRow& row : rows) {
    const auto protocol = protocol_of(row.name);
    ASSERT_TRUE(protocol.has_value());
    Line line{*protocol};
    EXPECT_EQ(line.hear_out(modbus_frame()), row.hears_modbus ? "M" : "") << row.name;
    EXPECT_EQ(line.hear_out(dlt645_frame()), row.hears_dlt645 ? "D" : "") << row.name;
  }
  EXPECT_FALSE(protocol_of("dlms").has_value());
}

struct StreamRow {
  const char* name;
  std::vector<Bytes> parts;  // with a rest behind each
  const char* heard;
};

Bytes joined(const Bytes& a, const Bytes& b) {
  Bytes both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

TEST(PortTest, ADamagedFrameOfOneNeverDisturbsTheNextOfTheOther) {
  const Bytes m = modbus_frame();
  const Bytes d = dlt645_frame();
  const Bytes cut_m(m.begin(), m.begin() + 5);
  const Bytes cut_d(d.begin(), d.begin() + 12);
  Bytes damaged_d = d;
  damaged_d[14] ^= std::byte{1};
  Bytes damaged_m = m;
  damaged_m[3] ^= std::byte{1};
  const StreamRow rows[] = {
      {"in turn", {m, d, m, d}, "MDMD"},
      {"doubled", {joined(m, m), joined(d, d)}, "MMDD"},
      {"merged", {joined(m, d)}, "MD"},
      {"merged the other way", {joined(d, m)}, "DM"},
      {"a cut one of Modbus before", {cut_m, d, m}, "DM"},
      {"a cut one of DL/T 645 before", {cut_d, m, d}, "MD"},
      {"a damaged one of Modbus before", {damaged_m, d, m}, "DM"},
      {"a damaged one of DL/T 645 before", {damaged_d, m, d}, "MD"},
      {"a cut one of Modbus, merged", {joined(cut_m, d), m}, "DM"},
      {"noise", {bytes::hex("00 FF 68 16 05 03"), d, m}, "DM"},
  };
  for (const StreamRow& row : rows) {
    Line line{Protocol::automatic};
    std::string heard;
    for (const Bytes& part : row.parts) heard += line.hear_out(part);
    EXPECT_EQ(heard, row.heard) << row.name;
  }
}

// Behind any rubbish and a silence, a good frame of either is heard.
TEST(PortTest, AfterAnyRubbishTheNextFrameIsHeard) {
  const char* const given = std::getenv("LK_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 645U;
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  Line line{Protocol::automatic};
  for (int round = 0; round < 2'000; ++round) {
    Bytes rubbish;
    for (std::uint64_t i = random() % 3; i > 0; --i)
      rubbish = joined(rubbish, random() % 2 == 0 ? modbus_frame() : dlt645_frame());
    rubbish.resize(below(rubbish.size() + 1));
    for (std::uint64_t i = random() % 6; i > 0; --i) rubbish.push_back(std::byte(random() % 256));
    if (!rubbish.empty()) rubbish[below(rubbish.size())] = std::byte(random() % 256);
    (void)line.hear_out(rubbish);
    const bool is_modbus = random() % 2 == 0;
    const std::string heard = line.hear_out(is_modbus ? modbus_frame() : dlt645_frame());
    ASSERT_FALSE(heard.empty()) << "seed " << seed << " round " << round << ": " << bytes::hex(rubbish)
                                << (is_modbus ? " M" : " D");
    ASSERT_EQ(heard.back(), is_modbus ? 'M' : 'D') << "seed " << seed << " round " << round;
  }
}

TEST(PortTest, SaysWhenItWantsToBeAsked) {
  Port port{{.address = unit}};
  EXPECT_GT(port.deadline_us(), 1'000'000'000);
  (void)port.take(std::byte{0x68}, 1'000);
  EXPECT_GT(port.deadline_us(), 1'000);
  EXPECT_LT(port.deadline_us(), 10'000);
  (void)port.poll(10'000);
  EXPECT_GT(port.deadline_us(), 1'000'000'000);
}

}  // namespace
}  // namespace lk::links
