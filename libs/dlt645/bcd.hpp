// SPDX-License-Identifier: Apache-2.0
// Packed decimal numbers and times, the lowest pair of digits first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace lk::dlt645 {

// Writes a number of 0 or more; one that does not fit becomes all nines.
void encode_bcd(std::uint64_t value, std::span<std::byte> to);
// The same with the top bit of the highest byte as its sign; the digits are the magnitude, at most 79…9.
void encode_signed_bcd(std::int64_t value, std::span<std::byte> to);
// Nothing where a nibble is no digit. At most 9 bytes.
[[nodiscard]] std::optional<std::uint64_t> decode_bcd(std::span<const std::byte> from);
[[nodiscard]] std::optional<std::int64_t> decode_signed_bcd(std::span<const std::byte> from);

// A local time as its digits. The year is that of the century, weekday 0 is Sunday.
struct Time {
  std::uint8_t year = 0;
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  std::uint8_t weekday = 0;
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::uint8_t second = 0;
  bool operator==(const Time&) const = default;
};

// A real date of 2000 to 2099 and a time of day; the weekday is not looked at.
[[nodiscard]] bool is_time(const Time& time);
// The weekday of the date.
[[nodiscard]] std::uint8_t weekday_of(const Time& time);

}  // namespace lk::dlt645
