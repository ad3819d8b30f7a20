// SPDX-License-Identifier: Apache-2.0
#include "modbus/master.hpp"

#include <algorithm>

#include "bytes/bytes.hpp"

namespace lk::modbus {
namespace {

std::size_t short_request(FrameRoom to, std::uint8_t unit, Function function, std::uint16_t first,
                          std::uint16_t second) {
  bytes::Writer writer{to};
  writer.byte(unit);
  writer.byte(static_cast<std::uint8_t>(function));
  writer.big(first);
  writer.big(second);
  return seal_frame(to, writer.size_bytes());
}

std::expected<Reply, ReplyError> counted_reply(std::span<const std::byte> data, std::size_t size_bytes) {
  if (data.size() != size_bytes + 1 || std::to_integer<std::size_t>(data[0]) != size_bytes) {
    return std::unexpected(ReplyError::wrong_size);
  }
  return Reply{Exception::none, data.subspan(1)};
}

// 08 repeats the sub-function, and its data where that is no counter.
std::expected<Reply, ReplyError> diagnostic_reply(const Frame& asked, std::span<const std::byte> data) {
  if (data.size() != 4 || asked.data.size() < 4) return std::unexpected(ReplyError::wrong_size);
  if (!std::ranges::equal(data.first(2), asked.data.first(2)))
    return std::unexpected(ReplyError::other_content);
  const bool is_counter = asked.data[1] > std::byte{0x0A};
  if (!is_counter && !std::ranges::equal(data, asked.data.first(4)))
    return std::unexpected(ReplyError::other_content);
  return Reply{Exception::none, data.subspan(2)};
}

// size | size 06 registers: of the one group that was asked for.
std::expected<Reply, ReplyError> file_reply(const Frame& asked, std::span<const std::byte> data) {
  constexpr std::size_t head_bytes = 3;
  constexpr std::size_t length_offset = 6;
  if (asked.data.size() != 1 + 7 || data.size() < head_bytes) return std::unexpected(ReplyError::wrong_size);
  bytes::Reader reader{asked.data.subspan(length_offset)};
  const std::size_t size_bytes = std::size_t{2} * reader.big<std::uint16_t>();
  const bool good = data.size() == head_bytes + size_bytes &&
                    std::to_integer<std::size_t>(data[0]) == size_bytes + 2 &&
                    std::to_integer<std::size_t>(data[1]) == size_bytes + 1;
  if (!good) return std::unexpected(ReplyError::wrong_size);
  if (data[2] != std::byte{6}) return std::unexpected(ReplyError::other_content);
  return Reply{Exception::none, data.subspan(head_bytes)};
}

// 06, 10 repeat the first four data bytes of the request.
std::expected<Reply, ReplyError> repeating_reply(const Frame& asked, std::span<const std::byte> data) {
  if (data.size() != 4 || asked.data.size() < 4) return std::unexpected(ReplyError::wrong_size);
  if (!std::ranges::equal(data, asked.data.first(4))) return std::unexpected(ReplyError::other_content);
  return Reply{};
}

ReplyError reply_error(FrameError error) {
  switch (error) {
    case FrameError::too_short:
      return ReplyError::too_short;
    case FrameError::too_long:
      return ReplyError::too_long;
    case FrameError::bad_crc:
      break;
  }
  return ReplyError::bad_crc;
}

std::uint16_t count_of(const Frame& read) {
  bytes::Reader reader{read.data.subspan(2)};
  return reader.big<std::uint16_t>();
}

std::expected<Reply, ReplyError> good_reply(const Frame& asked, const Frame& answered) {
  switch (static_cast<Function>(asked.function)) {
    case Function::read_holding_registers:
    case Function::read_input_registers:
      return counted_reply(answered.data, std::size_t{2} * count_of(asked));
    case Function::write_single_register:
    case Function::write_multiple_registers:
      return repeating_reply(asked, answered.data);
    case Function::diagnostics:
      return diagnostic_reply(asked, answered.data);
    case Function::read_file_record:
      return file_reply(asked, answered.data);
    case Function::report_server_id:
      if (answered.data.empty()) return std::unexpected(ReplyError::wrong_size);
      return counted_reply(answered.data, std::to_integer<std::size_t>(answered.data[0]));
    case Function::encapsulated_interface:
      if (answered.data.size() < 6) return std::unexpected(ReplyError::wrong_size);
      if (answered.data[0] != std::byte{device_identification})
        return std::unexpected(ReplyError::other_content);
      return Reply{Exception::none, answered.data.subspan(1)};
  }
  return std::unexpected(ReplyError::other_function);
}

}  // namespace

std::size_t read_request(FrameRoom to, std::uint8_t unit, Function function, std::uint16_t address,
                         std::uint16_t count) {
  ensure(function == Function::read_holding_registers || function == Function::read_input_registers);
  ensure(count >= 1 && count <= max_read_registers);
  return short_request(to, unit, function, address, count);
}

std::size_t write_request(FrameRoom to, std::uint8_t unit, std::uint16_t address, std::uint16_t value) {
  return short_request(to, unit, Function::write_single_register, address, value);
}

std::size_t write_request(FrameRoom to, std::uint8_t unit, std::uint16_t address,
                          std::span<const std::byte> registers) {
  ensure(!registers.empty() && registers.size() % 2 == 0 &&
         registers.size() <= std::size_t{2} * max_write_registers);
  bytes::Writer writer{to};
  writer.byte(unit);
  writer.byte(static_cast<std::uint8_t>(Function::write_multiple_registers));
  writer.big(address);
  writer.big(static_cast<std::uint16_t>(registers.size() / 2));
  writer.byte(static_cast<std::uint8_t>(registers.size()));
  writer.copy(registers);
  return seal_frame(to, writer.size_bytes());
}

std::size_t echo_request(FrameRoom to, std::uint8_t unit, std::uint16_t data) {
  return diagnostic_request(to, unit, 0, data);
}

std::size_t diagnostic_request(FrameRoom to, std::uint8_t unit, std::uint16_t sub_function,
                               std::uint16_t data) {
  return short_request(to, unit, Function::diagnostics, sub_function, data);
}

std::size_t file_request(FrameRoom to, std::uint8_t unit, std::uint16_t file, std::uint16_t record,
                         std::uint16_t register_count) {
  constexpr std::uint8_t group_bytes = 7;
  constexpr std::uint8_t reference_type = 6;
  ensure(register_count >= 1 && register_count <= max_read_registers);
  bytes::Writer writer{to};
  writer.byte(unit);
  writer.byte(static_cast<std::uint8_t>(Function::read_file_record));
  writer.byte(group_bytes);
  writer.byte(reference_type);
  writer.big(file);
  writer.big(record);
  writer.big(register_count);
  return seal_frame(to, writer.size_bytes());
}

std::size_t server_id_request(FrameRoom to, std::uint8_t unit) {
  to[0] = std::byte{unit};
  to[1] = static_cast<std::byte>(Function::report_server_id);
  return seal_frame(to, 2);
}

std::size_t identification_request(FrameRoom to, std::uint8_t unit, std::uint8_t code, std::uint8_t object) {
  bytes::Writer writer{to};
  writer.byte(unit);
  writer.byte(static_cast<std::uint8_t>(Function::encapsulated_interface));
  writer.byte(device_identification);
  writer.byte(code);
  writer.byte(object);
  return seal_frame(to, writer.size_bytes());
}

std::size_t expected_reply_bytes(std::span<const std::byte> request) {
  const auto asked = parse_frame(request);
  if (!asked) return 0;
  switch (static_cast<Function>(asked->function)) {
    case Function::read_holding_registers:
    case Function::read_input_registers:
      return asked->data.size() == 4 ? 5U + std::size_t{2} * count_of(*asked) : 0;
    case Function::write_single_register:
    case Function::diagnostics:
    case Function::write_multiple_registers:
      return 8;
    case Function::report_server_id:
    case Function::read_file_record:
    case Function::encapsulated_interface:
      break;
  }
  return 0;
}

std::expected<Reply, ReplyError> parse_reply(std::span<const std::byte> request,
                                             std::span<const std::byte> reply) {
  const auto asked = parse_frame(request);
  ensure(asked.has_value() &&
         (asked->data.size() >= 4 || asked->function == 0x11 || asked->function == 0x2B));
  const auto answered = parse_frame(reply);
  if (!answered) return std::unexpected(reply_error(answered.error()));
  if (answered->unit != asked->unit) return std::unexpected(ReplyError::other_unit);
  if (answered->function == (asked->function | exception_bit)) {
    if (answered->data.size() != 1) return std::unexpected(ReplyError::wrong_size);
    return Reply{static_cast<Exception>(answered->data[0]), {}};
  }
  if (answered->function != asked->function) return std::unexpected(ReplyError::other_function);
  return good_reply(*asked, *answered);
}

}  // namespace lk::modbus
