// SPDX-License-Identifier: Apache-2.0
#include "meter/core/state_store.hpp"

namespace lk::meter {
namespace {

constexpr journal::Key state_key = 0;

constexpr journal::Key event_key(std::size_t slot_index) {
  return static_cast<journal::Key>(1 + slot_index);
}

constexpr journal::Key token_key(std::size_t slot_index) {
  return static_cast<journal::Key>(1 + records::slot_count + slot_index);
}

}  // namespace

StateStore::StateStore(port::Flash& flash) : journal_(flash, slots_, largest_batch_bytes) {}

Recovered StateStore::recover(State& state, records::EventLog& events, tokens::TokenLog& entered) {
  const journal::Report found = journal_.mount();
  std::array<std::byte, state_max_bytes> room{};
  const auto stored = journal_.get(state_key, room);
  if (!stored) {
    const bool is_new = stored.error() == journal::Error::absent &&
                        found.found != journal::Found::unreadable && found.frame_count == 0 &&
                        found.damaged_count == 0 && found.read_failure_count == 0;
    is_lost_ = !is_new;
    return is_new ? Recovered::new_meter : Recovered::lost;
  }
  std::uint32_t event_count = 0;
  if (!decode(*stored, state, event_count)) {
    is_lost_ = true;
    return Recovered::lost;
  }
  is_lost_ = false;
  events.restore(event_count);
  recover_events(events);
  recover_tokens(entered, state.tokens.entry_count);
  const journal::Report& report = journal_.report();
  return report.damaged_count == 0 && report.read_failure_count == 0 ? Recovered::whole : Recovered::damaged;
}

void StateStore::recover_events(records::EventLog& events) {
  for (std::size_t slot = 0; slot < records::slot_count; ++slot) {
    std::array<std::byte, records::event_stored_bytes> room{};
    const auto stored = journal_.get(event_key(slot), room);
    if (stored) events.restore(records::decode(*stored));
  }
}

void StateStore::recover_tokens(tokens::TokenLog& entered, std::uint32_t entry_count) {
  for (std::size_t slot = 0; slot < tokens::log_slot_count; ++slot) {
    tokens::StoredLogEntry room{};
    const auto stored = journal_.get(token_key(slot), room);
    if (stored) entered.restore(tokens::decode_log_entry(*stored), entry_count);
  }
}

bool StateStore::write(const State& state, records::EventLog& events, const tokens::LogEntry* entry) {
  if (is_lost_) return false;
  std::array<std::byte, state_max_bytes> room{};
  std::array<records::StoredEvent, records::EventLog::noted_max> event_room{};
  std::array<journal::Record, 2 + records::EventLog::noted_max> batch{};
  tokens::StoredLogEntry entry_room{};
  batch[0] = {state_key, encode(state, events.count_with_noted(), room)};
  std::size_t count = 1;
  for (const records::Event& event : events.noted()) {
    records::StoredEvent& bytes = event_room[count - 1];
    bytes = records::encode(event);
    batch[count++] = {event_key(records::slot_of(event.number)), bytes};
  }
  if (entry != nullptr) {
    entry_room = tokens::encode(*entry);
    batch[count++] = {token_key(tokens::log_slot_of(entry->number)), entry_room};
  }
  if (!journal_.put(std::span{batch}.first(count))) return false;
  events.stored();
  return true;
}

}  // namespace lk::meter
