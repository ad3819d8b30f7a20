// SPDX-License-Identifier: Apache-2.0
// The part of Line that brings a command to its one end (docs/formats/mqtt.md):
//
//   new ──► write ──answered──► read back ──► done | refused        not ready: later, again
//             │ no answer            │ no answer
//             ▼                      ▼
//          uncertain ──► read back ──► done
//                            └─ tells nothing ──► write again (the meter takes the same bytes once)
//
// What is not sent by its expiry ends `expired`. What is uncertain then is asked for, not sent again.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "gateway/clock.hpp"
#include "gateway/command/verdict.hpp"
#include "gateway/line/line.hpp"

namespace lk::gateway {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t soon_ms = 100;
constexpr std::int64_t backoff_first_ms = 500;
constexpr std::int64_t backoff_last_ms = 15'000;

// Whether an exception says that the meter will never take this.
bool is_final(modbus::Exception exception) {
  return exception == modbus::Exception::illegal_function ||
         exception == modbus::Exception::illegal_address || exception == modbus::Exception::illegal_value;
}

CommandResult unsupported() {
  CommandResult result;
  result.outcome = Outcome::failed;
  result.error = "unsupported";
  return result;
}

}  // namespace

void Line::end(std::size_t index, const CommandResult& result) {
  Meter& meter = meters_[index];
  Work work = std::move(meter.work.front());
  meter.work.pop_front();
  scheduler_.command_ended(index);
  CommandResult whole = result;
  whole.attempts = work.attempts;
  reports_.ended(work.command, whole);
}

void Line::later(std::size_t index, Work& work, std::int64_t least_ms) {
  work.backoff_ms = std::clamp(work.backoff_ms * 2, std::max(backoff_first_ms, least_ms), backoff_last_ms);
  scheduler_.command_later(index, steady_ms() + work.backoff_ms);
}

void Line::expire() {
  const std::int64_t now_ms = wall_ms();
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    while (!meters_[i].work.empty()) {
      const Work& work = meters_[i].work.front();
      const std::int64_t until_ms = work.command.expires_ms;
      if (now_ms < until_ms || (work.uncertain && now_ms - uncertain_grace_ms < until_ms)) break;
      CommandResult result;
      result.outcome = Outcome::expired;
      result.uncertain = work.uncertain;
      end(i, result);
    }
  }
}

asio::awaitable<Line::Step> Line::work_on(std::size_t index) {
  if (scheduler_.reach(index) != Reach::reachable) {
    const Step step = co_await probe(meters_[index]);
    if (step != Step::answered) {
      later(index, meters_[index].work.front(), 0);
      co_return step;
    }
  }
  // The queue does not lose its front while this coroutine waits: only this coroutine ends commands.
  co_return co_await attempt(index, meters_[index].work.front());
}

asio::awaitable<Line::Step> Line::attempt(std::size_t index, Work& work) {
  const std::uint8_t address = meters_[index].address;
  if (work.uncertain) co_return co_await read_back(index, work, false);
  if (!work.marked && !reports_.may_send(work.command)) {
    later(index, work, 1000);
    co_return Step::answered;
  }
  work.marked = true;
  work.uncertain = true;
  ++work.attempts;
  const auto registers = entry_registers(work.command);
  const auto written = co_await master_.write(address, entry_block(work.command).address, registers);
  if (written) co_return co_await read_back(index, work, true);
  if (written.error().kind == Fault::Kind::exception) {
    work.uncertain = false;
    if (is_final(written.error().exception)) {
      end(index, unsupported());
    } else {
      later(index, work, 0);
    }
    co_return Step::answered;
  }
  scheduler_.command_later(index, steady_ms() + soon_ms);
  co_return step_of(meters_[index], written.error());
}

asio::awaitable<Line::Step> Line::read_back(std::size_t index, Work& work, bool confirmed) {
  const auto answer = co_await master_.read(meters_[index].address, result_block(work.command.kind));
  if (!answer) {
    if (answer.error().kind == Fault::Kind::exception && is_final(answer.error().exception)) {
      end(index, unsupported());
    } else {
      later(index, work, 0);
    }
    co_return step_of(meters_[index], answer.error());
  }
  const Verdict verdict = judge(work.command, *answer, confirmed);
  CommandResult result;
  result.result = verdict.result;
  result.value = verdict.value;
  switch (verdict.kind) {
    case Verdict::Kind::done:
      result.outcome = Outcome::done;
      end(index, result);
      break;
    case Verdict::Kind::refused:
      result.outcome = Outcome::refused;
      end(index, result);
      break;
    case Verdict::Kind::again:
      work.uncertain = false;
      later(index, work, 0);
      break;
    case Verdict::Kind::silent:
      // The meter says nothing of it: it was not taken, and may be sent again.
      work.uncertain = false;
      if (confirmed) later(index, work, 0);
      break;
  }
  co_return Step::answered;
}

}  // namespace lk::gateway
