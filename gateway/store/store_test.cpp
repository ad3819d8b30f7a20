// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/store.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/store/directory_test_support.hpp"

namespace lk::gateway {
namespace {

class StoreTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  // A crash and a new start: what is not on the disk is gone.
  void open() {
    store.reset();
    auto opened = Store::open(directory.path(), 1'000'000);
    ASSERT_TRUE(opened) << opened.error().message;
    store = std::move(*opened);
  }
  static Message message(std::int64_t id, Lane lane = Lane::reading, std::size_t size_bytes = 100) {
    return Message{id, lane, "t", std::string(size_bytes - 1 - Message::row_bytes, 'x')};
  }
  static Command command(const std::string& id) {
    return Command{id, "07000000019", CommandKind::order, "ab", 77};
  }

  TemporaryDirectory directory;
  std::unique_ptr<Store> store;
};

TEST_F(StoreTest, sequence_begins_at_the_time_of_the_first_start_and_never_repeats) {
  EXPECT_EQ(store->reserve_sequence(100), 1'000'000);
  EXPECT_EQ(store->reserve_sequence(100), 1'000'100);
  open();
  EXPECT_EQ(store->reserve_sequence(100), 1'000'200);
  ASSERT_TRUE(store->return_sequence(1'000'205));
  open();
  EXPECT_EQ(store->reserve_sequence(1), 1'000'205);
}

TEST_F(StoreTest, keeps_messages_and_event_marks_together) {
  const std::vector messages{message(1, Lane::event), message(2)};
  const std::vector marks{EventMark{"07000000019", 17}};
  ASSERT_TRUE(store->append(messages, marks));
  open();
  EXPECT_EQ(*store->last_event("07000000019"), 17);
  EXPECT_EQ(*store->last_event("07000000027"), std::nullopt);
  const auto waiting = store->waiting(Lane::event, 0, 10);
  ASSERT_EQ(waiting->size(), 1U);
  EXPECT_EQ(waiting->front().payload, messages[0].payload);
  const auto figures = store->outbox_figures();
  EXPECT_EQ(figures->count, 2);
  EXPECT_EQ(figures->size_bytes, 200);
  EXPECT_EQ(figures->last_id[1], 2);
}

TEST_F(StoreTest, keeps_the_newest_events_of_each_meter_and_begins_anew_with_its_log) {
  const auto keep = [&](const std::string& meter, std::int64_t first, std::int64_t last) {
    std::vector<KeptEvent> events;
    for (auto n = first; n <= last; ++n) events.push_back(KeptEvent{meter, n, "e" + std::to_string(n)});
    ASSERT_TRUE(store->append({}, {}, events));
  };
  const auto numbers = [&](const char* meter, EventRange range) {
    std::vector<std::int64_t> found;
    const auto events = store->kept_events(meter, range);
    for (const KeptEvent& event : *events) {
      EXPECT_EQ(event.payload, "e" + std::to_string(event.number));
      found.push_back(event.number);
    }
    return found;
  };
  keep("a", 1, 300);
  keep("b", 7, 7);
  open();
  const auto kept = numbers("a", {1, 1000});
  EXPECT_EQ(kept.size(), static_cast<std::size_t>(Store::kept_numbers));
  EXPECT_EQ(kept.front(), 45);
  EXPECT_EQ(kept.back(), 300);
  EXPECT_EQ(numbers("a", {100, 102}), (std::vector<std::int64_t>{100, 101, 102}));
  EXPECT_EQ(numbers("b", {1, 1000}), std::vector<std::int64_t>{7});
  EXPECT_TRUE(numbers("c", {1, 1000}).empty());
  keep("a", 1, 2);
  EXPECT_EQ(numbers("a", {1, 1000}), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(StoreTest, gives_messages_back_in_order_from_any_place) {
  std::vector<Message> messages;
  for (std::int64_t id = 1; id <= 10; ++id) messages.push_back(message(id));
  ASSERT_TRUE(store->append(messages, {}));
  const auto some = store->waiting(Lane::reading, 4, 3);
  ASSERT_EQ(some->size(), 3U);
  EXPECT_EQ((*some)[0].id, 5);
  EXPECT_EQ((*some)[2].id, 7);
}

TEST_F(StoreTest, removes_what_is_there_and_says_how_much) {
  ASSERT_TRUE(store->append(std::vector{message(1), message(2)}, {}));
  const auto removed = store->remove(std::vector<std::int64_t>{2, 3});
  EXPECT_EQ(removed->count, 1);
  EXPECT_EQ(removed->size_bytes, 100);
}

TEST_F(StoreTest, drops_the_oldest_of_a_lane_and_no_more_than_needed) {
  std::vector<Message> messages;
  for (std::int64_t id = 1; id <= 10; ++id)
    messages.push_back(message(id, id == 1 ? Lane::event : Lane::reading));
  ASSERT_TRUE(store->append(messages, {}));
  const auto dropped = store->drop_oldest(Lane::reading, 3, 250);
  EXPECT_EQ(dropped->count, 3);
  const auto left = store->waiting(Lane::reading, 0, 10);
  ASSERT_EQ(left->size(), 6U);
  EXPECT_EQ((*left)[2].id, 7);
}

TEST_F(StoreTest, a_command_is_accepted_once_and_has_one_end) {
  EXPECT_EQ(store->accept(command("x"), 1)->state, Acceptance::State::accepted);
  EXPECT_EQ(store->accept(command("x"), 2)->state, Acceptance::State::pending);
  open();
  const auto pending = store->pending_commands();
  ASSERT_EQ(pending->size(), 1U);
  EXPECT_EQ(pending->front().command, command("x"));
  EXPECT_FALSE(pending->front().sent);
  const Command events{"y", "07000000019", CommandKind::events, "17-21", 77};
  ASSERT_TRUE(store->accept(events, 2));
  EXPECT_EQ(store->pending_commands()->at(1).command, events);
  ASSERT_TRUE(store->end("y", "done", 3));
  ASSERT_TRUE(store->mark_sent("x"));
  EXPECT_TRUE(store->pending_commands()->front().sent);
  ASSERT_TRUE(store->end("x", "first", 3));
  ASSERT_TRUE(store->end("x", "second", 4));
  open();
  EXPECT_TRUE(store->pending_commands()->empty());
  const auto again = store->accept(command("x"), 5);
  EXPECT_EQ(again->state, Acceptance::State::ended);
  EXPECT_EQ(again->result, "first");
}

TEST_F(StoreTest, a_result_waits_until_it_is_published) {
  ASSERT_TRUE(store->accept(command("x"), 1));
  ASSERT_TRUE(store->end("x", "done", 3));
  open();
  EXPECT_EQ(store->unpublished_results()->size(), 1U);
  ASSERT_TRUE(store->mark_published(std::vector<std::string>{"x"}));
  EXPECT_TRUE(store->unpublished_results()->empty());
}

TEST_F(StoreTest, forgets_old_published_results_only) {
  for (const char* id : {"old", "unpublished", "new", "pending"}) ASSERT_TRUE(store->accept(command(id), 1));
  ASSERT_TRUE(store->end("old", "r", 100));
  ASSERT_TRUE(store->end("unpublished", "r", 100));
  ASSERT_TRUE(store->end("new", "r", 900));
  ASSERT_TRUE(store->mark_published(std::vector<std::string>{"old", "new"}));
  ASSERT_TRUE(store->prune_commands(1000, 500, 100));
  EXPECT_EQ(store->accept(command("old"), 1)->state, Acceptance::State::accepted);
  EXPECT_EQ(store->accept(command("new"), 1)->state, Acceptance::State::ended);
  EXPECT_EQ(store->accept(command("unpublished"), 1)->state, Acceptance::State::ended);
  EXPECT_EQ(store->accept(command("pending"), 1)->state, Acceptance::State::pending);
  ASSERT_TRUE(store->prune_commands(1000, 500, 0));
  EXPECT_EQ(store->accept(command("new"), 1)->state, Acceptance::State::accepted);
}

TEST_F(StoreTest, a_full_disk_is_told_and_changes_nothing) {
  ASSERT_TRUE(store->append(std::vector{message(1)}, {}));
  ASSERT_TRUE(store->limit_growth(2));
  std::vector<Message> many;
  for (std::int64_t id = 2; id <= 200; ++id) many.push_back(message(id, Lane::reading, 1000));
  const auto full = store->append(many, std::vector{EventMark{"m", 1}});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, StoreError::Kind::full);
  EXPECT_EQ(*store->last_event("m"), std::nullopt);
  EXPECT_EQ(store->outbox_figures()->count, 1);
  EXPECT_TRUE(store->reserve_sequence(10)) << "what needs no room still works";
}

TEST_F(StoreTest, a_damaged_file_is_put_aside_and_a_new_one_begun) {
  store.reset();
  std::ofstream{directory.path() / Store::file_name, std::ios::binary} << std::string(10'000, 'z');
  auto opened = Store::open(directory.path(), 2'000'000);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_NE((*opened)->set_aside(), "");
  EXPECT_TRUE(std::filesystem::exists((*opened)->set_aside()));
  EXPECT_EQ((*opened)->reserve_sequence(1), 2'000'000);
}

TEST(StoreOpen, says_why_a_directory_cannot_be_used) {
  const auto opened = Store::open("/proc/nonexistent/state", 1);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("/proc/nonexistent/state"), std::string::npos);
}

}  // namespace
}  // namespace lk::gateway
