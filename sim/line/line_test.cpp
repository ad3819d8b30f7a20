// SPDX-License-Identifier: Apache-2.0
#include "sim/line/line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lk::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

std::vector<std::byte> bytes(std::string_view text) {
  std::vector<std::byte> result;
  for (const char c : text) result.push_back(static_cast<std::byte>(c));
  return result;
}

std::string text(const std::vector<std::byte>& data) {
  std::string result;
  for (const std::byte b : data) result.push_back(static_cast<char>(b));
  return result;
}

// Answers each frame with a fixed text and remembers what it heard.
struct Echo final : Slaves {
  std::vector<std::string> frames;
  std::string reply;
  std::vector<std::byte> answer(std::span<const std::byte> frame) override {
    frames.push_back(text({frame.begin(), frame.end()}));
    return bytes(reply);
  }
};

TEST(LineTiming, ElevenBitsACharacterAndThreeAndAHalfCharactersOfSilence) {
  struct Row {
    std::uint32_t baud;
    nanoseconds character;
    nanoseconds silence;
  };
  for (const Row& row : {Row{1200, nanoseconds(9'166'666), nanoseconds(32'083'333)},
                         Row{9600, nanoseconds(1'145'833), nanoseconds(4'010'416)},
                         Row{19200, nanoseconds(572'916), nanoseconds(2'005'208)},
                         Row{115200, nanoseconds(95'486), nanoseconds(1'750'000)}}) {
    EXPECT_EQ(character_time(row.baud), row.character) << row.baud;
    EXPECT_EQ(frame_silence(row.baud), row.silence) << row.baud;
  }
}

TEST(Line, BytesTakeTheirTimeInBothDirections) {
  Echo meters;
  meters.reply = "answer";
  Line line({.baud = 9600, .turnaround = milliseconds(2)}, meters);
  const auto master = line.join();
  line.say(master, bytes("12345678"), seconds(1));
  const nanoseconds character = character_time(9600);
  const nanoseconds said = seconds(1) + 8 * character;
  const nanoseconds framed = said + frame_silence(9600);
  line.advance(framed - nanoseconds(1));
  EXPECT_TRUE(meters.frames.empty());
  line.advance(framed);
  ASSERT_EQ(meters.frames.size(), 1U);
  EXPECT_EQ(meters.frames[0], "12345678");
  const nanoseconds answering = framed + milliseconds(2);
  line.advance(answering + character - nanoseconds(1));
  EXPECT_EQ(text(line.take_heard(master)), "");
  line.advance(answering + character);
  EXPECT_EQ(text(line.take_heard(master)), "a");
  line.advance(answering + 6 * character);
  EXPECT_EQ(text(line.take_heard(master)), "nswer");
  EXPECT_FALSE(line.next().has_value());
}

TEST(Line, AskingOnlyWhenItWantsToBeAskedSeesEverything) {
  Echo meters;
  meters.reply = "answer";
  Line line({.baud = 19200}, meters);
  const auto master = line.join();
  line.say(master, bytes("12345678"), nanoseconds(0));
  int calls = 0;
  while (const auto next = line.next()) {
    line.advance(*next);
    ASSERT_LT(++calls, 40);
  }
  EXPECT_EQ(text(line.take_heard(master)), "answer");
}

TEST(Line, AGapWithinAFrameShorterThanTheSilenceKeepsItWhole) {
  struct Row {
    const char* name;
    nanoseconds gap;
    std::size_t frames;
  };
  const nanoseconds silence = frame_silence(9600);
  for (const Row& row : {Row{"no gap", nanoseconds(0), 1}, Row{"just shorter", silence - nanoseconds(1), 1},
                         Row{"the silence", silence, 2}, Row{"longer", silence + milliseconds(1), 2}}) {
    Echo meters;
    Line line({.baud = 9600}, meters);
    const auto master = line.join();
    line.say(master, bytes("ab"), nanoseconds(0));
    line.say(master, bytes("cd"), 2 * character_time(9600) + row.gap);
    line.advance(seconds(1));
    EXPECT_EQ(meters.frames.size(), row.frames) << row.name;
  }
}

TEST(Line, MastersHearEachOtherAndNotThemselves) {
  Echo meters;
  Line line({}, meters);
  const auto one = line.join();
  const auto two = line.join();
  line.say(one, bytes("hello"), nanoseconds(0));
  line.advance(seconds(1));
  EXPECT_EQ(text(line.take_heard(one)), "");
  EXPECT_EQ(text(line.take_heard(two)), "hello");
}

TEST(Line, TwoTalkersAtOnceMakeGarbageOfWhatOverlaps) {
  Echo meters;
  Line line({.baud = 9600}, meters);
  const auto one = line.join();
  const auto two = line.join();
  const auto listener = line.join();
  line.say(one, bytes("abcd"), nanoseconds(0));
  // From the middle of the third byte of `one` on.
  line.say(two, bytes("12"), character_time(9600) * 5 / 2);
  line.advance(seconds(1));
  const auto heard = line.take_heard(listener);
  ASSERT_EQ(heard.size(), 6U);
  EXPECT_EQ(text({heard.begin(), heard.begin() + 2}), "ab");
  EXPECT_EQ(line.counters().collisions, 4U);
  std::string rest = text({heard.begin() + 2, heard.end()});
  EXPECT_NE(rest, "c1d2");
}

TEST(Line, AMasterThatTalksIntoAnAnswerSpoilsIt) {
  Echo meters;
  meters.reply = "a long answer of the meter";
  Line line({.baud = 9600}, meters);
  const auto one = line.join();
  const auto two = line.join();
  line.say(one, bytes("ask"), nanoseconds(0));
  line.say(two, bytes("ask"), milliseconds(15));
  line.advance(seconds(1));
  EXPECT_GT(line.counters().collisions, 0U);
  EXPECT_NE(text(line.take_heard(one)).find("answer of the meter"), std::string::npos);
}

TEST(Line, DropsAFrameLongerThanModbusAllows) {
  Echo meters;
  Line line({.baud = 115200}, meters);
  const auto master = line.join();
  line.say(master, std::vector<std::byte>(256), nanoseconds(0));
  line.say(master, std::vector<std::byte>(257), seconds(1));
  line.say(master, bytes("ok"), seconds(2));
  line.advance(seconds(3));
  ASSERT_EQ(meters.frames.size(), 2U);
  EXPECT_EQ(meters.frames[0].size(), 256U);
  EXPECT_EQ(meters.frames[1], "ok");
  EXPECT_EQ(line.counters().overlong, 1U);
}

TEST(Line, AMasterThatLeavesTakesBackWhatItHasNotSaid) {
  Echo meters;
  Line line({.baud = 9600}, meters);
  const auto one = line.join();
  const auto two = line.join();
  line.say(one, bytes("abcdef"), nanoseconds(0));
  line.advance(3 * character_time(9600));
  line.leave(one);
  line.advance(seconds(1));
  EXPECT_EQ(text(line.take_heard(two)), "abc");
  ASSERT_EQ(meters.frames.size(), 1U);
  EXPECT_EQ(meters.frames[0], "abc");
}

TEST(Line, AnAnswerThatTookLongBeginsLate) {
  Echo meters;
  meters.reply = "x";
  Line line({.baud = 9600}, meters);
  const auto master = line.join();
  line.say(master, bytes("ask"), nanoseconds(0));
  line.advance(seconds(2));  // the process was busy
  EXPECT_EQ(text(line.take_heard(master)), "");
  line.advance(seconds(2) + character_time(9600));
  EXPECT_EQ(text(line.take_heard(master)), "x");
}

TEST(Line, NoiseComesFromItsSeedAtTheRateAskedFor) {
  const auto run = [](double noise, std::uint64_t seed) {
    Echo meters;
    Line line({.baud = 115200, .noise = noise, .seed = seed}, meters);
    const auto one = line.join();
    const auto two = line.join();
    line.say(one, std::vector<std::byte>(20'000, std::byte{0x55}), nanoseconds(0));
    line.advance(seconds(10));
    return std::pair{line.take_heard(two), line.counters().noise};
  };
  const auto [quiet, none] = run(0.0, 1);
  EXPECT_EQ(quiet, std::vector<std::byte>(20'000, std::byte{0x55}));
  EXPECT_EQ(none, 0U);
  const auto [noisy, some] = run(1e-3, 1);
  EXPECT_NEAR(static_cast<double>(some), 220.0, 60.0);  // 11 bits a byte
  EXPECT_LT(noisy.size(), 20'000U);                     // some start or stop bits were hit
  EXPECT_EQ(run(1e-3, 1).first, noisy);
  EXPECT_NE(run(1e-3, 2).first, noisy);
}

TEST(Line, AFrameWhoseLastByteIsLostStillEnds) {
  Echo meters;
  Line line({.baud = 9600, .noise = 0.5, .seed = 3}, meters);
  const auto master = line.join();
  for (int i = 0; i < 50; ++i) line.say(master, bytes("12345678"), seconds(i));
  line.advance(seconds(60));
  EXPECT_FALSE(line.next().has_value());
  for (const std::string& frame : meters.frames) EXPECT_LE(frame.size(), 8U);
}

}  // namespace
}  // namespace lk::sim
