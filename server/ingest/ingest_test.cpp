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
  bool take(const std::string& end, const std::string& payload) {
    const auto incoming = decode(base + end, payload);
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

TEST_F(Ingesting, TellsLostEventsUntilTheyCome) {
  const auto event = [&](int number) {
    take(meter + "/event",
         R"({"ts":1,"code":4,"name":"supply_opened","number":)" + std::to_string(number) + "}");
  };
  event(5);
  event(5);
  EXPECT_EQ(count("event"), 1);
  EXPECT_FALSE(has_alarm("lost_events"));
  event(8);
  EXPECT_TRUE(has_alarm("lost_events"));
  event(6);
  event(7);
  EXPECT_FALSE(has_alarm("lost_events"));
  take(meter + "/event", R"({"ts":1,"number":9,"code":0,"name":"lost_events","value":1})");
  EXPECT_TRUE(has_alarm("lost_events"));
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
    ASSERT_TRUE(
        vending::sell(unit, vault, ports, {}, {id, test::flat, quantity::units(5), true, "olga", false}));
  });
  ASSERT_EQ(remembered.commands.size(), 1U);
  const std::string head =
      R"({"id":")" + remembered.commands[0].id + R"(","meter":")" + test::flat + R"(","ts":5,)";
  EXPECT_FALSE(take("result", R"({"id":"x","meter":"07000000013","outcome":"done"})"));
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
  store::Writer writer(directory / "test.db", store::system_clock());
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
