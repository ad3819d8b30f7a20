// SPDX-License-Identifier: Apache-2.0
#include "gateway/uplink/outbox.hpp"

#include <gtest/gtest.h>

#include <random>

#include "gateway/store/directory_test_support.hpp"

namespace lk::gateway {
namespace {

class OutboxTest : public testing::Test {
 protected:
  void SetUp() override { start(); }
  // A new life of the process on the same disk.
  void start(Outbox::Limits limits = {}) {
    outbox.reset();
    store.reset();
    store = std::move(*Store::open(directory.path(), 1));
    outbox = std::make_unique<Outbox>(*store, limits);
  }
  std::vector<std::string> take_all() {
    std::vector<std::string> payloads;
    while (const auto message = outbox->next()) {
      payloads.push_back(message->payload);
      taken.push_back(*message);
    }
    return payloads;
  }
  void confirm_all() {
    for (const Message& message : taken) outbox->confirmed(message.lane, message.id);
    outbox->forget_confirmed();
    taken.clear();
  }
  using Payloads = std::vector<std::string>;

  TemporaryDirectory directory;
  std::unique_ptr<Store> store;
  std::unique_ptr<Outbox> outbox;
  std::vector<Message> taken;
};

TEST_F(OutboxTest, hands_each_message_out_once_and_events_first) {
  outbox->put_reading("t", "r1");
  outbox->put_event("t", "e1", {"m", 1});
  outbox->put_reading("t", "r2");
  EXPECT_EQ(take_all(), (Payloads{"e1", "r1", "r2"}));
  EXPECT_EQ(take_all(), Payloads{});
  EXPECT_EQ(outbox->waiting_count(), 3);
  confirm_all();
  EXPECT_EQ(outbox->waiting_count(), 0);
}

TEST_F(OutboxTest, keeps_the_order_between_disk_and_memory) {
  outbox->put_reading("t", "r1");
  outbox->put_reading("t", "r2");
  ASSERT_TRUE(outbox->persist_readings());
  outbox->put_reading("t", "r3");
  EXPECT_EQ(take_all(), (Payloads{"r1", "r2", "r3"}));
}

TEST_F(OutboxTest, a_message_that_goes_to_disk_while_on_its_way_is_not_handed_out_again) {
  outbox->put_reading("t", "r1");
  EXPECT_EQ(take_all(), Payloads{"r1"});
  ASSERT_TRUE(outbox->persist_readings());
  outbox->put_reading("t", "r2");
  const std::vector<Message> first = taken;
  EXPECT_EQ(take_all(), Payloads{"r2"});
  outbox->confirmed(Lane::reading, first[0].id);
  outbox->forget_confirmed();
  confirm_all();
  EXPECT_EQ(outbox->waiting_count(), 0);
  EXPECT_EQ(store->outbox_figures()->count, 0);
}

TEST_F(OutboxTest, what_was_not_confirmed_is_handed_out_again_in_the_next_life) {
  outbox->put_reading("t", "r1");
  outbox->put_reading("t", "r2");
  outbox->put_event("t", "e1", {"m", 1});
  ASSERT_TRUE(outbox->persist_readings());
  ASSERT_TRUE(outbox->persist_events());
  EXPECT_EQ(take_all().size(), 3U);
  outbox->confirmed(Lane::reading, taken[1].id);
  outbox->forget_confirmed();
  start();
  outbox->put_reading("t", "r3");
  EXPECT_EQ(take_all(), (Payloads{"e1", "r2", "r3"}));
  EXPECT_EQ(*store->last_event("m"), 1);
}

TEST_F(OutboxTest, is_bounded_on_disk_and_drops_the_oldest_readings_first_events_last) {
  start({.disk_bytes = 100'000});
  for (int i = 0; i < 50; ++i) outbox->put_event("t", "e" + std::to_string(i), {"m", i});
  ASSERT_TRUE(outbox->persist_events());
  for (int i = 0; i < 400; ++i) {
    outbox->put_reading("t", std::to_string(i) + std::string(960, 'x'));
    if (i % 20 == 19) {
      ASSERT_TRUE(outbox->persist_readings());
    }
  }
  EXPECT_LE(store->outbox_figures()->size_bytes, 100'000);
  EXPECT_EQ(outbox->dropped_events(), 0);
  const auto left = take_all();
  EXPECT_EQ(left[0], "e0");
  EXPECT_EQ(left.back().substr(0, 3), "399");
  EXPECT_EQ(static_cast<std::int64_t>(left.size()), 450 - outbox->dropped_readings());
  EXPECT_GT(left.size(), 50U + 85U);
  for (int i = 0; i < 2000; ++i) outbox->put_event("t", std::string(960, 'e'), {"m", i});
  ASSERT_TRUE(outbox->persist_events());
  EXPECT_GT(outbox->dropped_events(), 0);
  EXPECT_LE(store->outbox_figures()->size_bytes, 100'000 + 451 * 1000);
}

TEST_F(OutboxTest, a_full_disk_leaves_messages_in_memory_bounded_and_counted) {
  start({.memory_messages = 100});
  ASSERT_TRUE(store->limit_growth(0));
  bool took = true;
  for (int i = 0; i < 200; ++i) {
    outbox->put_reading("t", std::to_string(i) + std::string(2000, 'x'));
    if (i % 10 == 0) took = outbox->persist_readings() && took;
  }
  EXPECT_FALSE(took);
  EXPECT_NE(outbox->storage_fault(), "");
  EXPECT_LE(outbox->readings_in_memory(), 100U);
  const auto left = take_all();
  EXPECT_EQ(left.back().substr(0, 3), "199") << "what is new still goes out";
  EXPECT_EQ(static_cast<std::int64_t>(left.size()) + outbox->dropped_readings(), 200);
  ASSERT_TRUE(store->limit_growth(1000));
  EXPECT_TRUE(outbox->persist_readings());
  EXPECT_EQ(outbox->storage_fault(), "") << "and the disk is used again when it has room";
}

TEST_F(OutboxTest, loses_and_reorders_nothing_whatever_happens) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  std::deque<Message> on_the_way;
  std::vector<int> arrived;
  int made = 0;
  int confirmed_in_memory = 0;
  for (int step = 0; step < 3000; ++step) {
    switch (random() % 8) {
      case 0:
      case 1:
      case 2:
        outbox->put_reading("t", std::to_string(made++));
        break;
      case 3:
      case 4:
        if (const auto message = outbox->next()) {
          arrived.push_back(std::stoi(message->payload));
          on_the_way.push_back(*message);
        }
        break;
      case 5:
        if (!on_the_way.empty()) {
          outbox->confirmed(Lane::reading, on_the_way.front().id);
          on_the_way.pop_front();
          ++confirmed_in_memory;
        }
        break;
      case 6:
        if (random() % 8 == 0) {
          ASSERT_TRUE(outbox->persist_readings());
        }
        break;
      case 7:
        if (random() % 20 == 0) {  // a clean end and a new start: what was not confirmed comes again
          ASSERT_TRUE(outbox->persist_readings());
          outbox->forget_confirmed();
          on_the_way.clear();
          ASSERT_NO_FATAL_FAILURE(start());
        }
        break;
    }
  }
  while (const auto message = outbox->next()) arrived.push_back(std::stoi(message->payload));
  std::vector<int> first_arrivals;
  for (const int number : arrived) {
    if (first_arrivals.empty() || number > first_arrivals.back()) first_arrivals.push_back(number);
  }
  ASSERT_EQ(static_cast<int>(first_arrivals.size()), made) << confirmed_in_memory;
  for (int i = 0; i < made; ++i) EXPECT_EQ(first_arrivals[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace lk::gateway
