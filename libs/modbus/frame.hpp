// SPDX-License-Identifier: Apache-2.0
// The Modbus RTU frame (Modbus over serial line V1.02; application protocol V1.1b3):
//
//   unit (1) | function (1) | data (0 to 252) | CRC-16 (2, low byte first)          4 to 256 bytes
//
// All here is pure and may be called from anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "assert/assert.hpp"

namespace lk::modbus {

inline constexpr std::size_t max_frame_bytes = 256;
inline constexpr std::size_t min_frame_bytes = 4;
inline constexpr std::uint8_t broadcast_unit = 0;
inline constexpr std::uint16_t max_read_registers = 125;
inline constexpr std::uint16_t max_write_registers = 123;

enum class Function : std::uint8_t {
  read_holding_registers = 0x03,
  read_input_registers = 0x04,
  write_single_register = 0x06,
  diagnostics = 0x08,
  write_multiple_registers = 0x10,
  report_server_id = 0x11,
  read_file_record = 0x14,
  encapsulated_interface = 0x2B,  // with MEI type 0E: read device identification
};

inline constexpr std::uint8_t exception_bit = 0x80;          // set in the function of an exception reply
inline constexpr std::uint8_t device_identification = 0x0E;  // MEI type

// Exception codes of the application protocol, clause 7.
enum class Exception : std::uint8_t {
  none = 0,              // not on the wire: all is well
  illegal_function = 1,  // the function (or its sub-function) is not offered
  illegal_address = 2,   // some register of the range does not exist or does not allow this
  illegal_value = 3,     // a count, a byte count or a value is out of range
  device_failure = 4,    // the device could not do it
  acknowledge = 5,       // accepted, takes long
  busy = 6,              // ask again later
};

// Why bytes are not a frame; such bytes are never answered.
enum class FrameError : std::uint8_t {
  too_short,  // fewer than 4 bytes
  too_long,   // more than 256 bytes
  bad_crc,    // the check does not match
};

// A checked frame: views into the bytes it was made of.
struct Frame {
  std::uint8_t unit = 0;
  std::uint8_t function = 0;          // raw: may be one that is not offered, or an exception
  std::span<const std::byte> data{};  // between function and CRC
};

// Checks size and CRC.
[[nodiscard]] std::expected<Frame, FrameError> parse_frame(std::span<const std::byte> bytes);

// Puts the CRC behind the first `size_bytes` bytes of `frame`, which must leave room for it; returns the
// whole size.
[[nodiscard]] std::size_t seal_frame(std::span<std::byte> frame, std::size_t size_bytes);

// Which way a frame goes; the same function has other lengths each way.
enum class Direction : std::uint8_t { request, reply };

enum class LengthUnknown : std::uint8_t {
  more_bytes_needed,  // ask again with more of the frame
  only_by_silence,    // the function code does not tell
};

// The whole size of the frame that begins with `begin`, CRC included, told from its function code and counts.
// May be more than 256 where the bytes are no frame.
[[nodiscard]] std::expected<std::size_t, LengthUnknown> frame_size_bytes(Direction direction,
                                                                         std::span<const std::byte> begin);

// The silences of a line in microseconds, for characters of 11 bits (clause 2.5.1.1 of the serial line
// guide): above 19 200 baud they are fixed.
struct Timing {
  std::uint32_t t1_5_us;  // a longer gap inside a frame spoils it (clause 2.5.1.1)
  std::uint32_t t3_5_us;  // a silence this long ends a frame
  std::uint32_t character_us;
};

// Figures for a baud rate above 0, rounded up.
[[nodiscard]] constexpr Timing timing_of(std::uint32_t baud) {
  ensure(baud > 0);
  const auto characters = [baud](std::uint64_t tenths) {
    return static_cast<std::uint32_t>((tenths * 11U * 100'000U + baud - 1U) / baud);
  };
  if (baud > 19'200) return {750, 1750, characters(10)};
  return {characters(15), characters(35), characters(10)};
}

}  // namespace lk::modbus
