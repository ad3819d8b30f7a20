// SPDX-License-Identifier: Apache-2.0
// The meter's state and event log on flash: one journal batch holds the state and the events that tell of it,
// so a power cut finds both or neither. Not thread-safe; the flash must outlive the store.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "journal/journal.hpp"
#include "meter/core/state.hpp"
#include "meter/records/event_log.hpp"
#include "meter/tokens/token_log.hpp"
#include "port/flash.hpp"

namespace lk::meter {

enum class Recovered : std::uint8_t {
  new_meter,  // an erased flash: nothing was ever stored
  whole,      // the newest state
  damaged,    // a state, but something once stored is damaged: it may be an older one
  lost,  // something was stored, but no state can be read: never taken for a new meter, and never written
         // over
};

class StateStore {
 public:
  explicit StateStore(port::Flash& flash);

  // Reads state and logs; `state` is left as it is where none is found.
  [[nodiscard]] Recovered recover(State& state, records::EventLog& events, tokens::TokenLog& entered);
  // Writes the state with the noted events, and `entry` of the token log if there is one, in one step, and
  // then tells the log of events that they are stored. False where the storage failed, or `recover` found it
  // lost: nothing then counts as stored.
  [[nodiscard]] bool write(const State& state, records::EventLog& events, const tokens::LogEntry* entry);

 private:
  static constexpr std::size_t key_count = 1 + records::slot_count + tokens::log_slot_count;
  static constexpr std::uint32_t largest_batch_bytes =
      journal::record_overhead_bytes + state_max_bytes + journal::record_overhead_bytes +
      tokens::log_entry_stored_bytes +
      records::EventLog::noted_max * (journal::record_overhead_bytes + records::event_stored_bytes);

  void recover_events(records::EventLog& events);
  void recover_tokens(tokens::TokenLog& entered, std::uint32_t entry_count);

  std::array<journal::Slot, key_count> slots_{};
  journal::Journal journal_;
  bool is_lost_ = false;
};

}  // namespace lk::meter
