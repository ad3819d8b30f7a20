// SPDX-License-Identifier: Apache-2.0
// The passwords of DL/T 645 and of the optical port: ten levels of six digits each, 0 the highest. They exist
// because the standards have them. What they open is a parameter of the site (`dlt_permissions`, changed by a
// sealed order only) and nothing in a new meter; never anything that is worth money. Five wrong ones close
// all levels for a day. A plain value, kept by the station at each change.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/links/device.hpp"
#include "meter/links/station.hpp"
#include "meter/records/allowance.hpp"
#include "order/command.hpp"

namespace lk::links {

// Bits of `dlt_permissions`.
enum class Permission : std::uint16_t {
  relay = 1U << 0U,           // trip, close, alarm, keep power by password
  clock = 1U << 1U,           // set by password
  broadcast_time = 1U << 2U,  // the daily correction that anybody on the line can send
  address = 1U << 3U,         // of DL/T 645, written by anybody who is alone with the meter
  baud = 1U << 4U,            // changed by anybody
  demand = 1U << 5U,          // reset by password
  events = 1U << 6U,          // hidden from DL/T 645 by password; the records stay
};

inline constexpr std::size_t password_bytes = 3;
using Password = std::array<std::byte, password_bytes>;  // six packed digits, the lowest pair first

class Access {
 public:
  static constexpr std::size_t level_count = 10;
  static constexpr std::uint8_t tries_max = 5;
  static constexpr std::uint32_t lock_out_s = 86'400;
  static constexpr std::size_t stored_bytes =
      1 + level_count * password_bytes + 1 + 4 + 4 + 1 + records::event_log_count * 4;

  // As in a new meter: all passwords are 000000.
  Access() = default;
  // Takes what was kept; false, and as new, where the bytes are none.
  bool restore(std::span<const std::byte> stored);

  [[nodiscard]] static bool allows(Permission permission, Device& device);
  // Whether passwords open anything.
  [[nodiscard]] static bool is_in_use(Device& device);

  enum class Verdict : std::uint8_t { right, wrong, locked_out };
  // Judges a password of a level. A wrong one is counted, durably, before the answer.
  [[nodiscard]] Verdict judge(std::uint8_t level, const Password& password, Station& station);
  // Replaces a level's password, and records who did; false where it could not be kept.
  [[nodiscard]] bool change(std::uint8_t level, const Password& password, const Programmer& who,
                            Station& station);
  [[nodiscard]] bool is_locked_out(Station& station) const;

  // Freezes that anybody may ask for: a few at once, then one a minute.
  [[nodiscard]] bool take_freeze(std::uint32_t now_s) {
    return freezes_.take(quantity::Instant::of(std::int64_t{now_s} * 1000));
  }

  // Entries of a log up to here are not shown by DL/T 645.
  [[nodiscard]] std::uint32_t hidden_until(records::Log log) const;
  // Hides what a log holds now, or all logs of events, and records who did; the record itself is shown.
  [[nodiscard]] bool hide(records::Log log, const Programmer& who, Station& station);
  [[nodiscard]] bool hide_all(const Programmer& who, Station& station);

  // After a trip that ends by itself: at `at_s` the supply may be closed by hand, or closes.
  [[nodiscard]] bool plan_return(std::uint32_t at_s, bool by_hand, Station& station);
  // Carries out what is due.
  void poll(Station& station);
  [[nodiscard]] bool has_plan() const { return return_at_s_ != 0; }

 private:
  using Stored = std::array<std::byte, stored_bytes>;
  [[nodiscard]] Stored encode() const;
  [[nodiscard]] bool keep(Station& station, const Access& before, const Programmer* who = nullptr);

  std::array<Password, level_count> passwords_{};
  std::uint8_t wrong_count_ = 0;
  std::uint32_t locked_until_s_ = 0;  // 0: not
  std::uint32_t return_at_s_ = 0;     // 0: no plan
  bool is_return_by_hand_ = false;
  std::array<std::uint32_t, records::event_log_count> hidden_{};
  records::Allowance freezes_{4};
};

}  // namespace lk::links
