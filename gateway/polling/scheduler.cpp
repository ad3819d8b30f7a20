// SPDX-License-Identifier: Apache-2.0
#include "gateway/polling/scheduler.hpp"

#include <algorithm>

namespace lk::gateway {
namespace {

constexpr std::int64_t longest_wait_ms = 60'000;

}  // namespace

Scheduler::Scheduler(std::size_t meter_count, std::int64_t poll_ms, std::int64_t attempt_ms,
                     std::int64_t now_ms)
    : meters_(meter_count), poll_ms_(poll_ms), attempt_ms_(attempt_ms), next_round_ms_(now_ms) {}

std::size_t Scheduler::reachable_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(meters_, [](const Meter& meter) { return meter.reach == Reach::reachable; }));
}

bool Scheduler::fits_before_round(std::int64_t now_ms) const {
  return !in_round_ && now_ms + attempt_ms_ <= next_round_ms_;
}

std::int64_t Scheduler::lost_from_ms(std::int64_t now_ms) const {
  if (reachable_count() == 0 || fits_before_round(now_ms)) return now_ms;
  const bool pauses_are_long = poll_ms_ - cycle_ms_ >= attempt_ms_;
  // A round comes first, then the pause behind it.
  return pauses_are_long ? std::max(next_round_ms_, now_ms + 1) : std::max(now_ms, lost_free_at_ms_);
}

std::optional<std::size_t> Scheduler::due_command(std::int64_t now_ms) const {
  std::optional<std::size_t> best;
  const bool lost_allowed = lost_from_ms(now_ms) <= now_ms;
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    const Meter& meter = meters_[i];
    if (meter.commands == 0 || meter.command_at_ms > now_ms) continue;
    if (meter.reach == Reach::lost && !lost_allowed) continue;
    if (!best || meter.command_order < meters_[*best].command_order) best = i;
  }
  return best;
}

std::optional<std::size_t> Scheduler::due_probe(std::int64_t now_ms) const {
  std::optional<std::size_t> best;
  const bool lost_allowed = lost_from_ms(now_ms) <= now_ms;
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    const Meter& meter = meters_[i];
    if (meter.reach == Reach::reachable || meter.probe_at_ms > now_ms) continue;
    if (meter.reach == Reach::lost && !lost_allowed) continue;
    if (!best || meter.probe_at_ms < meters_[*best].probe_at_ms) best = i;
  }
  return best;
}

std::int64_t Scheduler::wake_ms(std::int64_t now_ms) const {
  std::int64_t wake = now_ms + longest_wait_ms;
  if (reachable_count() > 0) wake = std::min(wake, next_round_ms_);
  const std::int64_t lost_from = lost_from_ms(now_ms);
  for (const Meter& meter : meters_) {
    const std::int64_t from = meter.reach == Reach::lost ? lost_from : now_ms;
    if (meter.commands > 0) wake = std::min(wake, std::max(meter.command_at_ms, from));
    if (meter.reach != Reach::reachable) wake = std::min(wake, std::max(meter.probe_at_ms, from));
  }
  return std::max(wake, now_ms + 1);
}

void Scheduler::begin_round(std::int64_t now_ms) {
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    if (meters_[i].reach == Reach::reachable) round_.push_back(i);
  }
  in_round_ = !round_.empty();
  round_begun_ms_ = now_ms;
  next_round_ms_ = now_ms + poll_ms_;
}

Job Scheduler::next(std::int64_t now_ms) {
  if (in_round_) {
    while (!round_.empty() && meters_[round_.front()].reach != Reach::reachable) round_.pop_front();
    if (round_.empty()) {
      in_round_ = false;
      cycle_ms_ = now_ms - round_begun_ms_;
    }
  }
  attempt_was_free_ = fits_before_round(now_ms);
  const bool poll_waits = in_round_ || (now_ms >= next_round_ms_ && reachable_count() > 0);
  const bool poll_has_its_turn = poll_waits && commands_run_ >= commands_in_a_row;
  if (const auto meter = due_command(now_ms); meter && !poll_has_its_turn) {
    ++commands_run_;
    return Job{Job::Kind::command, *meter};
  }
  commands_run_ = 0;
  if (!in_round_) {
    if (const auto meter = due_probe(now_ms)) return Job{Job::Kind::probe, *meter};
    if (now_ms >= next_round_ms_) begin_round(now_ms);
  }
  if (in_round_) {
    const std::size_t meter = round_.front();
    round_.pop_front();
    return Job{Job::Kind::poll, meter};
  }
  return Job{Job::Kind::wait, 0, wake_ms(now_ms)};
}

void Scheduler::answered(std::size_t index, std::int64_t now_ms) {
  Meter& meter = meters_[index];
  if (meter.reach != Reach::reachable) {
    meter.failures = 0;
    meter.command_at_ms = now_ms;
    // A meter that comes back is polled at once, not a round later.
    if (in_round_) round_.push_back(index);
    if (reachable_count() == 0) next_round_ms_ = std::min(next_round_ms_, now_ms);
  } else {
    meter.failures = std::max(0, meter.failures - 1);
  }
  meter.reach = Reach::reachable;
  meter.backoff_ms = first_backoff_ms;
}

void Scheduler::lose(Meter& meter, std::int64_t now_ms) {
  meter.backoff_ms =
      meter.reach == Reach::lost ? std::min(meter.backoff_ms * 2, last_backoff_ms) : first_backoff_ms;
  meter.reach = Reach::lost;
  meter.probe_at_ms = now_ms + meter.backoff_ms;
}

void Scheduler::unanswered(std::size_t index, std::int64_t begun_ms, std::int64_t now_ms) {
  Meter& meter = meters_[index];
  if (meter.reach == Reach::reachable && ++meter.failures < failures_to_lose) return;
  if (meter.reach == Reach::lost && !attempt_was_free_) {
    lost_free_at_ms_ = now_ms + (lost_share - 1) * (now_ms - begun_ms);
  }
  lose(meter, now_ms);
}

void Scheduler::refused(std::size_t index, std::int64_t begun_ms, std::int64_t now_ms) {
  meters_[index].failures = failures_to_lose;
  unanswered(index, begun_ms, now_ms);
}

void Scheduler::command_waits(std::size_t index) {
  Meter& meter = meters_[index];
  if (meter.commands++ == 0) meter.command_order = ++command_counter_;
}

void Scheduler::command_ended(std::size_t index) {
  Meter& meter = meters_[index];
  --meter.commands;
  meter.command_at_ms = 0;
  meter.command_order = ++command_counter_;
}

void Scheduler::command_later(std::size_t index, std::int64_t at_ms) {
  meters_[index].command_at_ms = at_ms;
}

void Scheduler::line_lost(std::int64_t now_ms) {
  round_.clear();
  in_round_ = false;
  next_round_ms_ = now_ms;
  lost_free_at_ms_ = now_ms;
  for (Meter& meter : meters_) {
    meter.reach = Reach::unknown;
    meter.failures = 0;
    meter.backoff_ms = first_backoff_ms;
    meter.probe_at_ms = now_ms;
  }
}

}  // namespace lk::gateway
