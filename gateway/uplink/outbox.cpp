// SPDX-License-Identifier: Apache-2.0
#include "gateway/uplink/outbox.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

namespace lk::gateway {
namespace {

constexpr std::int64_t load_count = 64;

}  // namespace

Outbox::Outbox(Store& store, Limits limits) : store_(store), limits_(limits) {
  const auto figures = store_.outbox_figures();
  if (!figures) {
    storage_fault_ = figures.error().message;
    return;
  }
  disk_count_ = figures->count;
  disk_bytes_ = figures->size_bytes;
  for (std::size_t i = 0; i < lane_count; ++i) {
    lanes_[i].last_disk_id = figures->last_id[i];
    next_id_ = std::max(next_id_, figures->last_id[i] + 1);
  }
}

bool Outbox::note(const Stored<void>& done) {
  const std::string fault = done ? "" : done.error().message;
  if (fault != storage_fault_) {
    if (fault.empty()) {
      spdlog::info("state: the disk takes messages again");
    } else {
      spdlog::error("state: {}: messages are kept in memory; make room or correct the rights", fault);
    }
    storage_fault_ = fault;
  }
  return done.has_value();
}

void Outbox::put(Lane which, std::string topic, std::string payload) {
  LaneState& state = lane(which);
  state.fresh.push_back(Message{next_id_++, which, std::move(topic), std::move(payload)});
  if (state.fresh.size() > limits_.memory_messages) {
    if (state.fresh.front().id > state.handed_out_id) ++dropped_[static_cast<std::size_t>(which)];
    state.fresh.pop_front();
  }
}

void Outbox::put_reading(std::string topic, std::string payload) {
  put(Lane::reading, std::move(topic), std::move(payload));
}

void Outbox::put_event(std::string topic, std::string payload, EventMark mark) {
  to_keep_.push_back(KeptEvent{mark.meter, mark.number, payload});
  if (to_keep_.size() > limits_.memory_messages) to_keep_.pop_front();
  put(Lane::event, std::move(topic), std::move(payload));
  const auto same = std::ranges::find(marks_, mark.meter, &EventMark::meter);
  if (same != marks_.end()) {
    same->number = mark.number;
  } else {
    marks_.push_back(std::move(mark));
  }
  ++unmarked_;
}

std::int64_t Outbox::put_event_again(std::string topic, std::string payload) {
  put(Lane::event, std::move(topic), std::move(payload));
  ++unmarked_;
  return next_id_ - 1;
}

bool Outbox::persist(Lane which) {
  LaneState& state = lane(which);
  const std::vector<Message> messages{state.fresh.begin(), state.fresh.end()};
  if (which == Lane::event) {
    const std::vector<KeptEvent> events{to_keep_.begin(), to_keep_.end()};
    if (!note(store_.append(messages, marks_, events))) return false;
  } else if (messages.empty()) {
    return true;
  } else if (!note(store_.append(messages, {}))) {
    return false;
  }
  for (const Message& message : messages) disk_bytes_ += message.size_bytes();
  disk_count_ += static_cast<std::int64_t>(messages.size());
  if (!messages.empty()) state.last_disk_id = messages.back().id;
  state.fresh.clear();
  if (which == Lane::event) {
    marks_.clear();
    to_keep_.clear();
    unmarked_ = 0;
  }
  bound_disk();
  return true;
}

bool Outbox::persist_readings() {
  return persist(Lane::reading);
}
bool Outbox::persist_events() {
  return unmarked_ == 0 || persist(Lane::event);
}

void Outbox::bound_disk() {
  for (const Lane which : {Lane::reading, Lane::event}) {
    if (disk_bytes_ <= limits_.disk_bytes) return;
    // A little more than needed, so that a full outbox is not bounded again for each message.
    const std::int64_t excess = disk_bytes_ - limits_.disk_bytes + limits_.disk_bytes / 64;
    LaneState& state = lane(which);
    const auto dropped = store_.drop_oldest(which, state.handed_out_id, excess);
    if (!dropped) {
      (void)note(std::unexpected(dropped.error()));
      return;
    }
    disk_bytes_ -= dropped->size_bytes;
    disk_count_ -= dropped->count;
    state.loaded.clear();
    std::int64_t& total = dropped_[static_cast<std::size_t>(which)];
    if (total == 0 && dropped->count > 0) {
      spdlog::warn("outbox: full: the oldest {} are dropped; raise outbox_mb, or bring the broker back",
                   which == Lane::reading ? "readings" : "events");
    }
    total += dropped->count;
  }
}

std::optional<Message> Outbox::next_of(Lane which) {
  LaneState& state = lane(which);
  if (state.loaded.empty() && state.handed_out_id < state.last_disk_id) {
    auto rows = store_.waiting(which, state.handed_out_id, load_count);
    if (!rows) {
      (void)note(std::unexpected(rows.error()));
      return std::nullopt;
    }
    if (rows->empty()) state.handed_out_id = state.last_disk_id;  // dropped meanwhile
    std::ranges::move(*rows, std::back_inserter(state.loaded));
  }
  if (!state.loaded.empty()) {
    Message message = std::move(state.loaded.front());
    state.loaded.pop_front();
    state.handed_out_id = message.id;
    return message;
  }
  const auto fresh = std::ranges::upper_bound(state.fresh, state.handed_out_id, {}, &Message::id);
  if (fresh == state.fresh.end()) return std::nullopt;
  state.handed_out_id = fresh->id;
  return *fresh;
}

std::optional<Message> Outbox::next() {
  if (auto event = next_of(Lane::event)) return event;
  return next_of(Lane::reading);
}

void Outbox::confirmed(Lane which, std::int64_t id) {
  LaneState& state = lane(which);
  const auto fresh = std::ranges::lower_bound(state.fresh, id, {}, &Message::id);
  if (fresh != state.fresh.end() && fresh->id == id) {
    state.fresh.erase(fresh);
  } else if (id <= state.last_disk_id) {
    confirmed_.push_back(id);
  }
}

void Outbox::forget_confirmed() {
  if (confirmed_.empty()) return;
  const auto removed = store_.remove(confirmed_);
  if (!removed) {
    (void)note(std::unexpected(removed.error()));
    return;
  }
  confirmed_.clear();
  disk_count_ -= removed->count;
  disk_bytes_ -= removed->size_bytes;
  if (disk_count_ == 0) (void)store_.shrink();
}

std::int64_t Outbox::waiting_count() const {
  std::int64_t count = disk_count_ - static_cast<std::int64_t>(confirmed_.size());
  for (const LaneState& state : lanes_) count += static_cast<std::int64_t>(state.fresh.size());
  return std::max<std::int64_t>(count, 0);
}

}  // namespace lk::gateway
