// SPDX-License-Identifier: Apache-2.0
#include "meter/links/infrared.hpp"

#include "meter/links/testing/dlt645_bench.hpp"

namespace lk::links {
namespace {

using quantity::Instant;
using quantity::milliseconds;

class InfraredTest : public Dlt645Bench {
 protected:
  void hear(std::string_view frame) {
    for (const std::byte byte : bytes::hex(frame)) {
      now = now + milliseconds(9);
      port.take(byte, slave_, context, now);
    }
  }
  std::string said_within(int ms) {
    std::string said;
    for (int i = 0; i < ms; ++i) {
      now = now + milliseconds(1);
      for (const char c : port.say(slave_, context, now)) {
        const std::byte bytes[] = {static_cast<std::byte>(c)};
        said += (said.empty() ? "" : " ") + bytes::hex(bytes);
      }
    }
    return said;
  }
  // A request with a wake-up, and the answer.
  std::string exchange(std::uint8_t control, std::string_view data) {
    std::vector<std::byte> frame(dlt645::frame_max_bytes);
    frame.resize(dlt645::build(frame, own_address(meter_), control, bytes::hex(data)));
    hear("FE FE FE FE " + bytes::hex(frame));
    return said_within(100);
  }

  const Dlt645Context context{meter_, meter_, meter_.access};
  Infrared port;
  Instant now = Instant::of(1'000'000);
};

TEST_F(InfraredTest, AnswersTwentyMillisecondsBehindTheRequestAndOnce) {
  hear("FE FE " + bytes::hex(bytes_of("C01")));
  EXPECT_EQ(port.due(), now + milliseconds(20));
  EXPECT_EQ(said_within(19), "");
  EXPECT_TRUE(port.has_to_say());
  EXPECT_EQ(said_within(1), bytes::hex(bytes_of("C02")));
  EXPECT_FALSE(port.has_to_say());
  EXPECT_EQ(said_within(1'000), "");
}

TEST_F(InfraredTest, FollowsBothEditionsAndLongAnswers) {
  EXPECT_EQ(exchange(0x01, "10 90"), bytes::hex(bytes_of("C51")));
  meter_.add_event(dictionary::EventCode::programmed, 2, 0x19, end_of_july);
  const std::string first = exchange(0x11, "01 02 30 03");
  EXPECT_NE(first.find("68 B1 C8"), std::string::npos) << "more follows";
  EXPECT_NE(exchange(0x12, "01 02 30 03 01").find("68 92 0B"), std::string::npos);
}

TEST_F(InfraredTest, LongAnswersOfTheLineAreNotReadOnHere) {
  meter_.add_event(dictionary::EventCode::programmed, 2, 0x19, end_of_july);
  EXPECT_EQ(ask(0x11, "01 02 30 03").substr(0, 2), "B1");
  EXPECT_NE(exchange(0x12, "01 02 30 03 01").find("68 D2 01 35"), std::string::npos);
  EXPECT_EQ(ask(0x12, "01 02 30 03 01").substr(0, 2), "92") << "on the line it goes on";
}

TEST_F(InfraredTest, KeepsItsRateAndThatOfTheLine) {
  permit_all();
  EXPECT_NE(exchange(0x17, "20").find("68 D7 01 3B"), std::string::npos) << "rate cannot be changed";
  EXPECT_TRUE(meter_.told.empty());
}

TEST_F(InfraredTest, ForgetsAnAnswerThatTheReaderDoesNotWaitFor) {
  const std::string request = bytes::hex(bytes_of("C01"));
  hear(request);
  hear(request);
  EXPECT_EQ(said_within(1'000), bytes::hex(bytes_of("C02"))) << "one answer, to the second";
}

TEST_F(InfraredTest, DamageAndRubbishCostNothingLater) {
  const std::string request = bytes::hex(bytes_of("C01"));
  for (const std::string& rubbish : {std::string("FF 00 68 68"), request.substr(0, 30),
                                     request.substr(0, 45) + "00 16", std::string("16 16 16")}) {
    hear(rubbish);
    EXPECT_EQ(said_within(600), "") << rubbish;
    hear(request);
    EXPECT_EQ(said_within(100), bytes::hex(bytes_of("C02"))) << rubbish;
  }
  hear(request.substr(0, 30) + request);
  EXPECT_EQ(said_within(100), bytes::hex(bytes_of("C02"))) << "a cut one in front, with no pause";
}

}  // namespace
}  // namespace lk::links
