// SPDX-License-Identifier: Apache-2.0
// Commands and responses of ISO 7816-4 in their short form. Pure; spans point into what the caller owns.
//
//   command   CLA INS P1 P2 │ Lc data │ Le        response   data │ SW1 SW2
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace lk::card {

inline constexpr std::size_t header_bytes = 4;
inline constexpr std::size_t data_max_bytes = 255;
inline constexpr std::size_t answer_max_bytes = 256;
inline constexpr std::size_t command_max_bytes = header_bytes + 1 + data_max_bytes + 1;
inline constexpr std::size_t response_max_bytes = answer_max_bytes + 2;

// The status words that a Latchkey card gives.
enum class Status : std::uint16_t {
  done = 0x9000,
  not_authentic = 0x6300,   // the other end's cryptogram is wrong
  memory_failure = 0x6581,  // the card's storage did not take it; nothing was changed
  wrong_length = 0x6700,
  not_allowed = 0x6982,          // needs another key, or secure messaging
  conditions = 0x6985,           // not now: no challenge was asked for, or the card is of another kind
  no_secure_object = 0x6987,     // a part of secure messaging is missing
  wrong_secure_object = 0x6988,  // or is wrong
  wrong_data = 0x6A80,
  no_file = 0x6A82,
  no_record = 0x6A83,
  no_room = 0x6A84,
  wrong_parameters = 0x6A86,
  wrong_offset = 0x6B00,
  unknown_instruction = 0x6D00,
  unknown_class = 0x6E00,
};

enum class Instruction : std::uint8_t {
  erase_binary = 0x0E,
  authenticate = 0x82,  // MUTUAL AUTHENTICATE
  get_challenge = 0x84,
  select = 0xA4,
  read_binary = 0xB0,
  read_record = 0xB2,
  get_response = 0xC0,
  update_binary = 0xD6,
  put_data = 0xDA,
  append_record = 0xE2,
};

struct Command {
  std::uint8_t cla = 0;
  std::uint8_t ins = 0;
  std::uint8_t p1 = 0;
  std::uint8_t p2 = 0;
  std::span<const std::byte> data;  // 0 to 255 bytes
  std::uint16_t expected = 0;       // Le: 1 to 256 bytes at most wanted back, 0 none
};

// The bytes of a command in the front of `room`.
[[nodiscard]] std::span<const std::byte> encode(const Command& command,
                                                std::span<std::byte, command_max_bytes> room);
// A command of exactly these bytes; nothing where they are no short command. Its data stay where they are.
[[nodiscard]] std::optional<Command> decode_command(std::span<const std::byte> bytes);

struct Response {
  std::span<const std::byte> data;
  std::uint16_t status = 0;

  [[nodiscard]] bool is(Status wanted) const { return status == static_cast<std::uint16_t>(wanted); }
};

// Data and status of a response; nothing where there is no status or it is too long.
[[nodiscard]] std::optional<Response> decode_response(std::span<const std::byte> bytes);

}  // namespace lk::card
