// SPDX-License-Identifier: Apache-2.0
#include "gateway/line/line.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "dictionary/codec.hpp"
#include "gateway/clock.hpp"

namespace lk::gateway {
namespace {

namespace asio = boost::asio;
using dictionary::Id;

constexpr std::int64_t reopen_first_ms = 250;
constexpr std::int64_t reopen_last_ms = 10'000;
// A meter is not exchanged for another in less time than this without a poll that goes unanswered.
constexpr std::int64_t known_ms = 60'000;
constexpr std::int64_t longest_pause_ms = 1000;  // so that commands expire in time

// The longest an unanswered request holds the line: its own time, the timeout, the time of the answer it
// waits for.
std::int64_t attempt_ms(const LineConfiguration& line) {
  constexpr std::int64_t probe_bytes = 8 + 17;
  const std::int64_t character_us = modbus::timing_of(line.baud).character_us;
  return line.timeout_ms + (2 * probe_bytes * character_us) / 1000 + 10;
}

}  // namespace

Line::Line(const asio::any_io_executor& executor, const LineConfiguration& configuration, Reports& reports,
           const std::map<std::string, std::int64_t>& last_events)
    : configuration_(configuration),
      reports_(reports),
      channel_(executor, configuration),
      master_(executor, channel_, configuration),
      timer_(executor),
      plan_(plan_reads(polled_ids())),
      scheduler_(configuration.meters.size(), configuration.poll_ms, attempt_ms(configuration), steady_ms()) {
  for (const MeterConfiguration& meter : configuration.meters) {
    meters_.push_back(Meter{meter.number, meter.address});
    const auto last = last_events.find(meter.number);
    if (last != last_events.end()) meters_.back().last_event = last->second;
  }
}

bool Line::has(std::string_view number) const {
  return std::ranges::any_of(meters_, [&](const Meter& meter) { return meter.number == number; });
}

void Line::submit(Command command, bool sent) {
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    if (meters_[i].number != command.meter) continue;
    meters_[i].work.push_back(Work{std::move(command), sent, sent});
    scheduler_.command_waits(i);
    timer_.cancel();
    return;
  }
}

void Line::stop() {
  stopping_ = true;
  timer_.cancel();
  channel_.close();
}

asio::awaitable<void> Line::run() {
  while (!stopping_) {
    if (!channel_.is_open() && !co_await open()) continue;
    expire();
    const Job job = scheduler_.next(steady_ms());
    tell_status();
    if (job.kind == Job::Kind::wait) {
      co_await pause(job.until_ms);
    } else {
      co_await perform(job);
    }
  }
}

asio::awaitable<void> Line::pause(std::int64_t until_ms) {
  const std::int64_t wait_ms = std::clamp<std::int64_t>(until_ms - steady_ms(), 0, longest_pause_ms);
  timer_.expires_after(std::chrono::milliseconds{wait_ms});
  co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<bool> Line::open() {
  const auto opened = co_await channel_.open();
  if (stopping_) {
    channel_.close();
    co_return false;
  }
  if (opened) {
    spdlog::info("line {}: open", configuration_.name);
    reopen_backoff_ms_ = 0;
    scheduler_.line_lost(steady_ms());
    co_return true;
  }
  line_is_down(opened.error());
  reopen_backoff_ms_ = std::clamp(reopen_backoff_ms_ * 2, reopen_first_ms, reopen_last_ms);
  const std::int64_t again_at_ms = steady_ms() + reopen_backoff_ms_;
  while (!stopping_ && steady_ms() < again_at_ms) {
    expire();
    co_await pause(again_at_ms);
  }
  co_return false;
}

void Line::line_is_down(const std::string& why) {
  channel_.close();
  scheduler_.line_lost(steady_ms());
  if (meters_.front().link_reason != "line_down") {
    spdlog::error("line {}: cannot be used: {}; trying again", configuration_.name, why);
  }
  for (Meter& meter : meters_) tell_link(meter, false, "line_down");
}

asio::awaitable<void> Line::perform(Job job) {
  Meter& meter = meters_[job.meter];
  const std::int64_t begun_ms = steady_ms();
  Step step = Step::answered;
  switch (job.kind) {
    case Job::Kind::poll:
      step = co_await poll(meter);
      break;
    case Job::Kind::probe:
      step = co_await probe(meter);
      break;
    case Job::Kind::command:
      step = co_await work_on(job.meter);
      break;
    case Job::Kind::wait:
      break;
  }
  if (!stopping_) settle(job.meter, step, begun_ms);
}

void Line::settle(std::size_t index, Step step, std::int64_t begun_ms) {
  Meter& meter = meters_[index];
  const std::int64_t now_ms = steady_ms();
  switch (step) {
    case Step::answered:
      scheduler_.answered(index, now_ms);
      tell_link(meter, true, "");
      return;
    case Step::unanswered:
      scheduler_.unanswered(index, begun_ms, now_ms);
      break;
    case Step::refused:
      scheduler_.refused(index, begun_ms, now_ms);
      break;
    case Step::line_down:
      line_is_down("the connection was closed");
      return;
  }
  if (scheduler_.reach(index) == Reach::lost) tell_link(meter, false, meter.fault);
}

Line::Step Line::step_of(Meter& meter, const Fault& fault) {
  if (fault.kind != Fault::Kind::exception) meter.known_until_ms = 0;
  switch (fault.kind) {
    case Fault::Kind::timeout:
      meter.fault = "timeout";
      return Step::unanswered;
    case Fault::Kind::garbled:
      meter.fault = "garbled";
      return Step::unanswered;
    case Fault::Kind::exception:
      return Step::answered;
    case Fault::Kind::line_down:
      return Step::line_down;
  }
  return Step::unanswered;
}

void Line::tell_link(Meter& meter, bool reachable, const std::string& reason) {
  if (meter.link == reachable && meter.link_reason == reason) return;
  meter.link = reachable;
  meter.link_reason = reason;
  if (reachable) {
    spdlog::info("line {}: meter {} answers", configuration_.name, meter.number);
  } else if (reason != "line_down") {
    spdlog::warn("line {}: meter {} is not reachable: {}", configuration_.name, meter.number, reason);
  }
  reports_.link(meter.number, reachable, reason, wall_ms());
}

// The cheapest question is also the one that matters most: who answers at this address?
asio::awaitable<Line::Step> Line::probe(Meter& meter) {
  const auto answer = co_await master_.read(meter.address, block_of(Id::meter_number, Id::meter_number));
  if (!answer && answer.error().kind != Fault::Kind::exception) co_return step_of(meter, answer.error());
  const std::string_view number = answer ? dictionary::decode_text(*answer) : std::string_view{meter.number};
  if (number == meter.number) {
    meter.known_until_ms = steady_ms() + known_ms;
    co_return Step::answered;
  }
  if (meter.fault != "wrong_meter") {
    spdlog::error(
        "line {}: at address {} answers meter \"{}\", not {}: correct address or number in the configuration",
        configuration_.name, meter.address, number, meter.number);
  }
  meter.fault = "wrong_meter";
  co_return Step::refused;
}

asio::awaitable<Line::Step> Line::poll(Meter& meter) {
  if (steady_ms() >= meter.known_until_ms) {
    const Step step = co_await probe(meter);
    if (step != Step::answered) co_return step;
  }
  Readout readout;
  for (const Block& block : plan_) {
    const auto answer = co_await master_.read(meter.address, block);
    if (answer) {
      readout.add(block, *answer);
    } else if (answer.error().kind == Fault::Kind::exception) {
      // A meter of another maker lacks these values; the others stand.
      spdlog::debug("meter {}: no registers {:04X}", meter.number, block.address);
    } else {
      co_return step_of(meter, answer.error());
    }
  }
  if (readout.empty()) co_return Step::answered;
  const auto event_count = readout.value(Id::event_count);
  reports_.reading(meter.number, std::move(readout), wall_ms());
  if (event_count == 0 && !meter.last_event) meter.last_event = 0;
  if (event_count && event_count != meter.last_event) co_return co_await take_events(meter, *event_count);
  co_return Step::answered;
}

void Line::tell_status() {
  const std::size_t reachable = scheduler_.reachable_count();
  if (scheduler_.cycle_ms() == told_cycle_ms_ && reachable == told_reachable_) return;
  told_cycle_ms_ = scheduler_.cycle_ms();
  told_reachable_ = reachable;
  reports_.line_status(LineStatus{configuration_.name, meters_.size(), reachable, told_cycle_ms_});
}

}  // namespace lk::gateway
