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

// Sub-functions of 08 (application protocol, clause 6.8).
enum class Diagnostic : std::uint16_t {
  echo = 0x0000,
  restart = 0x0001,      // of the communication: ends `listen_only`, clears the counters
  listen_only = 0x0004,  // no answer to anything but `restart`
  clear_counters = 0x000A,
  bus_messages = 0x000B,  // sound frames, also of others
  bus_errors = 0x000C,    // damaged frames
  exceptions = 0x000D,    // exception answers
  own_messages = 0x000E,  // sound frames to this unit, or to all
  unanswered = 0x000F,    // own messages without an answer
  negative = 0x0010,      // negative acknowledges: none here
  busy = 0x0011,          // answers "busy"
  overruns = 0x0012,      // characters lost: none here
};

// One group of 14: `length` registers of record `record` of file `file`.
struct FileRead {
  std::uint16_t file = 0;
  std::uint16_t record = 0;
  std::uint16_t length = 0;
};
inline constexpr std::size_t file_group_bytes = 7;
inline constexpr std::uint16_t max_file_record = 9999;

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
  std::uint16_t sub_function = 0;          // 08, one of `Diagnostic`
  std::span<const std::byte> groups{};     // 14: what is to be read, 7 bytes each (`file_read`)
  std::uint8_t identification_code = 0;    // 2B/0E: 1 to 4
  std::uint8_t identification_object = 0;  // 2B/0E

  [[nodiscard]] bool is_read() const { return function == 0x03 || function == 0x04; }
  [[nodiscard]] std::size_t file_read_count() const { return groups.size() / file_group_bytes; }
  [[nodiscard]] FileRead file_read(std::size_t index) const;
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
// The good answer to 08 that carries a counter.
[[nodiscard]] std::size_t counter_reply(ReplyRoom to, const Request& request, std::uint16_t count);
// The good answer to 14, group by group.
class FileReply {
 public:
  FileReply(ReplyRoom to, const Request& request);
  // Room for the next group's registers; empty where they do not fit into one frame any more.
  [[nodiscard]] std::span<std::byte> add(std::uint16_t register_count);
  // Its size.
  [[nodiscard]] std::size_t end();

 private:
  ReplyRoom to_;
  std::size_t size_bytes_;
};
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
