// SPDX-License-Identifier: Apache-2.0
#include "modbus/assembler.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "bytes/testing/hex.hpp"

namespace lk::modbus {
namespace {

using bytes::hex;

constexpr Timing line = timing_of(9600);
constexpr std::int64_t step_us = 1146;

// Feeds bytes one character time apart; gives the frames in the order they came, separated by " | ".
std::string feed(Assembler& assembler, std::string_view bytes, std::int64_t& now_us) {
  std::string frames;
  for (const std::byte b : hex(bytes)) {
    now_us += step_us;
    const auto frame = assembler.take(b, now_us);
    if (!frame.empty()) frames += (frames.empty() ? "" : " | ") + hex(frame);
  }
  return frames;
}

TEST(ModbusAssembler, FrameEndsWithoutWaitingForSilence) {
  std::int64_t now_us = 0;
  auto slave = Assembler::of_slave(line, 1);
  EXPECT_EQ(feed(slave, "01 03 00 00 00 03 05 CB", now_us), "01 03 00 00 00 03 05 CB");
  EXPECT_EQ(feed(slave, "01 11 C0 2C", now_us), "01 11 C0 2C");
  auto master = Assembler::of_master(line);
  EXPECT_EQ(feed(master, "01 04 04 43 66 80 00 6F DF", now_us), "01 04 04 43 66 80 00 6F DF");
  EXPECT_EQ(feed(master, "01 83 02 C0 F1", now_us), "01 83 02 C0 F1");
  EXPECT_EQ(master.deadline_us(), std::numeric_limits<std::int64_t>::max());
}

TEST(ModbusAssembler, UnknownFunctionEndsBySilence) {
  std::int64_t now_us = 0;
  auto slave = Assembler::of_slave(line, 1);
  std::vector<std::byte> frame = hex("01 65 12 34 00 00");
  ASSERT_EQ(seal_frame(frame, 4), 6U);
  EXPECT_EQ(feed(slave, hex(frame), now_us), "");
  EXPECT_EQ(slave.deadline_us(), now_us + line.t3_5_us);
  EXPECT_TRUE(slave.poll(now_us + line.t3_5_us - 1).empty());
  EXPECT_EQ(hex(slave.poll(now_us + line.t3_5_us)), hex(frame));
  EXPECT_TRUE(slave.poll(now_us + std::int64_t{2} * line.t3_5_us).empty()) << "handed out once";
}

TEST(ModbusAssembler, ByteAfterTheSilenceIsNotLost) {
  std::int64_t now_us = 0;
  auto slave = Assembler::of_slave(line, 1);
  std::vector<std::byte> frame = hex("01 65 12 34 00 00");
  ASSERT_EQ(seal_frame(frame, 4), 6U);
  EXPECT_EQ(feed(slave, hex(frame), now_us), "");
  now_us += 100'000;
  EXPECT_EQ(feed(slave, "01 11 C0 2C", now_us), hex(frame) + " | 01 11 C0 2C");
}

TEST(ModbusAssembler, DamageIsDroppedAtTheSilence) {
  std::int64_t now_us = 0;
  auto slave = Assembler::of_slave(line, 1);
  EXPECT_EQ(feed(slave, "01 03 00 00 00 03 05 CC", now_us), "");
  EXPECT_EQ(feed(slave, "01 11 C0 2C", now_us), "") << "still the same collection";
  now_us += line.t3_5_us;
  EXPECT_EQ(feed(slave, "01 11 C0 2C", now_us), "01 11 C0 2C");
  EXPECT_EQ(slave.dropped_count(), 1U);
  EXPECT_EQ(slave.frame_count(), 1U);
}

TEST(ModbusAssembler, MoreThanAFrameIsDropped) {
  std::int64_t now_us = 0;
  auto slave = Assembler::of_slave(line, 1);
  for (int i = 0; i < 300; ++i) EXPECT_EQ(feed(slave, "55", now_us), "");
  EXPECT_TRUE(slave.poll(now_us + line.t3_5_us).empty());
  EXPECT_EQ(slave.dropped_count(), 1U);
  now_us += std::int64_t{2} * line.t3_5_us;
  EXPECT_EQ(feed(slave, "01 11 C0 2C", now_us), "01 11 C0 2C");
}

TEST(ModbusAssembler, SlaveFollowsTheRepliesOfOthersOnItsLine) {
  std::int64_t now_us = 0;
  auto slave = Assembler::of_slave(line, 7);
  EXPECT_EQ(feed(slave, "01 04 00 00 00 02 71 CB 01 04 04 43 66 80 00 6F DF", now_us),
            "01 04 00 00 00 02 71 CB | 01 04 04 43 66 80 00 6F DF");
}

// Where the times are those of the wire, as at a UART: bytes end one character apart within a frame.
TEST(ModbusAssembler, AGapInsideAFrameSpoilsItAndNotTheNextOne) {
  for (const std::uint32_t baud : {1'200U, 9'600U, 19'200U, 38'400U, 115'200U}) {
    const Timing timing = timing_of(baud);
    const std::vector<std::byte> frame = hex("01 03 00 00 00 03 05 CB");
    const std::int64_t character = timing.character_us;
    const std::int64_t just_fits = character + timing.t1_5_us;
    const std::int64_t too_long = just_fits + 1;
    const std::int64_t new_frame = character + timing.t3_5_us;
    for (const std::int64_t gap : {character, just_fits, too_long, new_frame - 1, new_frame}) {
      auto slave = Assembler::of_slave(timing, 1, Gaps::true_to_the_wire);
      std::int64_t now_us = 0;
      int frames = 0;
      for (std::size_t i = 0; i < frame.size(); ++i) {
        now_us += i == 4 ? gap : character;
        frames += slave.take(frame[i], now_us).empty() ? 0 : 1;
      }
      EXPECT_EQ(frames, gap <= just_fits ? 1 : 0) << "gap " << gap << " us at " << baud;
      now_us += timing.t3_5_us;  // and the first character of the next frame
      for (const std::byte b : frame) {
        now_us += character;
        frames += slave.take(b, now_us).empty() ? 0 : 1;
      }
      EXPECT_EQ(frames, gap <= just_fits ? 2 : 1) << "the next frame, gap " << gap << " us at " << baud;
    }
  }
}

TEST(ModbusAssembler, SilencesAreThoseOfTheStandard) {
  struct TimingRow {
    std::uint32_t baud;
    std::uint32_t t1_5_us;
    std::uint32_t t3_5_us;
  };
  for (const TimingRow& row :
       {TimingRow{1'200, 13'750, 32'084}, TimingRow{2'400, 6'875, 16'042}, TimingRow{4'800, 3'438, 8'021},
        TimingRow{9'600, 1'719, 4'011}, TimingRow{19'200, 860, 2'006}, TimingRow{38'400, 750, 1'750},
        TimingRow{57'600, 750, 1'750}, TimingRow{115'200, 750, 1'750}}) {
    EXPECT_EQ(timing_of(row.baud).t1_5_us, row.t1_5_us) << row.baud;
    EXPECT_EQ(timing_of(row.baud).t3_5_us, row.t3_5_us) << row.baud;
  }
}

TEST(ModbusAssembler, NoiseNeverYieldsAnUncheckedFrame) {
  const unsigned seed = 20261121;
  RecordProperty("seed", static_cast<int>(seed));
  std::mt19937 random{seed};
  auto slave = Assembler::of_slave(line, 1);
  std::int64_t now_us = 0;
  for (int i = 0; i < 200'000; ++i) {
    now_us += random() % 50 == 0 ? 10'000 : step_us;
    const auto frame =
        slave.take(static_cast<std::byte>(random() % 8 == 0 ? random() : random() % 4), now_us);
    EXPECT_TRUE(frame.empty() || parse_frame(frame).has_value()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace lk::modbus
