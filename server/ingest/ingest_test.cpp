// SPDX-License-Identifier: Apache-2.0
#include "server/ingest/ingest.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/meters/alarms.hpp"
#include "server/meters/orders.hpp"
#include "server/test_site.hpp"
#include "server/vending/purchases.hpp"

namespace lk::ingest {
namespace {

const std::string base = "latchkey/v1/demo/gw1/";

TEST(Decoding, RefusesWhatIsDamagedWithAReason) {
  struct Row {
    std::string topic;
    const char* payload;
    bool good;
  };
  for (const Row& row : std::initializer_list<Row>{
           {base + "status", R"({"online":false})", true},
           {base + "status", R"({"online":true,"ts":5,"lines":[{"name":"a","meters":7,"x":[[]]}],"new":1})",
            true},
           {base + "meter/07000000013/reading", R"({"ts":1,"seq":2})", true},
           {base + "meter/07000000013/reading", R"({"ts":1,"seq":2,"supply_state":"ajar"})", false},
           {base + "meter/07000000013/reading", R"({"ts":1,"seq":2,"balance":1.5})", false},
           {base + "meter/07000000013/reading", R"({"ts":1,"seq":2,"balance":99999999999999999999})", false},
           {base + "meter/07000000013/reading", R"({"ts":1,"seq":2,"alarms":["a,b"]})", false},
           {base + "meter/07000000013/reading", R"({"ts":1})", false},
           {base + "meter/0700000001/reading", R"({"ts":1,"seq":2})", false},
           {base + "meter/07000000013/event", R"({"ts":1,"number":2,"code":4})", true},
           {base + "meter/07000000013/event", R"({"ts":1,"number":"2","code":4})", false},
           {base + "meter/07000000013/link", R"({"ts":1,"reachable":true})", true},
           {base + "meter/07000000013/link", R"({"ts":1,"reachable":1})", false},
           {base + "result", R"({"id":"x","meter":"07000000013","outcome":"done"})", true},
           {base + "result", R"({"id":"x","meter":"07000000013","outcome":"maybe"})", false},
           {base + "other", "{}", false},
           {base + "status", "[", false},
           {base + "status", "\xff", false},
           {"latchkey/v1/demo/GW/status", R"({"online":true})", false},
           {"", "{}", false},
       }) {
    const auto incoming = decode(row.topic, row.payload);
    EXPECT_EQ(incoming.has_value(), row.good) << row.topic << " " << row.payload;
    if (!incoming) {
      EXPECT_NE(incoming.error(), "");
    }
  }
}

class Ingesting : public test::Site {
 protected:
  bool take(const std::string& end, const std::string& payload, const std::string& gateway = "gw1") {
    const auto incoming = decode("latchkey/v1/demo/" + gateway + "/" + end, payload);
    EXPECT_TRUE(incoming) << incoming.error();
    bool known = false;
    work([&](store::Unit& unit) { known = apply(unit, ports, *incoming); });
    return known;
  }
  bool has_alarm(const std::string& kind) {
    return std::ranges::any_of(meters::list_alarms(session, true, ""),
                               [&](const meters::Alarm& alarm) { return alarm.kind == kind; });
  }
  std::int64_t count(const std::string& table) {
    return session.one<std::int64_t>("select count(*) from " + table);
  }

  const std::string meter = std::string("meter/") + test::flat;
};

TEST_F(Ingesting, KeepsEachReadingOnceAndOldOnesAsHistory) {
  const std::string reading =
      R"({"ts":2000,"seq":7,"balance":1,"supply_state":"open","alarms":["no_credit"]})";
  EXPECT_TRUE(take(meter + "/reading", reading));
  EXPECT_TRUE(take(meter + "/reading", reading));
  EXPECT_EQ(count("reading"), 1);
  EXPECT_TRUE(has_alarm("no_credit"));
  EXPECT_TRUE(take(meter + "/reading", R"({"ts":1000,"seq":6,"supply_state":"closed","alarms":[]})"));
  EXPECT_EQ(count("reading"), 2);
  EXPECT_TRUE(has_alarm("no_credit")) << "an older reading does not end it";
  EXPECT_TRUE(take(meter + "/reading", R"({"ts":3000,"seq":8,"supply_state":"closed","alarms":[]})"));
  EXPECT_FALSE(has_alarm("no_credit"));
}

TEST_F(Ingesting, KnowsOnlyItsMetersAndAGatewayOnlyItsOwn) {
  EXPECT_FALSE(take("meter/07000000039/reading", R"({"ts":1,"seq":1})"));
  const auto foreign =
      decode(std::string("latchkey/v1/demo/gw2/meter/") + test::flat + "/reading", R"({"ts":1,"seq":1})");
  work([&](store::Unit& unit) { EXPECT_FALSE(apply(unit, ports, *foreign)); });
  EXPECT_EQ(count("reading"), 0);
}

class Events : public Ingesting {
 protected:
  void event(int number) {
    take(meter + "/event",
         R"({"ts":1,"code":4,"name":"supply_opened","number":)" + std::to_string(number) + "}");
  }
  void lost(int number, int value) {
    take(meter + "/event", R"({"ts":1,"code":0,"name":"lost_events","number":)" + std::to_string(number) +
                               R"(,"value":)" + std::to_string(value) + "}");
  }
  // A reading of this second, with the meter's count of events.
  void reading(int second, int event_count) {
    take(meter + "/reading", R"({"ts":)" + std::to_string(second * 1000) + R"(,"seq":)" +
                                 std::to_string(second) + R"(,"event_count":)" + std::to_string(event_count) +
                                 "}");
  }
  // The gateway's answer to the command that was sent last, or to an earlier one.
  void answer(const std::string& rest, std::size_t back = 0) {
    const meters::Command& command = remembered.commands.at(remembered.commands.size() - 1 - back);
    EXPECT_TRUE(take(
        "result", R"({"id":")" + command.id + R"(","meter":")" + test::flat + R"(","ts":5,)" + rest + "}"));
  }
  void answer_done(int value) { answer(R"("outcome":"done","value":)" + std::to_string(value)); }
  // "first-last" of the commands for events, one behind the other.
  std::string asked() {
    std::string text;
    for (const meters::Command& command : remembered.commands) {
      EXPECT_EQ(command.kind, meters::CommandKind::events);
      text += (text.empty() ? "" : " ") + std::to_string(command.events.first) + "-" +
              std::to_string(command.events.last);
    }
    return text;
  }
  // What the open alarm says; empty without one.
  std::string alarm() {
    for (const meters::Alarm& alarm : meters::list_alarms(session, true, "")) {
      if (alarm.kind == "lost_events") return alarm.detail;
    }
    return {};
  }
  std::size_t alarms_ever() { return meters::list_alarms(session, false, "").size(); }
};

TEST_F(Events, ThatAreMissingAreAskedForOnceAndWithoutAnAlarmWhereTheyCome) {
  event(5);
  event(5);
  EXPECT_EQ(count("event"), 1);
  EXPECT_EQ(asked(), "") << "what was before the first is not missed";
  event(8);
  event(8);
  event(9);
  EXPECT_EQ(asked(), "6-7");
  EXPECT_NE(encode(remembered.commands[0]).find(R"("from":6,)"), std::string::npos);
  EXPECT_NE(encode(remembered.commands[0]).find(R"("kind":"events")"), std::string::npos);
  EXPECT_NE(encode(remembered.commands[0]).find(R"("to":7)"), std::string::npos);
  event(6);
  event(7);
  answer_done(2);
  answer_done(2);
  EXPECT_EQ(alarms_ever(), 0U);
  EXPECT_EQ(count("event"), 5);
  EXPECT_EQ(asked(), "6-7");
}

TEST_F(Events, ThatTheGatewayDoesNotHaveAreLostUntilTheyComeAllTheSame) {
  event(5);
  event(9);
  event(7);
  EXPECT_EQ(alarm(), "") << "not before the answer";
  answer_done(1);
  EXPECT_EQ(alarm(), "2 events of this meter are lost");
  answer_done(1);
  event(8);
  EXPECT_EQ(alarm(), "1 events of this meter are lost");
  event(6);
  EXPECT_EQ(alarm(), "");
  EXPECT_EQ(alarms_ever(), 1U);
  EXPECT_EQ(asked(), "6-8");
}

TEST_F(Events, AreLostWhereTheGatewayCannotTell) {
  event(5);
  event(7);
  answer(R"("outcome":"failed","error":"bad_request")");
  EXPECT_EQ(alarm(), "1 events of this meter are lost");
  event(9);
  answer(R"("outcome":"expired")");
  EXPECT_EQ(alarm(), "2 events of this meter are lost");
}

TEST_F(Events, ThatGotLostOnceMoreAreAskedForAgainButNotForEver) {
  event(5);
  event(7);
  for (int i = 0; i < 4; ++i) answer_done(1);
  EXPECT_EQ(asked(), "6-6 6-6 6-6 6-6 6-6");
  EXPECT_EQ(alarm(), "");
  answer(R"("outcome":"done","value":1)", 1);
  EXPECT_EQ(remembered.commands.size(), 5U) << "an answer that comes twice";
  answer_done(1);
  EXPECT_EQ(remembered.commands.size(), 5U);
  EXPECT_EQ(alarm(), "1 events of this meter are lost");
}

TEST_F(Events, ThatTheMeterOverwroteAreLostAndWhatWasBeforeThemIsAskedFor) {
  event(5);
  lost(12, 3);
  lost(12, 3);
  EXPECT_EQ(asked(), "6-9");
  EXPECT_EQ(alarm(), "3 events of this meter are lost");
  event(13);
  for (const int number : {6, 7, 8, 9}) event(number);
  answer_done(4);
  EXPECT_EQ(alarm(), "3 events of this meter are lost");
  EXPECT_EQ(asked(), "6-9");
}

TEST_F(Events, WhoseOverwritingIsToldAgainAreCountedOnce) {
  event(5);
  event(13);
  EXPECT_EQ(asked(), "6-12");
  lost(12, 7);
  answer_done(1);
  EXPECT_EQ(alarm(), "7 events of this meter are lost");
}

TEST_F(Events, AtTheEndAreMissedByTheCountOfTheReadings) {
  event(5);
  reading(1, 5);
  reading(2, 6);
  for (int second = 3; second < 12; ++second) reading(second, second < 11 ? 6 : 7);
  EXPECT_EQ(asked(), "") << "it may still come";
  reading(12, 7);
  EXPECT_EQ(asked(), "6-6");
  reading(13, 7);
  EXPECT_EQ(asked(), "6-6");
  event(7);
  event(6);
  answer_done(1);
  reading(60, 7);
  EXPECT_EQ(asked(), "6-6");
  EXPECT_EQ(alarms_ever(), 0U);
}

TEST_F(Events, AreNotLateBehindAMeterThatWasOutOfReach) {
  event(5);
  reading(1, 6);
  reading(100, 6);
  EXPECT_EQ(asked(), "") << "the gateway reads the events behind this reading";
  reading(101, 6);
  EXPECT_EQ(asked(), "6-6");
  answer_done(0);
  EXPECT_EQ(alarm(), "1 events of this meter are lost") << "the last one too";
  event(8);
  EXPECT_EQ(asked(), "6-6 7-7");
}

TEST_F(Events, OfBeforeTheMeterWasKnownAreAskedForButNotMissed) {
  reading(1, 3);
  reading(2, 3);
  reading(12, 3);
  EXPECT_EQ(asked(), "1-3");
  event(2);
  event(3);
  answer_done(2);
  reading(40, 3);
  EXPECT_EQ(asked(), "1-3");
  EXPECT_EQ(alarms_ever(), 0U);
}

TEST_F(Events, AreAskedForAgainWhenTheGatewayIsBack) {
  take("status", R"({"online":false})");
  event(5);
  event(9);
  take("status", R"({"online":true,"ts":7})");
  ASSERT_EQ(remembered.commands.size(), 2U);
  EXPECT_EQ(encode(remembered.commands[0]), encode(remembered.commands[1]));
}

TEST_F(Ingesting, TellsWhatIsOutOfReach) {
  take("status", R"({"online":true,"ts":1})");
  take(meter + "/link", R"({"ts":10,"reachable":false,"reason":"timeout"})");
  EXPECT_TRUE(has_alarm("unreachable"));
  take(meter + "/reading", R"({"ts":20,"seq":1})");
  EXPECT_FALSE(has_alarm("unreachable"));
  take(meter + "/link", R"({"ts":15,"reachable":false})");
  EXPECT_FALSE(has_alarm("unreachable")) << "older than the reading";
  take("status", R"({"online":false})");
  EXPECT_TRUE(has_alarm("gateway_offline"));
}

TEST_F(Ingesting, ResultsEndPurchasesAndASecondTimeDoNothing) {
  const std::string id = "00000000-0000-4000-8000-000000000001";
  const auto state = [&] { return vending::find_purchase(session, id)->state; };
  work([&](store::Unit& unit) {
    ASSERT_TRUE(vending::sell(unit, tokens, ports, {}, {id, test::flat, quantity::units(5), true, "olga"}));
  });
  ASSERT_EQ(remembered.commands.size(), 1U);
  const std::string head =
      R"({"id":")" + remembered.commands[0].id + R"(","meter":")" + test::flat + R"(","ts":5,)";
  EXPECT_FALSE(take("result", R"({"id":"x","meter":"07000000013","outcome":"done"})"));
  EXPECT_FALSE(take("result", head + R"("outcome":"done"})", "gw2")) << "another gateway speaks for itself";
  EXPECT_EQ(state(), "sent");
  take("result", head + R"("outcome":"expired"})");
  EXPECT_EQ(state(), "expired");
  // `used` tells that the meter had it all the same.
  take("result", head + R"("outcome":"refused","result":10,"result_name":"used"})");
  EXPECT_EQ(state(), "accepted");
  take("result", head + R"("outcome":"refused","result":13})");
  EXPECT_EQ(state(), "accepted");
  EXPECT_EQ(session.one<std::int64_t>("select count(*) from ledger_entry where purchase = ?", {id}), 2);
}

TEST_F(Ingesting, AGatewayThatIsBackGetsItsOpenCommandsAgain) {
  take("status", R"({"online":false})");
  work([&](store::Unit& unit) {
    ASSERT_TRUE(
        meters::place_order(unit, vault, ports, {60'000, 0},
                            {"00000000-0000-4000-8000-000000000002", test::flat, "open", "", {}, "olga"}));
  });
  ASSERT_EQ(remembered.commands.size(), 1U);
  take("status", R"({"online":true,"ts":7})");
  ASSERT_EQ(remembered.commands.size(), 2U);
  EXPECT_EQ(remembered.commands[0].id, remembered.commands[1].id);
  EXPECT_EQ(remembered.commands[0].content, remembered.commands[1].content);
  take("status", R"({"online":true,"ts":8})");
  EXPECT_EQ(remembered.commands.size(), 2U);
}

TEST_F(Ingesting, CountsDamageAndGoesOn) {
  store::Writer writer(database.where(), store::system_clock());
  Ingest ingest(writer, ports);
  ingest.take(base + "status", "{");
  ingest.take(base + "meter/07000000039/reading", R"({"ts":1,"seq":1})");
  ingest.take(base + "status", R"({"online":true})");
  writer.run([](store::Unit&) { return store::Writer::Keep::yes; });
  EXPECT_EQ(ingest.counts().damaged, 1);
  EXPECT_EQ(ingest.counts().unknown, 1);
  EXPECT_EQ(ingest.counts().taken, 2);
}

}  // namespace
}  // namespace lk::ingest
