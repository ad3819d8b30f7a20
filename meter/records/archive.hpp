// SPDX-License-Identifier: Apache-2.0
// The long records on a flash of their own, apart from the vault: one ring for each kind of event, one for
// all events in order, one for each kind of freeze, and the load profile, which gets all pages that are left.
// Nothing here guards value; what does is in the vault, and the newest events stand in both, so that a power
// cut between the two is made good at the next start. A meter without this flash has only the vault's window
// of events. Bytes: docs/formats/records.md. Not thread-safe; the flash must outlive the archive.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "meter/records/event_log.hpp"
#include "meter/records/freeze.hpp"
#include "meter/records/profile.hpp"
#include "meter/records/ring.hpp"
#include "port/flash.hpp"

namespace lk::records {

// Numbers of the register `log_kind`.
enum class Log : std::uint8_t {
  all = 0,
  tamper = 1,
  relay = 2,
  token = 3,
  power = 4,
  voltage = 5,
  credit = 6,
  tariff = 7,
  programming = 8,
  clock = 9,
  overload = 10,
  malicious_load = 11,
  card = 12,
  fault = 13,
  monthly = 14,
  daily = 15,
  hourly = 16,
  instant = 17,
  profile = 18,
};
inline constexpr std::size_t log_count = 19;
inline constexpr std::size_t event_log_count = 14;

// The log that an event is of, besides `all`.
[[nodiscard]] Log log_of(const Event& event);
[[nodiscard]] Log log_of(FreezeKind kind);
// How many entries a log holds at least; of the profile, what the flash has room for.
[[nodiscard]] std::uint32_t depth_of(Log log);

class Archive {
 public:
  // No flash, or one that is too small: nothing is kept.
  Archive(port::Flash* flash, std::size_t profile_channels);

  [[nodiscard]] bool is_present() const { return is_present_; }
  // False where the flash refused a read: nothing is then appended until it has been mounted again.
  bool mount();
  [[nodiscard]] bool is_mounted() const;
  void dismount();
  // Also false where a read was refused since: what seemed to be the newest may not be.
  [[nodiscard]] bool is_sound() const;
  // Another number of channels: the profile begins anew.
  void set_profile_channels(std::size_t count);

  // False where the flash failed.
  bool append(const Event& event);
  bool append(FreezeKind kind, const Freeze& freeze);
  bool append_profile(std::span<const std::byte> entry);

  [[nodiscard]] const Ring& ring(Log log) const { return rings_[static_cast<std::size_t>(log)]; }
  // The number of the newest event that is kept, 0 where there is none.
  [[nodiscard]] std::uint32_t newest_event() const;
  // The newest freeze of a kind.
  [[nodiscard]] std::optional<Freeze> newest(FreezeKind kind) const;
  // The time of the newest profile entry, 0 where there is none.
  [[nodiscard]] std::uint32_t newest_profile_s() const;
  // Where the time stands in the entries of a log.
  [[nodiscard]] static std::size_t time_offset_of(Log log);

 private:
  void lay_out_profile(std::size_t channels);

  port::Flash* flash_;
  bool is_present_ = false;
  std::uint16_t profile_page_ = 0;
  std::array<Ring, log_count> rings_{};
};

}  // namespace lk::records
