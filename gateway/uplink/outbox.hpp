// SPDX-License-Identifier: Apache-2.0
// Messages between their making and the broker's confirmation. New ones are in memory; where the broker does
// not take them soon they go to the disk, all of a lane together, so that what is on the disk is always older
// than what is in memory. Each lane is handed out in its order, events before readings. Bounded on disk and
// in memory: the oldest readings are dropped first, events last, and what is dropped is counted.
//
// For one thread, that of the courier.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/store.hpp"

namespace lk::gateway {

class Outbox {
 public:
  struct Limits {
    std::int64_t disk_bytes = 64LL << 20U;
    std::size_t memory_messages = 4096;  // of a lane; reached only where the disk does not take them
  };

  Outbox(Store& store, Limits limits);

  void put_reading(std::string topic, std::string payload);
  // An event goes to the disk with its mark at the next `persist_events`, and is kept there when it is
  // confirmed.
  void put_event(std::string topic, std::string payload, EventMark mark);
  // An event that was kept goes out once more; the id of its message.
  std::int64_t put_event_again(std::string topic, std::string payload);

  // Each moves a lane from memory to disk, and bounds the disk. False where the disk does not take it: the
  // messages stay in memory, to be tried again.
  bool persist_readings();
  bool persist_events();
  // How many readings are in memory only.
  [[nodiscard]] std::size_t readings_in_memory() const { return lane(Lane::reading).fresh.size(); }
  [[nodiscard]] bool events_in_memory() const { return unmarked_ > 0; }

  // The next message to hand to the broker; each is given once in this life of the process.
  std::optional<Message> next();
  // The broker has it. Forgotten on disk at the next `forget_confirmed`.
  void confirmed(Lane lane, std::int64_t id);
  void forget_confirmed();
  [[nodiscard]] std::size_t confirmed_count() const { return confirmed_.size(); }

  // Messages that wait or are on their way.
  [[nodiscard]] std::int64_t waiting_count() const;
  // Dropped since the process started.
  [[nodiscard]] std::int64_t dropped_readings() const { return dropped_[1]; }
  [[nodiscard]] std::int64_t dropped_events() const { return dropped_[0]; }
  // What the disk said last; empty while it works.
  [[nodiscard]] const std::string& storage_fault() const { return storage_fault_; }

 private:
  struct LaneState {
    std::deque<Message> fresh;       // in memory only, rising ids
    std::deque<Message> loaded;      // read from disk, to be handed out
    std::int64_t handed_out_id = 0;  // up to here `next` gave them
    std::int64_t last_disk_id = 0;
  };
  [[nodiscard]] LaneState& lane(Lane which) { return lanes_[static_cast<std::size_t>(which)]; }
  [[nodiscard]] const LaneState& lane(Lane which) const { return lanes_[static_cast<std::size_t>(which)]; }
  void put(Lane which, std::string topic, std::string payload);
  bool persist(Lane which);
  void bound_disk();
  std::optional<Message> next_of(Lane which);
  bool note(const Stored<void>& done);

  Store& store_;
  Limits limits_;
  std::array<LaneState, lane_count> lanes_;
  std::vector<EventMark> marks_;
  std::deque<KeptEvent> to_keep_;
  std::size_t unmarked_ = 0;
  std::int64_t next_id_ = 1;
  std::int64_t disk_count_ = 0;
  std::int64_t disk_bytes_ = 0;
  std::vector<std::int64_t> confirmed_;
  std::array<std::int64_t, lane_count> dropped_{};
  std::string storage_fault_;
};

}  // namespace lk::gateway
