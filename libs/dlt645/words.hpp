// SPDX-License-Identifier: Apache-2.0
// The words of DL/T 645: control codes, error words, baud words, what a remote control says.
#pragma once

#include <cstdint>
#include <optional>

namespace lk::dlt645 {

// Bits of the control byte (2007, 5.2.3).
inline constexpr std::uint8_t from_slave = 0x80;
inline constexpr std::uint8_t is_error = 0x40;
inline constexpr std::uint8_t has_more = 0x20;

// Functions of 2007.
enum class Function : std::uint8_t {
  secure = 0x03,  // security authentication: what the operator's own applications exchange
  broadcast_time = 0x08,
  read = 0x11,
  read_on = 0x12,  // the next part of a long answer
  read_address = 0x13,
  write = 0x14,
  write_address = 0x15,
  freeze = 0x16,
  change_baud = 0x17,
  change_password = 0x18,
  clear_demand = 0x19,
  clear_meter = 0x1A,
  clear_events = 0x1B,
  control = 0x1C,
  select_output = 0x1D,
};

// Functions of 1997.
enum class Function97 : std::uint8_t {
  read = 0x01,
  read_on = 0x02,
  read_again = 0x03,
  write = 0x04,
  broadcast_time = 0x08,
  write_address = 0x0A,
  change_baud = 0x0C,
  change_password = 0x0F,
  clear_demand = 0x10,
};

// Bits of the error byte of 2007.
namespace error {
inline constexpr std::uint8_t other = 1U << 0U;
inline constexpr std::uint8_t no_data = 1U << 1U;
inline constexpr std::uint8_t not_authorised = 1U << 2U;
inline constexpr std::uint8_t baud = 1U << 3U;
}  // namespace error

// Bits of the error byte of 1997.
namespace error97 {
inline constexpr std::uint8_t illegal_data = 1U << 0U;
inline constexpr std::uint8_t no_data = 1U << 1U;
inline constexpr std::uint8_t not_authorised = 1U << 2U;
inline constexpr std::uint8_t baud = 1U << 3U;
}  // namespace error97

// Bits of the error word of function 03.
namespace secure_error {
inline constexpr std::uint16_t other = 1U << 0U;
inline constexpr std::uint16_t authentication_failed = 1U << 3U;
}  // namespace secure_error

// N1 of function 1C.
enum class Control : std::uint8_t {
  trip = 0x1A,
  permit_close = 0x1B,  // a hand has to close
  close = 0x1C,
  trip_then_permit = 0x1D,  // for N2 times five minutes
  trip_then_close = 0x1E,
  alarm_on = 0x2A,
  alarm_off = 0x2B,
  keep_power_on = 0x3A,
  keep_power_off = 0x3B,
};

// The rate that a baud word names: exactly one of the bits 1 (600) to 6 (19 200).
[[nodiscard]] constexpr std::optional<std::uint32_t> baud_of(std::uint8_t word) {
  for (unsigned bit = 1; bit <= 6; ++bit) {
    if (word == 1U << bit) return 300U << bit;
  }
  return std::nullopt;
}
[[nodiscard]] constexpr std::uint8_t baud_word(std::uint32_t baud) {
  for (unsigned bit = 1; bit <= 6; ++bit) {
    if (baud == 300U << bit) return static_cast<std::uint8_t>(1U << bit);
  }
  return 0;
}

}  // namespace lk::dlt645
