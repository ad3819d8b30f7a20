// SPDX-License-Identifier: Apache-2.0
// The meter's state and event log on flash: one journal batch holds the state and the events that tell of it,
// so a power cut finds both or neither. Not thread-safe; the flash must outlive the store.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <utility>

#include "journal/journal.hpp"
#include "meter/card/memory.hpp"
#include "meter/core/phase_energies.hpp"
#include "meter/core/settings.hpp"
#include "meter/core/state.hpp"
#include "meter/records/event_log.hpp"
#include "meter/tokens/token_log.hpp"
#include "port/flash.hpp"
#include "tariff/codec.hpp"
#include "tariff/transfer.hpp"

namespace lk::meter {

// The vault that the checkpoint interval of a default `Configuration` wears for ten years, in pages of 4 KiB
// (docs/design/power-loss.md).
inline constexpr std::uint32_t vault_pages = 32;

enum class Recovered : std::uint8_t {
  new_meter,  // an erased flash: nothing was ever stored
  whole,      // the newest state
  refused,  // the flash refuses reads, and may answer later: nothing is known, and nothing written until then
  damaged,  // a state, but something once stored is damaged: it may be an older one
  lost,     // something was stored, but no state can be read: never taken for a new meter, and never written
            // over
};

class StateStore {
 public:
  // The flash must be enough.
  explicit StateStore(port::Flash& flash);
  // Whether a vault holds all that a meter may ever keep, each record at its largest: then no write is
  // refused for want of room.
  [[nodiscard]] static bool is_enough(const port::FlashGeometry& vault);

  // Reads state and logs; `state` is left as it is where none is found, and not to be used where refused.
  [[nodiscard]] Recovered recover(State& state, records::EventLog& events, tokens::TokenLog& entered);
  // What goes with a state now and then. Null: nothing of it.
  struct Extra {
    const tokens::LogEntry* entry = nullptr;
    const Settings* settings = nullptr;
    const tariff::TariffSet* set = nullptr;  // into `set_slot`, 1 or 2
    std::uint8_t set_slot = 1;
    std::span<const std::byte> chunk;  // of a tariff set, with its version and index
    std::uint32_t chunk_version = 0;
    std::uint8_t chunk_index = 0;
    std::span<const std::byte> links;    // what links keep
    const card::Memory* card = nullptr;  // these also together with one of the others
    const PhaseEnergies* phases = nullptr;
  };
  // Writes the state with the noted events and the extra in one step, and then tells the log of events that
  // they are stored. False where the storage failed, or `recover` found it lost: nothing then counts as
  // stored.
  [[nodiscard]] bool write(const State& state, records::EventLog& events, const Extra& extra);

  // Whether the flash refused a read since this was asked last: what then seemed not to be there may be.
  [[nodiscard]] bool take_refused() { return std::exchange(was_refused_, false); }

  // The parameters as stored; false where there are none, or none that can be read.
  [[nodiscard]] bool read(Settings& settings);
  // The tariff set of a slot, 1 or 2; false where there is none that may be used.
  [[nodiscard]] bool read(std::uint8_t set_slot, tariff::TariffSet& set);
  // What links keep; empty where there is nothing. A view into `room`.
  [[nodiscard]] std::span<const std::byte> read(std::span<std::byte> room);
  // What is remembered of cards; false where nothing is.
  [[nodiscard]] bool read(card::Memory& memory);
  // What each phase has counted; false where that is not kept.
  [[nodiscard]] bool read(PhaseEnergies& energies);
  // The chunks of this version.
  void read(std::uint32_t version, tariff::Receiver& receiver);

 private:
  static constexpr std::size_t set_count = 2;
  static constexpr std::size_t key_count =
      1 + records::slot_count + tokens::log_slot_count + 1 + set_count + tariff::chunk_max + 3;
  static constexpr std::uint32_t largest_batch_bytes =
      journal::record_overhead_bytes + state_max_bytes + journal::record_overhead_bytes +
      std::max(tariff::set_max_bytes, Settings::stored_max_bytes) + journal::record_overhead_bytes +
      card::Memory::stored_bytes + journal::record_overhead_bytes + PhaseEnergies::stored_bytes +
      records::EventLog::noted_max * (journal::record_overhead_bytes + records::event_stored_bytes);

  std::expected<std::span<std::byte>, journal::Error> get(journal::Key key, std::span<std::byte> room);
  void recover_events(records::EventLog& events);
  void recover_tokens(tokens::TokenLog& entered, std::uint32_t entry_count);

  std::array<journal::Slot, key_count> slots_{};
  journal::Journal journal_;
  bool is_lost_ = false;
  bool was_refused_ = false;
};

}  // namespace lk::meter
