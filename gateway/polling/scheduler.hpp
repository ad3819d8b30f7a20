// SPDX-License-Identifier: Apache-2.0
// Who is asked next on one line. A pure state machine: times come in, jobs go out; it knows no bytes and no
// clock.
//
//   unknown ──probe answered──► reachable ──`failures_to_lose` polls unanswered──► lost
//      └──────probe failed──────────────────────────────────────────────────────►   │
//                    ◄──────────────probe or command answered───────────────────────┘
//
// Rounds: every reachable meter is polled once a round; a round starts `poll_ms` after the one before it, or
// when that ended, whichever is later. Commands go before polls (but a poll gets its turn after
// `commands_in_a_row`).
//
// The dead must not slow the living: a lost meter is asked with the cheapest request, at growing intervals.
// Attempts that fit into the pause between two rounds are free; others may take at most a twentieth of the
// line's time. Where nobody lives on the line there is nobody to slow, and only the intervals count. Commands
// to lost meters keep to the same rule. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace lk::gateway {

enum class Reach : std::uint8_t { unknown, reachable, lost };

struct Job {
  enum class Kind : std::uint8_t {
    wait,     // nothing to do before `until_ms`
    poll,     // read all of a meter
    probe,    // ask a meter that may be dead who it is
    command,  // work on a meter's oldest command
  };
  Kind kind = Kind::wait;
  std::size_t meter = 0;
  std::int64_t until_ms = 0;
};

class Scheduler {
 public:
  static constexpr int failures_to_lose = 3;
  static constexpr int commands_in_a_row = 8;
  static constexpr std::int64_t first_backoff_ms = 1000;
  static constexpr std::int64_t last_backoff_ms = 30'000;
  static constexpr std::int64_t lost_share =
      20;  // failed attempts may take one part in so many of the line's time

  // `attempt_ms` is what one unanswered attempt costs at most.
  Scheduler(std::size_t meter_count, std::int64_t poll_ms, std::int64_t attempt_ms, std::int64_t now_ms);

  // The next job. Each job but `wait` is followed by one call of the function that ends it, before the next
  // `next`.
  [[nodiscard]] Job next(std::int64_t now_ms);

  // A poll or a probe of `meter`, begun at `begun_ms`, was answered or not.
  void answered(std::size_t meter, std::int64_t now_ms);
  void unanswered(std::size_t meter, std::int64_t begun_ms, std::int64_t now_ms);
  // A meter answers, but not as the one it should be: it is asked again as a lost one.
  void refused(std::size_t meter, std::int64_t begun_ms, std::int64_t now_ms);

  // A command waits for `meter`; called again for each.
  void command_waits(std::size_t meter);
  // The oldest command of `meter` ended.
  void command_ended(std::size_t meter);
  // It has to be tried again: not before `at_ms`, or when the meter comes back.
  void command_later(std::size_t meter, std::int64_t at_ms);

  // The line itself went: every meter has to show itself again. Commands stay.
  void line_lost(std::int64_t now_ms);

  [[nodiscard]] Reach reach(std::size_t meter) const { return meters_[meter].reach; }
  // How long the last whole round took; 0 before the first.
  [[nodiscard]] std::int64_t cycle_ms() const { return cycle_ms_; }
  [[nodiscard]] std::size_t reachable_count() const;

 private:
  struct Meter {
    Reach reach = Reach::unknown;
    int failures = 0;
    std::int64_t backoff_ms = first_backoff_ms;
    std::int64_t probe_at_ms = 0;
    std::size_t commands = 0;
    std::int64_t command_at_ms = 0;
    std::int64_t command_order = 0;  // who waits longest
  };

  [[nodiscard]] std::optional<std::size_t> due_command(std::int64_t now_ms) const;
  [[nodiscard]] std::optional<std::size_t> due_probe(std::int64_t now_ms) const;
  // From when a lost meter may be asked.
  [[nodiscard]] std::int64_t lost_from_ms(std::int64_t now_ms) const;
  [[nodiscard]] bool fits_before_round(std::int64_t now_ms) const;
  [[nodiscard]] std::int64_t wake_ms(std::int64_t now_ms) const;
  void begin_round(std::int64_t now_ms);
  void lose(Meter& meter, std::int64_t now_ms);

  std::vector<Meter> meters_;
  std::int64_t poll_ms_;
  std::int64_t attempt_ms_;
  std::deque<std::size_t> round_;  // meters still to be polled in this round
  bool in_round_ = false;
  std::int64_t round_begun_ms_ = 0;
  std::int64_t next_round_ms_;
  std::int64_t cycle_ms_ = 0;
  std::int64_t lost_free_at_ms_ = 0;  // before this, failed attempts have used up their share
  bool attempt_was_free_ = false;
  int commands_run_ = 0;
  std::int64_t command_counter_ = 0;
};

}  // namespace lk::gateway
