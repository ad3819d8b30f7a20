// SPDX-License-Identifier: Apache-2.0
// The courier between lines that the test plays and a broker that the test plays.
#include "gateway/uplink/courier.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "gateway/clock.hpp"
#include "gateway/store/directory_test_support.hpp"

namespace lk::gateway {
namespace {

using nlohmann::json;

struct Sent {
  int number;
  std::string topic;
  json payload;
  bool retained;
};

// Takes everything, confirms when told to.
class FakeBroker final : public Broker {
 public:
  std::optional<int> publish(const std::string& topic, const std::string& payload, bool retained) override {
    const std::scoped_lock lock{mutex_};
    sent_.push_back(Sent{++number_, topic, json::parse(payload), retained});
    return number_;
  }
  std::vector<Sent> sent(const std::string& leaf) {
    const std::scoped_lock lock{mutex_};
    std::vector<Sent> found;
    for (const Sent& one : sent_) {
      if (one.topic.ends_with(leaf)) found.push_back(one);
    }
    return found;
  }

 private:
  std::mutex mutex_;
  std::vector<Sent> sent_;
  int number_ = 0;
};

class CourierTest : public testing::Test {
 protected:
  static constexpr const char* meter = "07000000019";

  void SetUp() override { start(); }
  void TearDown() override { courier.reset(); }
  void start() {
    courier.reset();
    store.reset();
    store = std::move(*Store::open(directory.path(), 1000));
    CourierSettings settings;
    settings.base = "latchkey/v1/demo/gw1";
    settings.meters = {meter};
    courier = std::make_unique<Courier>(*store, settings, [this](const Command& command, bool) {
      const std::scoped_lock lock{mutex};
      delivered.push_back(command);
    });
    broker = std::make_unique<FakeBroker>();
    courier->start(*broker);
  }
  std::vector<Sent> wait_for(const std::string& leaf, std::size_t count) {
    const auto end = steady_ms() + 10'000;
    std::vector<Sent> found;
    while (found.size() < count && steady_ms() < end) {
      found = broker->sent(leaf);
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    EXPECT_GE(found.size(), count) << leaf;
    return found;
  }
  static std::string command_payload(const char* id, const char* number = meter) {
    return json{{"id", id},
                {"meter", number},
                {"kind", "token"},
                {"token", std::string(20, '1')},
                {"expires", wall_ms() + 60'000}}
        .dump();
  }
  static std::string events_payload(const char* id, int from, int to, std::int64_t in_ms = 60'000) {
    return json{{"id", id},     {"meter", meter}, {"kind", "events"},
                {"from", from}, {"to", to},       {"expires", wall_ms() + in_ms}}
        .dump();
  }
  static CommandResult done() {
    CommandResult result;
    result.outcome = Outcome::done;
    result.result = 1;
    return result;
  }

  TemporaryDirectory directory;
  std::unique_ptr<Store> store;
  std::unique_ptr<FakeBroker> broker;
  std::unique_ptr<Courier> courier;
  std::mutex mutex;
  std::vector<Command> delivered;
};

TEST_F(CourierTest, numbers_readings_without_gaps_while_the_broker_is_away_and_over_a_restart) {
  for (int i = 0; i < 5; ++i) courier->reading(meter, Readout{}, i);
  start();
  for (int i = 5; i < 10; ++i) courier->reading(meter, Readout{}, i);
  courier->connected();
  const auto readings = wait_for("/reading", 10);
  for (std::size_t i = 0; i < readings.size(); ++i) {
    EXPECT_EQ(readings[i].payload["ts"], i);
    EXPECT_EQ(readings[i].payload["seq"], 1000 + i);
    EXPECT_FALSE(readings[i].retained);
  }
}

TEST_F(CourierTest, sends_a_reading_again_in_the_next_life_unless_it_was_confirmed) {
  courier->connected();
  courier->reading(meter, Readout{}, 1);
  courier->reading(meter, Readout{}, 2);
  const auto readings = wait_for("/reading", 2);
  courier->confirmed(readings[0].number);
  start();
  courier->connected();
  EXPECT_EQ(wait_for("/reading", 1)[0].payload["ts"], 2);
}

TEST_F(CourierTest, says_who_is_reachable_to_each_new_connection) {
  courier->link(meter, false, "timeout", 5);
  courier->connected();
  EXPECT_EQ(wait_for("/link", 1)[0].payload,
            json::parse(R"({"ts": 5, "reachable": false, "reason": "timeout"})"));
  courier->link(meter, true, "", 6);
  EXPECT_EQ(wait_for("/link", 2)[1].payload, json::parse(R"({"ts": 6, "reachable": true})"));
  EXPECT_TRUE(broker->sent("/link")[1].retained);
  courier->disconnected("test");
  courier->connected();
  EXPECT_EQ(wait_for("/link", 3)[2].payload["reachable"], true);
}

TEST_F(CourierTest, tells_a_gap_of_events_before_the_events) {
  courier->connected();
  courier->events(meter, NewEvents{{Event{9, 1, 4, 0, 0}}, 3, 9}, 7);
  const auto events = wait_for("/event", 2);
  EXPECT_EQ(events[0].payload["name"], "lost_events");
  EXPECT_EQ(events[0].payload["number"], 8);
  EXPECT_EQ(events[1].payload["number"], 9);
  courier.reset();
  EXPECT_EQ(*store->last_event(meter), 9);
}

TEST_F(CourierTest, publishes_a_confirmed_event_again_on_command_and_ends_the_command_behind_it) {
  courier->connected();
  courier->events(meter, NewEvents{{Event{9, 1, 4, 0, 0}, Event{10, 2, 5, 0, 0}}, 3, 10}, 7);
  const auto first = wait_for("/event", 3);
  for (const Sent& event : first) courier->confirmed(event.number);
  start();
  courier->connected();
  wait_for("/status", 1);
  EXPECT_TRUE(broker->sent("/event").empty()) << "they are confirmed";
  courier->command(events_payload("x", 8, 9));
  const auto result = wait_for("/result", 1)[0];
  EXPECT_EQ(result.payload["outcome"], "done");
  EXPECT_EQ(result.payload["value"], 2);
  EXPECT_FALSE(result.payload.contains("result"));
  const auto again = broker->sent("/event");
  ASSERT_EQ(again.size(), 2U);
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_EQ(again[i].payload, first[i].payload);
    EXPECT_EQ(again[i].topic, first[i].topic);
    EXPECT_LT(again[i].number, result.number);
  }
  courier->command(events_payload("x", 8, 9));
  EXPECT_EQ(wait_for("/result", 2)[1].payload, result.payload);
  EXPECT_EQ(broker->sent("/event").size(), 2U) << "the same id is answered, not done again";
  EXPECT_TRUE(delivered.empty()) << "nothing goes to the meter";
}

TEST_F(CourierTest, an_event_that_goes_out_again_is_durable_and_so_is_its_command) {
  courier->events(meter, NewEvents{{Event{1, 1, 4, 0, 0}}, 0, 1}, 7);
  courier->connected();
  courier->confirmed(wait_for("/event", 1)[0].number);
  courier->disconnected("test");
  courier->command(events_payload("x", 1, 9));
  start();
  ASSERT_EQ(store->pending_commands()->size(), 1U);
  EXPECT_EQ(store->outbox_figures()->count, 1);
  courier->send_events_again(store->pending_commands()->front().command);
  courier->connected();
  EXPECT_EQ(wait_for("/result", 1)[0].payload["value"], 1);
  EXPECT_EQ(broker->sent("/event").front().payload["number"], 1);
}

TEST_F(CourierTest, a_command_for_events_that_are_not_kept_is_done_with_none) {
  courier->connected();
  courier->command(events_payload("x", 1, 1000));
  EXPECT_EQ(wait_for("/result", 1)[0].payload["value"], 0);
  courier->command(events_payload("y", 1, 1000, -1));
  EXPECT_EQ(wait_for("/result", 2)[1].payload["outcome"], "expired");
}

TEST_F(CourierTest, a_command_is_on_the_disk_before_it_is_acknowledged_and_delivered_once) {
  courier->command(command_payload("x"));
  EXPECT_EQ(store->pending_commands()->size(), 1U);
  courier->command(command_payload("x"));
  ASSERT_EQ(delivered.size(), 1U);
  EXPECT_EQ(delivered[0].id, "x");
}

TEST_F(CourierTest, a_result_is_sent_until_it_is_confirmed_and_again_for_each_repetition) {
  courier->command(command_payload("x"));
  courier->ended(delivered.at(0), done());
  start();
  courier->connected();
  const auto first = wait_for("/result", 1)[0];
  EXPECT_EQ(first.payload["outcome"], "done");
  courier->confirmed(first.number);
  courier->command(command_payload("x"));
  EXPECT_EQ(wait_for("/result", 2)[1].payload, first.payload);
  EXPECT_EQ(delivered.size(), 1U);
  courier->confirmed(broker->sent("/result")[1].number);
  start();
  courier->connected();
  wait_for("/status", 1);
  EXPECT_TRUE(broker->sent("/result").empty());
}

TEST_F(CourierTest, a_command_for_an_unknown_meter_fails_and_stays_failed) {
  courier->connected();
  courier->command(command_payload("x", "07999999999"));
  EXPECT_EQ(wait_for("/result", 1)[0].payload["error"], "unknown_meter");
  courier->command(command_payload("x", "07999999999"));
  EXPECT_EQ(wait_for("/result", 2)[1].payload["error"], "unknown_meter");
  EXPECT_TRUE(delivered.empty());
}

TEST_F(CourierTest, a_command_waits_where_the_disk_is_full_and_goes_on_when_it_has_room) {
  courier->connected();
  ASSERT_TRUE(store->limit_growth(0));
  // Fill what room the file's last pages have.
  int i = 0;
  const std::string filler(2000, '1');
  while (store->append(std::vector{Message{1'000'000 + i, Lane::event, "t", filler}}, {})) ++i;
  const std::string big = json{{"id", "x"},
                               {"meter", meter},
                               {"kind", "token"},
                               {"token", std::string(20, '1')},
                               {"expires", wall_ms() + 60'000}}
                              .dump();
  int n = 0;
  while (store->accept(Command{"fill" + std::to_string(n), "m", CommandKind::order, filler, 0}, 1)) ++n;
  for (n = 0; store->accept(Command{"f" + std::to_string(n), "m", CommandKind::order, "", 0}, 1);) ++n;
  courier->command(big);
  EXPECT_TRUE(delivered.empty());
  ASSERT_TRUE(store->limit_growth(1000));
  const auto end = steady_ms() + 10'000;
  for (;;) {
    const std::scoped_lock lock{mutex};
    if (!delivered.empty() || steady_ms() > end) break;
  }
  ASSERT_EQ(delivered.size(), 1U);
}

TEST_F(CourierTest, status_counts_what_waits) {
  courier->line_status(LineStatus{"a", 7, 6, 412});
  courier->connected();
  const json status = wait_for("/status", 1)[0].payload;
  EXPECT_EQ(status["online"], true);
  EXPECT_EQ(status["lines"][0]["cycle_ms"], 412);
  EXPECT_EQ(status["outbox"], 0);
  EXPECT_EQ(status["storage"], "ok");
}

}  // namespace
}  // namespace lk::gateway
