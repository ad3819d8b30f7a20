// SPDX-License-Identifier: Apache-2.0
// The event log: numbers that rise by one from 1, the last twelve kept, number n in slot n mod 12. An event
// is first noted, then stored together with what it tells of, and only then shown:
//
//   note ──► noted, not shown ──► the owner writes the noted events and the count in one batch ──► stored:
//   shown
//                                                                                             └──► forget: as
//                                                                                             if never
//
// Not thread-safe; no heap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dictionary/codes.hpp"
#include "dictionary/dictionary.hpp"
#include "quantity/quantity.hpp"

namespace lk::records {

struct Event {
  std::uint32_t number = 0;  // 0: none
  std::uint32_t time_s = 0;  // since 1970-01-01 UTC, by the meter's clock; times before 1970 are 0
  dictionary::EventCode code{};
  std::uint16_t detail = 0;
  std::int64_t value = 0;
};

inline constexpr std::size_t slot_count = dictionary::event_slot_count;
inline constexpr std::size_t event_stored_bytes = 20;
using StoredEvent = std::array<std::byte, event_stored_bytes>;

// The bytes of an event in the journal (docs/formats/meter-state.md), and back; an event of number 0 where
// the bytes are none.
[[nodiscard]] StoredEvent encode(const Event& event);
[[nodiscard]] Event decode(std::span<const std::byte> bytes);

[[nodiscard]] constexpr std::size_t slot_of(std::uint32_t number) {
  return number % slot_count;
}

class EventLog {
 public:
  // More noted events than this at once are not kept: they say what happened while nothing could be stored.
  static constexpr std::size_t noted_max = 8;

  // After power-up: the stored count, then each stored event in any order. Events that are not among the last
  // twelve of that count are leftovers and not shown.
  void restore(std::uint32_t count);
  void restore(const Event& event);

  // Notes an event; it gets its number when it is stored.
  void note(dictionary::EventCode code, std::uint16_t detail, std::int64_t value, quantity::Instant at);
  // How many are noted; with `forget_after` a failed change takes back its own notes and leaves earlier ones.
  [[nodiscard]] std::size_t noted_count() const { return noted_count_; }
  void forget_after(std::size_t noted_count);

  // The noted events with the numbers that they will have.
  [[nodiscard]] std::span<const Event> noted();
  // The count that is to be stored with them.
  [[nodiscard]] std::uint32_t count_with_noted() const {
    return count_ + static_cast<std::uint32_t>(noted_count_);
  }
  // The noted events are durable: from now on they are shown.
  void stored();

  // Number of the latest stored event.
  [[nodiscard]] std::uint32_t count() const { return count_; }
  // The event in a slot; number 0 where there is none.
  [[nodiscard]] Event at_slot(std::size_t slot_index) const;

 private:
  std::uint32_t count_ = 0;
  std::size_t noted_count_ = 0;
  std::array<Event, slot_count> slots_{};
  std::array<Event, noted_max> noted_{};
};

}  // namespace lk::records
