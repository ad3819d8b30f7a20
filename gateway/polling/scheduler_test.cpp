// SPDX-License-Identifier: Apache-2.0
// The scheduler on a line whose time is moved by the test: a job takes what it would take on the wire.
#include "gateway/polling/scheduler.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace lk::gateway {
namespace {

constexpr std::int64_t poll_cost_ms = 88;   // two blocks at 19 200 baud
constexpr std::int64_t probe_cost_ms = 20;  // one small block
constexpr std::int64_t timeout_ms = 310;    // request, then silence

class FakeLine {
 public:
  FakeLine(std::size_t meters, std::int64_t poll_ms) : scheduler(meters, poll_ms, timeout_ms, 0) {}

  // Does one job; its time passes.
  Job step() {
    const Job job = scheduler.next(now_ms);
    const std::int64_t begun = now_ms;
    switch (job.kind) {
      case Job::Kind::wait:
        now_ms = job.until_ms;
        return job;
      case Job::Kind::command: {
        const bool answers = !dead.contains(job.meter);
        now_ms += answers ? poll_cost_ms : timeout_ms;
        ++commands;
        if (answers) {
          scheduler.answered(job.meter, now_ms);
          scheduler.command_ended(job.meter);
          command_done_at[job.meter] = now_ms;
        } else {
          scheduler.unanswered(job.meter, begun, now_ms);
          scheduler.command_later(job.meter, now_ms + 1000);
        }
        return job;
      }
      case Job::Kind::poll:
      case Job::Kind::probe: {
        const bool answers = !dead.contains(job.meter);
        const std::int64_t cost = job.kind == Job::Kind::poll ? poll_cost_ms : probe_cost_ms;
        now_ms += answers ? cost : timeout_ms;
        if (answers) {
          scheduler.answered(job.meter, now_ms);
          if (job.kind == Job::Kind::poll) ++polls[job.meter];
        } else {
          scheduler.unanswered(job.meter, begun, now_ms);
          spent_on_dead_ms += now_ms - begun;
        }
        return job;
      }
    }
    return job;
  }
  void run_until(std::int64_t end_ms) {
    while (now_ms < end_ms) step();
  }

  Scheduler scheduler;
  std::int64_t now_ms = 0;
  std::set<std::size_t> dead;
  std::map<std::size_t, int> polls;
  std::map<std::size_t, std::int64_t> command_done_at;
  int commands = 0;
  std::int64_t spent_on_dead_ms = 0;
};

TEST(Scheduler, polls_each_living_meter_once_a_round) {
  FakeLine line{7, 1000};
  line.run_until(60'000);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(line.polls[i], 60, 1);
  EXPECT_EQ(line.scheduler.cycle_ms(), 7 * poll_cost_ms);
}

TEST(Scheduler, starts_the_next_round_at_once_where_one_takes_longer_than_the_interval) {
  FakeLine line{32, 1000};
  line.run_until(60'000);
  for (std::size_t i = 0; i < 32; ++i) EXPECT_GE(line.polls[i], 60'000 / (32 * poll_cost_ms) - 1);
}

TEST(Scheduler, eight_dead_of_32_slow_the_living_by_less_than_a_tenth_on_a_full_line) {
  constexpr std::int64_t hour_ms = 3'600'000;
  FakeLine alone{24, 100};
  alone.run_until(hour_ms);
  FakeLine line{32, 100};
  line.dead = {1, 5, 9, 13, 17, 21, 25, 29};
  line.run_until(hour_ms);
  EXPECT_GT(line.polls[0] * 10, alone.polls[0] * 9);
  EXPECT_LT(line.spent_on_dead_ms, hour_ms / 15);
}

TEST(Scheduler, dead_meters_cost_nothing_where_the_line_has_pauses) {
  FakeLine line{7, 1000};
  line.dead = {3};
  line.run_until(600'000);
  EXPECT_NEAR(line.polls[0], 600, 3);
  EXPECT_EQ(line.scheduler.reach(3), Reach::lost);
}

TEST(Scheduler, a_meter_that_dies_costs_three_timeouts_before_it_is_lost) {
  FakeLine line{24, 100};
  line.run_until(10'000);
  line.dead = {7};
  const std::int64_t before = line.spent_on_dead_ms;
  while (line.scheduler.reach(7) == Reach::reachable) line.step();
  EXPECT_EQ(line.spent_on_dead_ms - before, 3 * timeout_ms);
}

TEST(Scheduler, one_lost_answer_does_not_lose_a_meter) {
  FakeLine line{2, 1000};
  line.run_until(5'000);
  line.dead = {0};
  while (line.step().kind != Job::Kind::poll) {
  }
  line.step();
  line.dead.clear();
  line.run_until(10'000);
  EXPECT_EQ(line.scheduler.reach(0), Reach::reachable);
}

TEST(Scheduler, a_meter_that_comes_back_is_found_within_its_longest_interval) {
  FakeLine line{7, 1000};
  line.dead = {2};
  line.run_until(600'000);
  line.dead.clear();
  line.run_until(600'000 + Scheduler::last_backoff_ms + 2000);
  EXPECT_EQ(line.scheduler.reach(2), Reach::reachable);
  EXPECT_GT(line.polls[2], 0);
}

TEST(Scheduler, a_line_on_which_all_are_dead_keeps_asking_all_of_them) {
  FakeLine line{7, 1000};
  for (std::size_t i = 0; i < 7; ++i) line.dead.insert(i);
  line.run_until(120'000);
  line.dead.clear();
  line.run_until(120'000 + Scheduler::last_backoff_ms + 2000);
  EXPECT_EQ(line.scheduler.reachable_count(), 7U);
}

TEST(Scheduler, a_command_goes_before_the_rest_of_the_round) {
  FakeLine line{32, 100};
  line.run_until(10'000);
  line.scheduler.command_waits(20);
  EXPECT_EQ(line.step().kind, Job::Kind::command);
}

TEST(Scheduler, a_flood_of_commands_does_not_stop_polling) {
  FakeLine line{2, 100};
  line.run_until(10'000);
  for (int i = 0; i < 1000; ++i) line.scheduler.command_waits(0);
  const int before = line.polls[1];
  while (line.commands < 1000) line.step();
  EXPECT_GT(line.polls[1] - before, 50);
}

TEST(Scheduler, commands_to_a_dead_meter_keep_to_the_share_of_the_dead) {
  FakeLine line{8, 100};
  line.dead = {0};
  line.run_until(60'000);
  const int before = line.polls[1];
  const int sent_before = line.commands;
  line.scheduler.command_waits(0);
  line.run_until(120'000);
  EXPECT_GT(line.commands, sent_before);
  FakeLine alone{7, 100};
  alone.run_until(60'000);
  EXPECT_GT((line.polls[1] - before) * 10, alone.polls[0] * 9);
}

TEST(Scheduler, a_command_is_tried_at_once_when_its_meter_comes_back) {
  FakeLine line{7, 1000};
  line.dead = {4};
  line.run_until(60'000);
  line.scheduler.command_waits(4);
  line.run_until(90'000);
  line.dead.clear();
  line.run_until(90'000 + Scheduler::last_backoff_ms + 2000);
  EXPECT_TRUE(line.command_done_at.contains(4));
}

TEST(Scheduler, asks_everybody_again_after_the_line_was_gone) {
  FakeLine line{3, 1000};
  line.run_until(5'000);
  line.scheduler.line_lost(line.now_ms);
  EXPECT_EQ(line.scheduler.reachable_count(), 0U);
  line.run_until(line.now_ms + 2'000);
  EXPECT_EQ(line.scheduler.reachable_count(), 3U);
}

}  // namespace
}  // namespace lk::gateway
