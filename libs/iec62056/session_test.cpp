// SPDX-License-Identifier: Apache-2.0
#include "iec62056/session.hpp"

#include <gtest/gtest.h>

#include <string>

#include "iec62056/testing/bench_source.hpp"

namespace lk::iec62056 {
namespace {

using namespace std::string_literals;

class SessionTest : public ::testing::Test {
 protected:
  void hear(std::string_view characters) {
    for (const char c : characters) session_.take(c, source_, now_ms_ += 30);
  }
  // What the meter says within some time, and the rate of its first character.
  std::string listen(std::int64_t for_ms = 400) {
    std::string said;
    for (const std::int64_t end_ms = now_ms_ + for_ms; now_ms_ < end_ms; ++now_ms_) {
      const std::string_view part = session_.say(source_, now_ms_);
      if (said.empty() && !part.empty()) {
        said_at_baud_ = session_.baud();
        said_after_ms_ = now_ms_ - (end_ms - for_ms);
      }
      said += part;
    }
    return said;
  }
  std::string message(std::string body) { return "\x01"s + body + static_cast<char>(block_check(body)); }
  void enter_programming() {
    hear("/?!\r\n");
    (void)listen();
    hear(
        "\x06"
        "051\r\n");
    ASSERT_EQ(listen(), "\x01P0\x02(00000000)\x03\x60"s);
  }

  Session session_{{}};
  BenchSource source_;
  std::int64_t now_ms_ = 1'000;
  std::int64_t said_after_ms_ = 0;
  std::uint32_t said_at_baud_ = 0;
};

TEST_F(SessionTest, SaysWhoItIsAndReadsOutAtTheRateThatWasChosen) {
  hear("/?!\r\n");
  EXPECT_EQ(listen(), "/LKY5LK1P\r\n");
  EXPECT_EQ(said_at_baud_, 300U);
  EXPECT_GE(said_after_ms_, 200) << "not before the reaction time";
  hear(
      "\x06"
      "050\r\n");
  const std::string readout = listen();
  EXPECT_EQ(said_at_baud_, 9'600U);
  const std::string body = "1.8.0(000123.45*kWh)\r\n32.7.0(230.1*V)\r\n!\r\n\x03";
  EXPECT_EQ(readout, "\x02" + body + static_cast<char>(block_check(body)));
  (void)listen(1'600);
  EXPECT_EQ(session_.baud(), 300U) << "then a sign-on may come again";
}

TEST_F(SessionTest, ReadsOutALongListWholeWhateverItsLength) {
  for (std::size_t length = 1; length < 90; ++length) {
    source_.lines.assign(7, std::string(length, 'x'));
    source_.lines[3] += "y";
    std::string body;
    for (const std::string& line : source_.lines) body += line + "\r\n";
    body += "!\r\n\x03";
    hear("/?!\r\n");
    (void)listen();
    hear(
        "\x06"
        "050\r\n");
    ASSERT_EQ(listen(), "\x02" + body + static_cast<char>(block_check(body))) << length;
    (void)listen(1'600);
  }
}

TEST_F(SessionTest, ReadsOutAtTheFirstRateWhereNobodyChooses) {
  hear("/?!\r\n");
  (void)listen();
  const std::string readout = listen(2'500);
  EXPECT_EQ(said_at_baud_, 300U);
  EXPECT_TRUE(
      readout.starts_with("\x02"
                          "1.8.0("));
}

TEST_F(SessionTest, ReadsOutAgainWhereTheReaderAsks) {
  hear("/?4711!\r\n");
  (void)listen();
  hear(
      "\x06"
      "000\r\n");
  const std::string readout = listen();
  hear("\x15");
  EXPECT_EQ(listen(), readout);
}

struct SilentRow {
  const char* name;
  const char* characters;
};

TEST_F(SessionTest, IsSilentToWhatIsNoSignOn) {
  const SilentRow rows[] = {{"another meter", "/?4712!\r\n"},
                            {"no end", "/?!"},
                            {"no question", "/!\r\n"},
                            {"an address too long", "/?123456789012345678901234567890123!\r\n"},
                            {"noise", "abc\r\n!\r\n"},
                            {"a command",
                             "\x01"
                             "R1\x02"
                             "1.8.0()\x03\x11"}};
  for (const SilentRow& row : rows) {
    hear(row.characters);
    EXPECT_EQ(listen(3'000), "") << row.name;
  }
  hear(" \xFF/?!\r\n");
  EXPECT_EQ(listen(), "/LKY5LK1P\r\n") << "behind noise";
}

TEST_F(SessionTest, ForgetsASignOnThatRestsTooLong) {
  hear("/?");
  now_ms_ += 2'000;
  hear("!\r\n");
  EXPECT_EQ(listen(3'000), "");
}

// The vectors of a real meter (DRS110M): the check characters are those of its recording.
TEST_F(SessionTest, ProgramsAsARealMeterDoes) {
  enter_programming();
  hear("\x01P1\x02(12345678)\x03"s + static_cast<char>(block_check("P1\x02(12345678)\x03")));
  EXPECT_EQ(listen(), "\x06");
  hear(
      "\x01R1\x02"
      "00000034()\x03\x64");
  const std::string body = "00000034(001511420144)\x03";
  EXPECT_EQ(listen(), "\x02" + body + static_cast<char>(block_check(body)));
  hear(
      message("W1\x02"
              "0.9.1(112233)\x03"));
  EXPECT_EQ(listen(), "\x06");
  EXPECT_EQ(source_.values["0.9.1"], "112233");
  hear(
      "\x01"
      "B0\x03\x71");
  EXPECT_EQ(listen(), "");
  EXPECT_EQ(session_.baud(), 300U);
  hear("/?!\r\n");
  EXPECT_EQ(listen(), "/LKY5LK1P\r\n");
}

struct RefusalRow {
  const char* name;
  std::string body;
  const char* answer;
};

TEST_F(SessionTest, RefusesByName) {
  enter_programming();
  const RefusalRow rows[] = {
      {"no such value",
       "R1\x02"
       "9.9.9()\x03",
       "(ER02)"},
      {"a write without a password",
       "W1\x02"
       "0.9.1(1)\x03",
       "(ER03)"},
      {"a wrong password", "P1\x02(00000000)\x03", "(ER05)"},
      {"no such command",
       "Q7\x02"
       "1.8.0()\x03",
       "(ER01)"},
      {"no brackets",
       "R1\x02"
       "1.8.0\x03",
       "(ER01)"},
      {"nothing", "R1\x03", "(ER01)"},
      {"brackets the wrong way", "R1\x02)(\x03", "(ER01)"},
  };
  for (const RefusalRow& row : rows) {
    hear(message(row.body));
    const std::string body = std::string(row.answer) + "\x03";
    EXPECT_EQ(listen(), "\x02" + body + static_cast<char>(block_check(body))) << row.name;
  }
}

TEST_F(SessionTest, AsksAgainWhereAMessageIsDamaged) {
  enter_programming();
  hear(
      "\x01R1\x02"
      "00000034()\x03\x65");
  EXPECT_EQ(listen(), "\x15");
  hear(message("R1\x02" + std::string(400, '0') + "()\x03"));
  EXPECT_EQ(listen(2'000), "") << "an overlong one never ends";
  hear(
      "\x01R1\x02"
      "00000034()\x03\x64");
  EXPECT_TRUE(
      listen().starts_with("\x02"
                           "00000034("));
}

TEST_F(SessionTest, EndsAForgottenSessionWithABreak) {
  enter_programming();
  EXPECT_EQ(listen(70'000),
            "\x01"
            "B0\x03q");
  EXPECT_EQ(session_.baud(), 300U);
}

TEST_F(SessionTest, DoesNotTakeWhatItDoesNotOffer) {
  for (const char* const choice : {"\x06"
                                   "060\r\n",
                                   "\x06"
                                   "250\r\n",
                                   "\x06"
                                   "052\r\n",
                                   "\x06"
                                   "0A0\r\n"}) {
    hear("/?!\r\n");
    (void)listen();
    hear(choice);
    EXPECT_EQ(listen(3'000), "") << choice;
    EXPECT_EQ(session_.baud(), 300U);
  }
}

}  // namespace
}  // namespace lk::iec62056
