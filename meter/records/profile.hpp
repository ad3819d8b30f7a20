// SPDX-License-Identifier: Apache-2.0
// The load profile: at the end of each interval of the clock one entry with up to eight channels. Energies
// are the registers themselves, so that a gap loses no energy and no clock step counts any twice; means and
// extremes are of the interval. An interval that is not what it seems has marks that say why. Bytes:
// docs/formats/records.md. Pure: the owner stores the entries.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "quantity/quantity.hpp"

namespace lk::records {

enum class Channel : std::uint8_t {
  none = 0,
  import_energy = 1,   // register, 0.1 Wh, modulo 2^32
  export_energy = 2,   // the same
  voltage_mean = 3,    // mV
  voltage_lowest = 4,  // mV
  voltage_highest = 5,
  current_mean = 6,    // mA
  power_highest = 7,   // import, 0.1 W
  power_factor = 8,    // mean, 0.0001, signed
  frequency_mean = 9,  // mHz
  balance = 10,        // 0.01 of the unit, signed, rounded down
  reactive_q1 = 11,    // register of a quadrant, 0.1 varh, modulo 2^32
  reactive_q2 = 12,
  reactive_q3 = 13,
  reactive_q4 = 14,
  apparent_import = 15,  // register, 0.1 VAh, modulo 2^32
  apparent_export = 16,
};
inline constexpr std::int64_t channel_last = 16;
inline constexpr std::size_t channel_max = 8;

// Marks, as bits.
inline constexpr std::uint8_t mark_power_lost = 1U << 0U;   // the power was away in, or before, the interval
inline constexpr std::uint8_t mark_clock_set = 1U << 1U;    // the clock was set at the end of, or in it
inline constexpr std::uint8_t mark_clock_wrong = 1U << 2U;  // the time is not to be relied on
inline constexpr std::uint8_t mark_missing = 1U
                                             << 3U;  // intervals between the last entry and this are missing
inline constexpr std::uint8_t mark_partial = 1U << 4U;  // shorter than the interval

struct ProfileRules {
  std::uint8_t minutes = 15;  // 1 to 60
  std::array<Channel, channel_max> channels{};
  [[nodiscard]] std::size_t channel_count() const;  // up to the last that is not `none`
  bool operator==(const ProfileRules&) const = default;
};

// What is measured, for the means and extremes.
struct Observation {
  quantity::Voltage voltage;
  quantity::Current current;
  quantity::Power active;
  std::int32_t power_factor_e4 = 0;
  quantity::Frequency frequency;
};

struct Registers {
  quantity::Energy import_energy;
  quantity::Energy export_energy;
  quantity::Money balance;
  std::array<quantity::Energy, 4> reactive{};  // by quadrant
  quantity::Energy apparent_import;
  quantity::Energy apparent_export;
};

inline constexpr std::size_t profile_head_bytes = 8;
inline constexpr std::size_t profile_max_bytes = profile_head_bytes + 4 * channel_max;

class Profile {
 public:
  // After a start: `newest_s` is the time of the newest entry, 0 where there is none.
  void start(std::uint32_t now_s, std::uint32_t newest_s, const ProfileRules& rules);
  void observe(const Observation& seen);
  // Whether an interval has ended before `now_s`.
  [[nodiscard]] bool is_due(std::uint32_t now_s, const ProfileRules& rules) const;
  // Ends the interval: the bytes of its entry in `room`, as long as head and channels. A new one begins.
  std::span<const std::byte> close(std::uint32_t now_s, const Registers& registers, const ProfileRules& rules,
                                   bool is_clock_wrong, std::span<std::byte, profile_max_bytes> room);
  // Another length of intervals, or other channels: a new interval begins, and the next entry says that it is
  // not a whole one.
  void change_rules(std::uint32_t now_s, const ProfileRules& rules);
  // The entry that was ended last could not be stored: the next one says that it is missing.
  void note_lost() { marks_ |= mark_missing; }
  // The clock is about to be set: the interval ends here and now, at the old time, with a mark; the next one
  // begins at the new time.
  std::span<const std::byte> close_for_clock(std::uint32_t old_s, std::uint32_t new_s,
                                             const Registers& registers, const ProfileRules& rules,
                                             std::span<std::byte, profile_max_bytes> room);

 private:
  void begin(std::uint32_t now_s, const ProfileRules& rules, std::uint8_t marks);
  [[nodiscard]] std::uint32_t value(Channel channel, const Registers& registers) const;
  std::span<const std::byte> entry(std::uint32_t time_s, std::uint8_t marks, const Registers& registers,
                                   const ProfileRules& rules, std::span<std::byte, profile_max_bytes> room);

  std::uint32_t interval_ = 0;  // its number since 1970
  std::uint8_t marks_ = 0;
  std::uint32_t count_ = 0;
  std::int64_t voltage_sum_ = 0;
  std::int64_t current_sum_ = 0;
  std::int64_t power_factor_sum_ = 0;
  std::int64_t frequency_sum_ = 0;
  quantity::Voltage lowest_;
  quantity::Voltage highest_;
  quantity::Power power_highest_;
};

}  // namespace lk::records
