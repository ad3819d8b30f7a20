// SPDX-License-Identifier: Apache-2.0
// The master's end: requests are written into a buffer of the caller, replies are checked against the request
// they answer. Pure; views point into the reply's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "modbus/frame.hpp"

namespace lk::modbus {

using FrameRoom = std::span<std::byte, max_frame_bytes>;

// Each writes one whole request and returns its size. A count out of range is a bug of the caller.
// Reads `count` (1 to 125) registers from `address` by function 03 or 04.
[[nodiscard]] std::size_t read_request(FrameRoom to, std::uint8_t unit, Function function,
                                       std::uint16_t address, std::uint16_t count);
// Writes one register by function 06.
[[nodiscard]] std::size_t write_request(FrameRoom to, std::uint8_t unit, std::uint16_t address,
                                        std::uint16_t value);
// Writes whole registers (2 to 246 bytes, even, high byte first) by function 10.
[[nodiscard]] std::size_t write_request(FrameRoom to, std::uint8_t unit, std::uint16_t address,
                                        std::span<const std::byte> registers);
// Asks for the same data back (function 08, sub-function 0).
[[nodiscard]] std::size_t echo_request(FrameRoom to, std::uint8_t unit, std::uint16_t data);
// Any sub-function of 08 with its data field.
[[nodiscard]] std::size_t diagnostic_request(FrameRoom to, std::uint8_t unit, std::uint16_t sub_function,
                                             std::uint16_t data);
// One group of function 14.
[[nodiscard]] std::size_t file_request(FrameRoom to, std::uint8_t unit, std::uint16_t file,
                                       std::uint16_t record, std::uint16_t register_count);
[[nodiscard]] std::size_t server_id_request(FrameRoom to, std::uint8_t unit);
// Device identification: code 1 basic, 2 regular, 3 extended, 4 the one `object`.
[[nodiscard]] std::size_t identification_request(FrameRoom to, std::uint8_t unit, std::uint8_t code,
                                                 std::uint8_t object);

// The size of the good reply to a request made above, 0 where only the reply itself tells (11, 2B). An
// exception reply has 5 bytes.
[[nodiscard]] std::size_t expected_reply_bytes(std::span<const std::byte> request);

enum class ReplyError : std::uint8_t {
  too_short,       // fewer than 5 bytes
  too_long,        // more than 256 bytes
  bad_crc,         // damaged on the line
  other_unit,      // another slave answers: a late reply, or two devices with one address
  other_function,  // answers another request
  wrong_size,      // not the number of bytes that was asked for
  other_content,   // a write or an echo is answered with other fields than were sent
};

struct Reply {
  // What the slave refused with; `none` in a good reply. Codes that are not in the enumeration stay as they
  // came.
  Exception exception = Exception::none;
  // 03, 04, 14: the registers' bytes. 08: the data field. 11: the bytes behind the byte count. 2B: from the
  // read code on. Others: empty.
  std::span<const std::byte> data{};

  // Register number `index` of a read.
  [[nodiscard]] std::uint16_t register_at(std::size_t index) const {
    ensure(2 * index + 1 < data.size());
    return static_cast<std::uint16_t>((std::to_integer<unsigned>(data[2 * index]) << 8U) |
                                      std::to_integer<unsigned>(data[2 * index + 1]));
  }
};

// Checks a received frame as the answer to `request` (a whole frame made above).
[[nodiscard]] std::expected<Reply, ReplyError> parse_reply(std::span<const std::byte> request,
                                                           std::span<const std::byte> reply);

}  // namespace lk::modbus
