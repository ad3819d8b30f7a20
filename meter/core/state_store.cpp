// SPDX-License-Identifier: Apache-2.0
#include "meter/core/state_store.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "meter/links/access.hpp"

namespace lk::meter {
namespace {

constexpr journal::Key state_key = 0;

constexpr journal::Key event_key(std::size_t slot_index) {
  return static_cast<journal::Key>(1 + slot_index);
}

constexpr journal::Key token_key(std::size_t slot_index) {
  return static_cast<journal::Key>(1 + records::slot_count + slot_index);
}

constexpr journal::Key settings_key = 1 + records::slot_count + tokens::log_slot_count;

constexpr journal::Key set_key(std::uint8_t slot) {
  return static_cast<journal::Key>(settings_key + slot);
}

constexpr journal::Key chunk_key(std::size_t index) {
  return static_cast<journal::Key>(settings_key + 3 + index);
}

constexpr journal::Key links_key = chunk_key(tariff::chunk_max);
constexpr journal::Key card_key = chunk_key(tariff::chunk_max + 1);
constexpr journal::Key phases_key = chunk_key(tariff::chunk_max + 2);

constexpr std::size_t chunk_stored_bytes = 5 + tariff::chunk_bytes;

}  // namespace

StateStore::StateStore(port::Flash& flash) : journal_(flash, slots_, largest_batch_bytes) {
  ensure(is_enough(flash.geometry()));
}

bool StateStore::is_enough(const port::FlashGeometry& vault) {
  const auto records = [&vault](std::size_t count, std::size_t value_bytes) {
    const auto payload = static_cast<std::uint32_t>(journal::record_overhead_bytes + value_bytes);
    return std::uint64_t{count} * journal::frame_size_bytes(payload, vault.program_size_bytes);
  };
  const std::uint64_t live_bytes =
      records(1, state_max_bytes) + records(records::slot_count, records::event_stored_bytes) +
      records(tokens::log_slot_count, tokens::log_entry_stored_bytes) +
      records(1, Settings::stored_max_bytes) + records(set_count, tariff::set_max_bytes) +
      records(tariff::chunk_max, chunk_stored_bytes) + records(1, links::Access::stored_bytes) +
      records(1, card::Memory::stored_bytes) + records(1, PhaseEnergies::stored_bytes);
  return live_bytes <= journal::live_capacity_bytes(vault, largest_batch_bytes);
}

// Once the flash has refused a read the rest is not asked for: each would look through all of it again.
std::expected<std::span<std::byte>, journal::Error> StateStore::get(journal::Key key,
                                                                    std::span<std::byte> room) {
  if (was_refused_) return std::unexpected(journal::Error::storage);
  const auto stored = journal_.get(key, room);
  was_refused_ = !stored && journal_.report().read_failure_count != 0;
  return stored;
}

Recovered StateStore::recover(State& state, records::EventLog& events, tokens::TokenLog& entered) {
  is_lost_ = true;
  was_refused_ = false;
  const journal::Report found = journal_.mount();
  was_refused_ = found.read_failure_count != 0;
  if (was_refused_) return Recovered::refused;
  std::array<std::byte, state_max_bytes> room{};
  const auto stored = get(state_key, room);
  if (was_refused_) return Recovered::refused;
  if (!stored) {
    const bool is_new = stored.error() == journal::Error::absent &&
                        found.found != journal::Found::unreadable && found.frame_count == 0 &&
                        found.damaged_count == 0;
    is_lost_ = !is_new;
    return is_new ? Recovered::new_meter : Recovered::lost;
  }
  std::uint32_t event_count = 0;
  if (!decode(*stored, state, event_count)) return Recovered::lost;
  events.restore(event_count);
  recover_events(events);
  recover_tokens(entered, state.tokens.entry_count);
  if (was_refused_) return Recovered::refused;
  is_lost_ = false;
  return journal_.report().damaged_count == 0 ? Recovered::whole : Recovered::damaged;
}

void StateStore::recover_events(records::EventLog& events) {
  for (std::size_t slot = 0; slot < records::slot_count; ++slot) {
    std::array<std::byte, records::event_stored_bytes> room{};
    const auto stored = get(event_key(slot), room);
    if (stored) events.restore(records::decode(*stored));
  }
}

void StateStore::recover_tokens(tokens::TokenLog& entered, std::uint32_t entry_count) {
  for (std::size_t slot = 0; slot < tokens::log_slot_count; ++slot) {
    tokens::StoredLogEntry room{};
    const auto stored = get(token_key(slot), room);
    if (stored) entered.restore(tokens::decode_log_entry(*stored), entry_count);
  }
}

bool StateStore::write(const State& state, records::EventLog& events, const Extra& extra) {
  if (is_lost_) return false;
  std::array<std::byte, state_max_bytes> room{};
  std::array<records::StoredEvent, records::EventLog::noted_max> event_room{};
  std::array<journal::Record, 4 + records::EventLog::noted_max> batch{};
  batch[0] = {state_key, encode(state, events.count_with_noted(), room)};
  std::size_t count = 1;
  for (const records::Event& event : events.noted()) {
    records::StoredEvent& bytes = event_room[count - 1];
    bytes = records::encode(event);
    batch[count++] = {event_key(records::slot_of(event.number)), bytes};
  }
  // At most one of the rest goes with a state.
  tokens::StoredLogEntry entry_room{};
  std::array<std::byte, std::max(tariff::set_max_bytes, Settings::stored_max_bytes)> extra_room{};
  if (extra.entry != nullptr) {
    entry_room = tokens::encode(*extra.entry);
    batch[count++] = {token_key(tokens::log_slot_of(extra.entry->number)), entry_room};
  } else if (extra.settings != nullptr) {
    const auto bytes = extra.settings->encode(std::span{extra_room}.first<Settings::stored_max_bytes>());
    batch[count++] = {settings_key, bytes};
  } else if (extra.set != nullptr) {
    const auto bytes = tariff::encode(*extra.set, std::span{extra_room}.first<tariff::set_max_bytes>());
    batch[count++] = {set_key(extra.set_slot), bytes};
  } else if (!extra.chunk.empty()) {
    bytes::Writer writer{extra_room};
    writer.little(extra.chunk_version);
    writer.byte(extra.chunk_index);
    writer.copy(extra.chunk);
    batch[count++] = {chunk_key(extra.chunk_index), writer.written()};
  } else if (!extra.links.empty()) {
    batch[count++] = {links_key, extra.links};
  }
  card::StoredMemory card_room{};
  if (extra.card != nullptr) {
    card_room = card::encode(*extra.card);
    batch[count++] = {card_key, card_room};
  }
  StoredPhaseEnergies phases_room{};
  if (extra.phases != nullptr) {
    phases_room = encode(*extra.phases);
    batch[count++] = {phases_key, phases_room};
  }
  if (!journal_.put(std::span{batch}.first(count))) return false;
  events.stored();
  return true;
}

bool StateStore::read(Settings& settings) {
  std::array<std::byte, std::max(Settings::stored_max_bytes, Settings::read_max_bytes)> room{};
  const auto stored = get(settings_key, room);
  return stored && settings.decode(*stored);
}

bool StateStore::read(std::uint8_t set_slot, tariff::TariffSet& set) {
  ensure(set_slot >= 1 && set_slot <= set_count);
  std::array<std::byte, tariff::set_max_bytes> room{};
  const auto stored = get(set_key(set_slot), room);
  if (!stored) return false;
  const auto found = tariff::decode(*stored);
  if (found) set = *found;
  return found.has_value();
}

std::span<const std::byte> StateStore::read(std::span<std::byte> room) {
  const auto stored = get(links_key, room);
  return stored ? *stored : std::span<const std::byte>{};
}

bool StateStore::read(card::Memory& memory) {
  card::StoredMemory room{};
  const auto stored = get(card_key, room);
  return stored && card::decode(*stored, memory);
}

bool StateStore::read(PhaseEnergies& energies) {
  StoredPhaseEnergies room{};
  const auto stored = get(phases_key, room);
  return stored && decode(*stored, energies);
}

void StateStore::read(std::uint32_t version, tariff::Receiver& receiver) {
  for (std::size_t index = 0; index < tariff::chunk_max; ++index) {
    std::array<std::byte, chunk_stored_bytes> room{};
    const auto stored = get(chunk_key(index), room);
    if (!stored) continue;
    bytes::Reader reader{*stored};
    const auto of_version = reader.little<std::uint32_t>();
    const auto at = reader.byte();
    if (reader.ok() && of_version == version) (void)receiver.accept(version, at, reader.take(reader.left()));
  }
}

}  // namespace lk::meter
