// SPDX-License-Identifier: Apache-2.0
#include "card/apdu.hpp"

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::card {

std::span<const std::byte> encode(const Command& command, std::span<std::byte, command_max_bytes> room) {
  ensure(command.data.size() <= data_max_bytes && command.expected <= answer_max_bytes);
  bytes::Writer to{room};
  to.byte(command.cla);
  to.byte(command.ins);
  to.byte(command.p1);
  to.byte(command.p2);
  if (!command.data.empty()) {
    to.byte(static_cast<std::uint8_t>(command.data.size()));
    to.copy(command.data);
  }
  if (command.expected != 0) to.byte(static_cast<std::uint8_t>(command.expected));  // 256 is 00
  return to.written();
}

std::optional<Command> decode_command(std::span<const std::byte> bytes) {
  if (bytes.size() < header_bytes || bytes.size() > command_max_bytes) return std::nullopt;
  bytes::Reader from{bytes};
  Command command;
  command.cla = from.byte();
  command.ins = from.byte();
  command.p1 = from.byte();
  command.p2 = from.byte();
  if (from.left() == 0) return command;
  const std::size_t first = from.byte();
  if (from.left() > 0) {
    // A length of 0 would begin an extended command, which no T=0 card has.
    if (first == 0 || from.left() < first) return std::nullopt;
    command.data = from.take(first);
    if (from.left() == 0) return command;
    if (from.left() > 1) return std::nullopt;
    const std::size_t last = from.byte();
    command.expected = static_cast<std::uint16_t>(last == 0 ? answer_max_bytes : last);
    return command;
  }
  command.expected = static_cast<std::uint16_t>(first == 0 ? answer_max_bytes : first);
  return command;
}

std::optional<Response> decode_response(std::span<const std::byte> bytes) {
  if (bytes.size() < 2 || bytes.size() > response_max_bytes) return std::nullopt;
  bytes::Reader status{bytes.last(2)};
  return Response{bytes.first(bytes.size() - 2), status.big<std::uint16_t>()};
}

}  // namespace lk::card
