// SPDX-License-Identifier: Apache-2.0
#include "meter/records/event_log.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::records {

StoredEvent encode(const Event& event) {
  StoredEvent bytes{};
  bytes::Writer writer{bytes};
  writer.little(event.number);
  writer.little(event.time_s);
  writer.little(static_cast<std::uint16_t>(event.code));
  writer.little(event.detail);
  writer.little(event.value);
  ensure(writer.ok() && writer.size_bytes() == event_stored_bytes);
  return bytes;
}

Event decode(std::span<const std::byte> bytes) {
  bytes::Reader reader{bytes};
  Event event;
  event.number = reader.little<std::uint32_t>();
  event.time_s = reader.little<std::uint32_t>();
  event.code = static_cast<dictionary::EventCode>(reader.little<std::uint16_t>());
  event.detail = reader.little<std::uint16_t>();
  event.value = reader.little<std::int64_t>();
  return reader.ok() && reader.left() == 0 ? event : Event{};
}

void EventLog::restore(std::uint32_t count) {
  *this = EventLog{};
  count_ = count;
}

void EventLog::restore(const Event& event) {
  const bool is_shown = event.number != 0 && event.number <= count_ && count_ - event.number < slot_count;
  if (is_shown) slots_[slot_of(event.number)] = event;
}

void EventLog::note(dictionary::EventCode code, std::uint16_t detail, std::int64_t value,
                    quantity::Instant at) {
  if (noted_count_ == noted_max) return;
  const std::int64_t time_s = std::clamp<std::int64_t>(at.unix_s(), 0, 0xFFFFFFFF);
  noted_[noted_count_++] = {0, static_cast<std::uint32_t>(time_s), code, detail, value};
}

void EventLog::forget_after(std::size_t noted_count) {
  ensure(noted_count <= noted_count_);
  noted_count_ = noted_count;
}

std::span<const Event> EventLog::noted() {
  for (std::size_t i = 0; i < noted_count_; ++i)
    noted_[i].number = count_ + 1 + static_cast<std::uint32_t>(i);
  return std::span{noted_}.first(noted_count_);
}

void EventLog::stored() {
  for (const Event& event : noted()) slots_[slot_of(event.number)] = event;
  count_ = count_with_noted();
  noted_count_ = 0;
}

Event EventLog::at_slot(std::size_t slot_index) const {
  ensure(slot_index < slot_count);
  return slots_[slot_index];
}

}  // namespace lk::records
