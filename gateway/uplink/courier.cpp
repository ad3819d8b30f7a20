// SPDX-License-Identifier: Apache-2.0
#include "gateway/uplink/courier.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>

#include "gateway/clock.hpp"

namespace lk::gateway {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t tick_ms = 250;
constexpr std::int64_t persist_ms = 1000;             // what memory holds without a broker at most
constexpr std::size_t readings_in_memory_most = 512;  // and with one that is slow
constexpr std::int64_t forget_ms = 500;
constexpr std::size_t forget_count = 256;
constexpr std::int64_t retry_ms = 1000;
constexpr std::int64_t prune_ms = 3'600'000;
constexpr std::int64_t results_kept_ms = 7LL * 24 * 3600 * 1000;
constexpr std::int64_t results_kept_most = 50'000;

}  // namespace

std::string offline_payload() {
  return ordered_json{{"online", false}}.dump();
}

Courier::Courier(Store& store, CourierSettings settings, Deliver deliver)
    : store_(store),
      settings_(std::move(settings)),
      deliver_(std::move(deliver)),
      outbox_(store, settings_.outbox),
      sequence_(store) {}

Courier::~Courier() {
  stop();
}

std::string Courier::meter_topic(const std::string& meter, const char* leaf) const {
  return settings_.base + "/meter/" + meter + "/" + leaf;
}

void Courier::start(Broker& broker) {
  broker_ = &broker;
  sequence_.refill();
  if (auto results = store_.unpublished_results()) {
    results_.assign(results->begin(), results->end());
  }
  thread_ = std::thread{[this] { run(); }};
}

void Courier::stop() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Courier::post(Task task) {
  {
    const std::scoped_lock lock{mutex_};
    inbox_.push_back(std::move(task));
  }
  wake_.notify_all();
}

void Courier::run() {
  for (;;) {
    std::deque<Task> tasks;
    bool last = false;
    {
      std::unique_lock lock{mutex_};
      wake_.wait_for(lock, std::chrono::milliseconds{tick_ms},
                     [this] { return stopping_ || !inbox_.empty(); });
      tasks.swap(inbox_);
      last = stopping_;
    }
    for (const Task& task : tasks) task();
    tick(steady_ms());
    if (last) break;
  }
  outbox_.persist_events();
  outbox_.persist_readings();
  outbox_.forget_confirmed();
  if (!published_.empty()) (void)store_.mark_published(published_);
  sequence_.give_back();
}

void Courier::tick(std::int64_t now_ms) {
  persist(now_ms);
  pump();
  if (outbox_.confirmed_count() >= forget_count || now_ms >= forget_at_ms_) {
    outbox_.forget_confirmed();
    if (!published_.empty() && store_.mark_published(published_)) published_.clear();
    forget_at_ms_ = now_ms + forget_ms;
  }
  if (now_ms >= retry_at_ms_) {
    retry_commands(now_ms);
    sequence_.refill();
    retry_at_ms_ = now_ms + retry_ms;
  }
  if (connected_ && now_ms >= status_at_ms_) publish_status(now_ms);
  if (now_ms >= prune_at_ms_) {
    (void)store_.prune_commands(wall_ms(), results_kept_ms, results_kept_most);
    prune_at_ms_ = now_ms + prune_ms;
  }
}

void Courier::persist(std::int64_t now_ms) {
  const bool due = now_ms >= persist_at_ms_;
  // After a failure the disk is asked once a second, not for each event.
  if (outbox_.events_in_memory() && (due || outbox_.storage_fault().empty())) outbox_.persist_events();
  if (!due && outbox_.readings_in_memory() <= readings_in_memory_most) return;
  if (!due && !outbox_.storage_fault().empty()) return;
  if (due) persist_at_ms_ = now_ms + persist_ms;
  const bool disk_to_try = !outbox_.storage_fault().empty();
  if (!connected_ || disk_to_try || outbox_.readings_in_memory() > readings_in_memory_most)
    outbox_.persist_readings();
}

void Courier::pump() {
  if (!connected_) return;
  send_results();
  while (on_the_way_.size() < settings_.in_flight) {
    const auto message = outbox_.next();
    if (!message || message->lane != Lane::event) end_repetitions(std::numeric_limits<std::int64_t>::max());
    if (!message) return;
    const auto number = broker_->publish(message->topic, message->payload, false);
    if (number) {
      on_the_way_[*number] = OnTheWay{"", message->lane, message->id};
    } else {
      outbox_.confirmed(message->lane, message->id);  // nobody will ever take it: do not send it for ever
    }
    if (message->lane == Lane::event) end_repetitions(message->id);
  }
}

void Courier::send_results() {
  while (!results_.empty() && on_the_way_.size() < settings_.in_flight) {
    const auto number = broker_->publish(settings_.base + "/result", results_.front().payload, false);
    if (!number) return;
    on_the_way_[*number] = OnTheWay{results_.front().id};
    results_.pop_front();
  }
}

void Courier::publish_status(std::int64_t now_ms) {
  status_at_ms_ = now_ms + settings_.status_ms;
  ordered_json lines = ordered_json::array();
  for (const auto& [name, line] : lines_) {
    lines.push_back({{"name", name},
                     {"meters", line.meters},
                     {"reachable", line.reachable},
                     {"cycle_ms", line.cycle_ms}});
  }
  const ordered_json status{
      {"online", true},
      {"ts", wall_ms()},
      {"version", LK_VERSION},
      {"lines", std::move(lines)},
      {"outbox", outbox_.waiting_count()},
      {"dropped", outbox_.dropped_readings() + outbox_.dropped_events() + unnumbered_readings_},
      {"storage", outbox_.storage_fault().empty() ? "ok" : outbox_.storage_fault()}};
  broker_->publish(settings_.base + "/status", status.dump(), true);
}

void Courier::publish_links() {
  for (const auto& [topic, payload] : links_) broker_->publish(topic, payload, true);
}

// --- from the lines

void Courier::reading(const std::string& meter, Readout readout, std::int64_t taken_ms) {
  post([this, meter, readout = std::move(readout), taken_ms] {
    const auto number = sequence_.take();
    if (!number) {
      if (unnumbered_readings_++ == 0)
        spdlog::error("state: no reading number can be reserved; readings are dropped");
      return;
    }
    outbox_.put_reading(meter_topic(meter, "reading"), reading_payload(readout, taken_ms, *number));
  });
}

void Courier::events(const std::string& meter, NewEvents events, std::int64_t taken_ms) {
  post([this, meter, events = std::move(events), taken_ms] {
    const std::string topic = meter_topic(meter, "event");
    if (events.lost > 0) {
      const std::int64_t first = events.events.front().number;
      outbox_.put_event(topic, lost_events_payload(first, events.lost, taken_ms),
                        EventMark{meter, first - 1});
    }
    for (const Event& event : events.events) {
      outbox_.put_event(topic, event_payload(event), EventMark{meter, event.number});
    }
  });
}

void Courier::link(const std::string& meter, bool reachable, const std::string& reason, std::int64_t now_ms) {
  post([this, meter, reachable, reason, now_ms] {
    ordered_json message{{"ts", now_ms}, {"reachable", reachable}};
    if (!reachable) message["reason"] = reason;
    const std::string topic = meter_topic(meter, "link");
    const std::string& payload = links_[topic] = message.dump();
    if (connected_) broker_->publish(topic, payload, true);
  });
}

void Courier::line_status(const LineStatus& status) {
  post([this, status] { lines_[status.name] = status; });
}

void Courier::ended(const Command& command, const CommandResult& result) {
  post([this, command, result] {
    finish(command, result_payload(command.id, command.meter, command.kind, result, wall_ms()));
  });
}

void Courier::send_events_again(const Command& command) {
  post([this, command] { repeat_events(command); });
}

void Courier::repeat_events(const Command& command) {
  const auto end = [&](const CommandResult& result) {
    finish(command, result_payload(command.id, command.meter, command.kind, result, wall_ms()));
  };
  CommandResult result;
  if (command.expires_ms <= wall_ms()) {
    result.outcome = Outcome::expired;
    return end(result);
  }
  outbox_.persist_events();  // what came just now is kept too
  const auto kept = store_.kept_events(command.meter, event_range(command));
  if (!kept) {
    spdlog::error("command {}: kept events cannot be read: {}", command.id, kept.error().message);
    result.error = "storage";
    return end(result);
  }
  Repetition repetition{command, static_cast<std::int64_t>(kept->size()), 0};
  const std::string topic = meter_topic(command.meter, "event");
  for (const KeptEvent& event : *kept) repetition.last_id = outbox_.put_event_again(topic, event.payload);
  repetitions_.push_back(std::move(repetition));
}

// What the broker gets on one connection it passes on in that order: a result behind the events it speaks of.
void Courier::end_repetitions(std::int64_t handed_out_id) {
  while (!repetitions_.empty() && repetitions_.front().last_id <= handed_out_id) {
    const Repetition done = std::move(repetitions_.front());
    repetitions_.pop_front();
    CommandResult result;
    result.outcome = Outcome::done;
    result.value = done.count;
    finish(done.command,
           result_payload(done.command.id, done.command.meter, done.command.kind, result, wall_ms()));
  }
}

bool Courier::may_send(const Command& command) {
  return store_.mark_sent(command.id).has_value();
}

void Courier::finish(const Command& command, const std::string& payload) {
  spdlog::info("command {}: {}", command.id, payload);
  if (store_.end(command.id, payload, wall_ms())) {
    results_.push_back(StoredResult{command.id, payload});
  } else {
    unstored_ends_.push_back(Unstored{command.id, payload});
  }
}

// --- from the broker

void Courier::connected() {
  post([this] {
    spdlog::info("broker: connected");
    connected_ = true;
    publish_status(steady_ms());
    publish_links();
  });
}

void Courier::disconnected(const std::string& reason) {
  post([this, reason] {
    if (connected_) spdlog::warn("broker: connection lost: {}", reason);
    connected_ = false;
    persist_at_ms_ = 0;
  });
}

void Courier::confirmed(int message_number) {
  post([this, message_number] {
    const auto found = on_the_way_.find(message_number);
    if (found == on_the_way_.end()) return;  // a status or link
    if (found->second.command.empty()) {
      outbox_.confirmed(found->second.lane, found->second.id);
    } else {
      published_.push_back(found->second.command);
    }
    on_the_way_.erase(found);
  });
}

// On the broker's thread: returns when the command is on the disk, since the broker forgets it then.
void Courier::command(std::string_view payload) {
  const auto parsed = parse_command(payload);
  if (parsed) {
    take_command(*parsed);
    return;
  }
  const BadCommand& bad = parsed.error();
  spdlog::warn("a command is refused: {}", bad.what);
  if (bad.id.empty()) return;
  Command refused{bad.id, bad.meter, CommandKind::token, "", 0};
  const auto accepted = store_.accept(refused, wall_ms());
  if (accepted && accepted->state != Acceptance::State::accepted)
    return;  // the id belongs to another command
  CommandResult result;
  result.error = "bad_request";
  ended(refused, result);
}

void Courier::take_command(const Command& command) {
  const auto accepted = store_.accept(command, wall_ms());
  if (!accepted) {
    spdlog::error("command {}: cannot be stored and waits: {}", command.id, accepted.error().message);
    post([this, command] {
      // The platform says it again each minute; it waits once.
      if (std::ranges::find(unstored_commands_, command.id, &Command::id) == unstored_commands_.end())
        unstored_commands_.push_back(command);
    });
    return;
  }
  switch (accepted->state) {
    case Acceptance::State::pending:
      spdlog::info("command {}: came again, is being worked on", command.id);
      return;
    case Acceptance::State::ended:
      spdlog::info("command {}: came again, is answered with its first result", command.id);
      post([this, id = command.id, result = accepted->result] {
        results_.push_back(StoredResult{id, result});
      });
      return;
    case Acceptance::State::accepted:
      break;
  }
  if (!settings_.meters.contains(command.meter)) {
    CommandResult result;
    result.error = "unknown_meter";
    ended(command, result);
    return;
  }
  if (command.kind == CommandKind::events) {
    send_events_again(command);
  } else {
    deliver_(command, false);
  }
}

// Commands and ends that the disk did not take are offered to it again.
void Courier::retry_commands(std::int64_t /*now_ms*/) {
  while (!unstored_ends_.empty()) {
    const Unstored& unstored = unstored_ends_.front();
    if (!store_.end(unstored.id, unstored.payload, wall_ms())) break;
    results_.push_back(StoredResult{unstored.id, unstored.payload});
    unstored_ends_.pop_front();
  }
  std::deque<Command> commands;
  commands.swap(unstored_commands_);
  for (const Command& command : commands) {
    if (command.expires_ms > wall_ms()) {
      take_command(command);
      continue;
    }
    CommandResult result;
    result.outcome = Outcome::expired;
    results_.push_back(
        StoredResult{command.id, result_payload(command.id, command.meter, command.kind, result, wall_ms())});
  }
}

}  // namespace lk::gateway
