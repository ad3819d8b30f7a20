// SPDX-License-Identifier: Apache-2.0
// The slave's end: a request is taken apart and its shape checked, in the order function, count; address and
// value are for whoever knows the registers. Replies are written into a buffer of the caller. Pure; views
// point into the request's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "modbus/frame.hpp"

namespace lk::modbus {

// A checked request. Where `exception` is not `none` its shape is wrong: answer that; only unit and function
// count.
struct Request {
  std::uint8_t unit = 0;      // 0: broadcast, never answered
  std::uint8_t function = 0;  // raw
  Exception exception = Exception::none;
  std::uint16_t address = 0;               // 03, 04, 06, 10
  std::uint16_t count = 0;                 // 03, 04, 06 (1), 10
  std::span<const std::byte> registers{};  // 06, 10: what is to be written, 2 · count bytes
  std::span<const std::byte> echo{};       // 08: what is to be sent back (sub-function and data)
  std::uint8_t identification_code = 0;    // 2B/0E: 1 to 4
  std::uint8_t identification_object = 0;  // 2B/0E

  [[nodiscard]] bool is_read() const { return function == 0x03 || function == 0x04; }
  [[nodiscard]] bool is_write() const { return function == 0x06 || function == 0x10; }
};

// Takes a whole frame (unit to CRC) apart. A FrameError is never answered.
[[nodiscard]] std::expected<Request, FrameError> parse_request(std::span<const std::byte> frame);

using ReplyRoom = std::span<std::byte, max_frame_bytes>;

// Each writes one whole reply and returns its size.
[[nodiscard]] std::size_t exception_reply(ReplyRoom to, const Request& request, Exception exception);
// `registers` has 2 · request.count bytes.
[[nodiscard]] std::size_t read_reply(ReplyRoom to, const Request& request,
                                     std::span<const std::byte> registers);
// The good answer to 06 or 10.
[[nodiscard]] std::size_t write_reply(ReplyRoom to, const Request& request);
// The good answer to 08 sub-function 0.
[[nodiscard]] std::size_t echo_reply(ReplyRoom to, const Request& request);
// Server id, run indicator, and a text of at most 200 characters.
[[nodiscard]] std::size_t server_id_reply(ReplyRoom to, const Request& request, std::uint8_t id, bool running,
                                          std::string_view text);

// One object of the device identification; ids rise in the list: 0 to 2 are basic, 3 to 7F regular, 80 to FF
// extended.
struct IdentificationObject {
  std::uint8_t id;
  std::string_view text;
};
// The answer to 2B/0E from a list that holds at least objects 0, 1 and 2, of at most 80 characters each; what
// does not fit in one frame is told by "more follows". An object asked for alone that is not there: illegal
// address.
[[nodiscard]] std::size_t identification_reply(ReplyRoom to, const Request& request,
                                               std::span<const IdentificationObject> objects);

}  // namespace lk::modbus
