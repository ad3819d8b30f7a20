// SPDX-License-Identifier: Apache-2.0
// Holds the long records to their rules as they grow: events in order and without a gap, times that only an
// order sets back, freezes whose periods and registers rise, and a load profile in which every hole has a
// mark. A plain value that goes with the flash it watches.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "meter/core/meter.hpp"

namespace lk::sim {

class RecordsWatch {
 public:
  // Looks at what was written since the last call; the first rule that is broken. `has_lost` where entries
  // may be unreadable without a power cut: bits have turned over, or cells are worn.
  std::optional<std::string> look(const meter::Meter& meter, bool has_lost);
  // The meter goes back to an older account: its registers and numbers may be behind what was recorded.
  void went_back();
  // Another kind of entry from here on.
  void profile_changed();

  [[nodiscard]] std::uint64_t event_count() const { return event_count_; }
  [[nodiscard]] std::uint64_t freeze_count() const { return freeze_count_; }
  [[nodiscard]] std::uint64_t profile_count() const { return profile_count_; }
  [[nodiscard]] std::uint64_t marked_holes() const { return marked_holes_; }

 private:
  std::optional<std::string> look_at_events(const records::Ring& ring, bool has_lost);
  std::optional<std::string> look_at_freezes(const records::Ring& ring, records::FreezeKind kind);
  std::optional<std::string> look_at_profile(const records::Ring& ring, bool has_lost);

  std::uint32_t event_at_ = 1;  // the next number of the ring to be looked at
  std::uint32_t event_number_ = 0;
  std::uint32_t event_time_s_ = 0;
  std::array<std::uint32_t, records::freeze_kind_count> freeze_at_{1, 1, 1, 1};
  std::array<records::Freeze, records::freeze_kind_count> freeze_{};
  std::uint32_t profile_at_ = 1;
  std::uint32_t profile_seen_ = 0;  // number of the last entry that could be read; 0: none
  std::uint32_t profile_time_s_ = 0;
  std::uint64_t event_count_ = 0;
  std::uint64_t freeze_count_ = 0;
  std::uint64_t profile_count_ = 0;
  std::uint64_t marked_holes_ = 0;
};

}  // namespace lk::sim
