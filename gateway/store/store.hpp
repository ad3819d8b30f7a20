// SPDX-License-Identifier: Apache-2.0
// What the gateway must not forget, in one SQLite file of its state directory: the reading sequence, the last
// events of each meter, messages that wait for the broker, commands and their results. Every function is
// one transaction and may be called from any thread. A failure changes nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/command/command.hpp"
#include "gateway/store/database.hpp"

namespace lk::gateway {

// Kinds of waiting messages; each keeps its own order.
enum class Lane : std::uint8_t { event = 0, reading = 1 };
inline constexpr std::size_t lane_count = 2;

// A message on its way to the broker. Ids rise for ever; within a lane they are the order of the messages.
struct Message {
  std::int64_t id = 0;
  Lane lane = Lane::reading;
  std::string topic;
  std::string payload;
  // What it counts against the outbox's bound: the texts, and what a row costs beside them.
  [[nodiscard]] std::int64_t size_bytes() const {
    return static_cast<std::int64_t>(topic.size() + payload.size()) + row_bytes;
  }
  static constexpr std::int64_t row_bytes = 32;
};

// Up to which number the events of a meter have been taken over.
struct EventMark {
  std::string meter;
  std::int64_t number = 0;
};

// An event as it was published, kept after the broker has confirmed it: the platform may ask for it again.
struct KeptEvent {
  std::string meter;
  std::int64_t number = 0;
  std::string payload;
};

struct OutboxFigures {
  std::int64_t count = 0;
  std::int64_t size_bytes = 0;
  std::int64_t last_id[lane_count] = {0, 0};
};

struct Removed {
  std::int64_t count = 0;
  std::int64_t size_bytes = 0;
};

struct Acceptance {
  enum class State : std::uint8_t {
    accepted,  // new, and now on the disk
    pending,   // accepted earlier, not ended yet
    ended,     // ended earlier: `result` is the first answer
  };
  State state = State::accepted;
  std::string result;
};

struct PendingCommand {
  Command command;
  bool sent = false;  // its frames may have reached the meter
};

struct StoredResult {
  std::string id;
  std::string payload;
};

class Store {
 public:
  static constexpr const char* file_name = "gateway.db";

  // Opens or makes the directory and its file. A damaged file is put aside under another name, which
  // `set_aside` then tells, and a new one is begun. `now_ms` is the wall clock.
  static Stored<std::unique_ptr<Store>> open(const std::filesystem::path& directory, std::int64_t now_ms);
  [[nodiscard]] const std::string& set_aside() const { return set_aside_; }

  // Numbers that were never given out before: the first of `count`. They begin at the milliseconds since 1970
  // of the first start, so that a gateway whose state was lost does not repeat numbers either.
  Stored<std::int64_t> reserve_sequence(std::int64_t count);
  // Gives the rest of a reservation back: the next one begins at `next`.
  Stored<void> return_sequence(std::int64_t next);

  // Nothing for a meter that was never heard.
  Stored<std::optional<std::int64_t>> last_event(std::string_view meter);

  // Stores messages together with the marks of the events among them, and those events to be kept.
  Stored<void> append(std::span<const Message> messages, std::span<const EventMark> marks,
                      std::span<const KeptEvent> events = {});
  // Of each meter the events of so many numbers up to its newest are kept.
  static constexpr std::int64_t kept_numbers = 256;
  // The kept events of a meter with these numbers, rising.
  Stored<std::vector<KeptEvent>> kept_events(std::string_view meter, EventRange range);
  // The messages of a lane with ids above `after_id`, oldest first.
  Stored<std::vector<Message>> waiting(Lane lane, std::int64_t after_id, std::int64_t limit);
  // Removes the messages with these ids as far as they are there; says how many and how large.
  Stored<Removed> remove(std::span<const std::int64_t> ids);
  // Drops the oldest messages of a lane with ids above `after_id`, until `size_bytes` are free or none is
  // left.
  Stored<Removed> drop_oldest(Lane lane, std::int64_t after_id, std::int64_t size_bytes);
  Stored<OutboxFigures> outbox_figures();
  // Gives pages that a drained outbox left behind back to the file system.
  Stored<void> shrink();

  Stored<Acceptance> accept(const Command& command, std::int64_t now_ms);
  // Frames of this command are about to be sent: from now on a lost answer leaves it uncertain.
  Stored<void> mark_sent(std::string_view id);
  // The first end of a command stays: a later one changes nothing.
  Stored<void> end(std::string_view id, std::string_view result, std::int64_t now_ms);
  Stored<void> mark_published(std::span<const std::string> ids);
  // In the order of their acceptance.
  Stored<std::vector<PendingCommand>> pending_commands();
  Stored<std::vector<StoredResult>> unpublished_results();
  // Forgets published results that are older than `age_ms`, and the oldest ones beyond `most`.
  Stored<void> prune_commands(std::int64_t now_ms, std::int64_t age_ms, std::int64_t most);

  // For tests: lets the file grow by so many pages and no more, as a full disk would.
  Stored<void> limit_growth(std::int64_t pages);

 private:
  explicit Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  Stored<void> make_tables(std::int64_t now_ms);

  std::mutex mutex_;
  std::unique_ptr<Database> database_;
  std::string set_aside_;
};

}  // namespace lk::gateway
