// SPDX-License-Identifier: Apache-2.0
#include "server/app/chores.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <memory>

#include "server/app/live.hpp"
#include "server/customers/users.hpp"
#include "server/http/listener.hpp"
#include "server/meters/alarms.hpp"
#include "server/meters/commands.hpp"
#include "server/meters/gaps.hpp"
#include "server/meters/orders.hpp"
#include "server/meters/readings.hpp"
#include "server/meters/retention.hpp"
#include "server/store/readers.hpp"
#include "server/store/writer.hpp"
#include "server/vending/delivery.hpp"
#include "server/vending/shadow.hpp"

namespace lk::app {
namespace {

constexpr auto tick = std::chrono::milliseconds(250);
constexpr std::int64_t ticks_per_minute = 240;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t day_ms = 24LL * 60 * minute_ms;
// A gateway that was away tells what became of a command when it is back; only then it is given up here.
constexpr std::int64_t grace_ms = 10 * minute_ms;

// Ends what its gateway has told nothing of until long after its time.
void expire_commands(store::Unit& unit, const meters::Ports& ports) {
  for (const auto& [id, meter, expires] : unit.session.rows<std::string, std::string, std::int64_t>(
           "select id, meter, expires from command where ended is null and expires < ?",
           {unit.now_ms - grace_ms})) {
    const auto ended = meters::end_command(unit.session, id, {meter, ""}, unit.now_ms);
    if (!ended) continue;
    const meters::Purpose& purpose = ended->purpose;
    constexpr const char* why = "the gateway did not answer in time";
    if (!purpose.order.empty()) {
      meters::end_order(unit, ports, purpose.order, {"expired", why, std::nullopt, unit.now_ms});
    } else if (purpose.purchase.empty() && purpose.engineering.empty()) {
      meters::end_gap(unit, ports, id, std::nullopt);
    } else {
      vending::take_delivery(unit, ports, {*ended, meter, "expired", std::nullopt, why, unit.now_ms});
    }
  }
}

}  // namespace

void Chores::start() {
  thread_ = std::thread([this] { loop(); });
}

void Chores::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Chores::loop() {
  for (std::int64_t count = 1;; ++count) {
    {
      std::unique_lock lock(mutex_);
      if (ended_.wait_for(lock, tick, [&] { return ending_; })) return;
    }
    send_live();
    if (count % ticks_per_minute == 0) send_commands_again();
    if (count % ticks_per_minute == 1) write("tidy", &Chores::tidy);
    if (count % (15 * ticks_per_minute) == 0) write("book revenue", &Chores::book);
  }
}

void Chores::send_live() {
  // One at a time: the next look waits for this one.
  std::atomic<bool> done = false;
  parts_.readers.submit([&](store::Session& session) {
    try {
      parts_.live.send(session, parts_.listener, store::system_clock()());
    } catch (const std::exception& error) {
      spdlog::error("live: {}", error.what());
    }
    done = true;
    done.notify_one();
  });
  done.wait(false);
}

void Chores::send_commands_again() {
  parts_.readers.submit([this](store::Session& session) {
    try {
      const std::int64_t until = store::system_clock()() - minute_ms;
      for (const meters::Command& command : meters::open_commands(session, "", until))
        parts_.ports.commands.send(command);
    } catch (const std::exception& error) {
      spdlog::error("commands: {}", error.what());
    }
  });
}

void Chores::write(const char* what, void (Chores::*chore)(store::Unit&)) {
  parts_.writer.submit(
      [this, chore](store::Unit& unit) {
        (this->*chore)(unit);
        return store::Writer::Keep::yes;
      },
      [what](const std::optional<store::Error>& error) {
        if (error) spdlog::error("{}: {}", what, error->what());
      });
}

void Chores::tidy(store::Unit& unit) {
  constexpr std::int64_t most_at_once = 20'000;
  expire_commands(unit, parts_.ports);
  meters::end_old_notes(unit.session, unit.now_ms - day_ms, unit.now_ms);
  customers::drop_ended_sessions(unit.session, unit.now_ms);
  meters::thin_out_readings(unit.session, unit.now_ms - parts_.keep_readings_ms, most_at_once);
  meters::drop_old_records(unit.session, unit.now_ms - parts_.keep_records_ms, most_at_once);
}

void Chores::book(store::Unit& unit) {
  vending::book_revenue(unit);
}

}  // namespace lk::app
