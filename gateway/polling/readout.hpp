// SPDX-License-Identifier: Apache-2.0
// What a poll brought home: register blocks, the reading made of them, and the events that are new. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dictionary/dictionary.hpp"
#include "gateway/polling/plan.hpp"

namespace lk::gateway {

class Readout {
 public:
  // Keeps the 2 · block.count bytes of a reply.
  void add(Block block, std::span<const std::byte> registers);
  // A number that was read whole; nothing for a value that this meter does not have.
  [[nodiscard]] std::optional<std::int64_t> value(dictionary::Id id) const;
  [[nodiscard]] bool empty() const { return parts_.empty(); }

 private:
  struct Part {
    Block block;
    std::vector<std::byte> registers;
  };
  std::vector<Part> parts_;
};

// The payload of a reading (docs/formats/mqtt.md).
[[nodiscard]] std::string reading_payload(const Readout& readout, std::int64_t taken_ms,
                                          std::int64_t sequence);

struct Event {
  std::int64_t number = 0;
  std::int64_t time_s = 0;
  std::uint16_t code = 0;
  std::uint16_t detail = 0;
  std::int64_t value = 0;
  bool operator==(const Event&) const = default;
};

struct NewEvents {
  std::vector<Event> events;  // rising by number
  std::int64_t lost = 0;      // numbers below the first one that the meter no longer has
  std::int64_t last = 0;      // the number to go on from
};

// Takes the events above `last_seen` out of the twelve slots (240 bytes). A meter seen for the first time
// (nothing in `last_seen`) has not lost what it no longer keeps.
[[nodiscard]] NewEvents new_events(std::span<const std::byte> slots, std::optional<std::int64_t> last_seen);

// An entry of the long log of all events, as its window gives it: its number there, and the event.
struct LogEntry {
  std::int64_t entry = 0;
  Event event;
};
// The entries of one reading of the window (`log_data`), rising; nothing where the bytes make no sense.
[[nodiscard]] std::vector<LogEntry> log_entries(std::span<const std::byte> log_data);
// Adds those of the entries to `run` that go on without a gap, from `first` to `last`; the first of a run may
// be a later one. Whether more may follow.
bool append_run(std::vector<Event>& run, std::span<const LogEntry> entries, std::int64_t first,
                std::int64_t last);
// A run as new events: what lies between `first` and its begin is lost.
[[nodiscard]] NewEvents events_of_run(std::span<const Event> run, std::int64_t first);

// The payloads of an event, and of the message that says how many are missing before number `first_known`.
[[nodiscard]] std::string event_payload(const Event& event);
[[nodiscard]] std::string lost_events_payload(std::int64_t first_known, std::int64_t lost,
                                              std::int64_t now_ms);

}  // namespace lk::gateway
