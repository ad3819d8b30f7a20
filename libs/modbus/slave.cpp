// SPDX-License-Identifier: Apache-2.0
#include "modbus/slave.hpp"

#include "bytes/bytes.hpp"

namespace lk::modbus {
namespace {

void parse_read(Request& request, bytes::Reader& reader) {
  request.address = reader.big<std::uint16_t>();
  request.count = reader.big<std::uint16_t>();
  const bool good =
      reader.ok() && reader.left() == 0 && request.count >= 1 && request.count <= max_read_registers;
  if (!good) request.exception = Exception::illegal_value;
}

void parse_write_single(Request& request, bytes::Reader& reader) {
  request.address = reader.big<std::uint16_t>();
  request.count = 1;
  request.registers = reader.take(2);
  if (!reader.ok() || reader.left() != 0) request.exception = Exception::illegal_value;
}

void parse_write_multiple(Request& request, bytes::Reader& reader) {
  request.address = reader.big<std::uint16_t>();
  request.count = reader.big<std::uint16_t>();
  const std::size_t size_bytes = reader.byte();
  request.registers = reader.take(size_bytes);
  const bool good = reader.ok() && reader.left() == 0 && request.count >= 1 &&
                    request.count <= max_write_registers && size_bytes == std::size_t{2} * request.count;
  if (!good) request.exception = Exception::illegal_value;
}

void parse_diagnostics(Request& request, std::span<const std::byte> data) {
  bytes::Reader reader{data};
  request.sub_function = reader.big<std::uint16_t>();
  request.echo = data;
  if (!reader.ok() || data.size() % 2 != 0) {
    request.exception = Exception::illegal_value;
    return;
  }
  const auto asked = static_cast<Diagnostic>(request.sub_function);
  if (asked == Diagnostic::echo) return;
  const bool is_known = asked == Diagnostic::restart || asked == Diagnostic::listen_only ||
                        (asked >= Diagnostic::clear_counters && asked <= Diagnostic::overruns);
  if (!is_known) {
    request.exception = Exception::illegal_function;
    return;
  }
  constexpr std::uint16_t clear_log = 0xFF00;
  const auto field = reader.big<std::uint16_t>();
  const bool is_field_good = field == 0 || (asked == Diagnostic::restart && field == clear_log);
  if (!reader.ok() || reader.left() != 0 || !is_field_good) request.exception = Exception::illegal_value;
}

void parse_file_read(Request& request, bytes::Reader& reader) {
  constexpr std::size_t most_bytes = 0xF5;
  constexpr std::uint8_t reference_type = 6;
  const std::size_t size_bytes = reader.byte();
  request.groups = reader.take(size_bytes);
  const bool good = reader.ok() && reader.left() == 0 && size_bytes >= file_group_bytes &&
                    size_bytes <= most_bytes && size_bytes % file_group_bytes == 0;
  if (!good) {
    request.exception = Exception::illegal_value;
    return;
  }
  for (std::size_t i = 0; i < request.file_read_count(); ++i) {
    const bool is_type_good = request.groups[file_group_bytes * i] == std::byte{reference_type};
    if (!is_type_good || request.file_read(i).record > max_file_record)
      request.exception = Exception::illegal_address;
  }
}

void parse_identification(Request& request, bytes::Reader& reader) {
  if (reader.byte() != device_identification) {
    request.exception = Exception::illegal_function;
    return;
  }
  request.identification_code = reader.byte();
  request.identification_object = reader.byte();
  const bool good = reader.ok() && reader.left() == 0 && request.identification_code >= 1 &&
                    request.identification_code <= 4;
  if (!good) request.exception = Exception::illegal_value;
}

void parse_body(Request& request, std::span<const std::byte> data) {
  bytes::Reader reader{data};
  switch (static_cast<Function>(request.function)) {
    case Function::read_holding_registers:
    case Function::read_input_registers:
      return parse_read(request, reader);
    case Function::write_single_register:
      return parse_write_single(request, reader);
    case Function::write_multiple_registers:
      return parse_write_multiple(request, reader);
    case Function::diagnostics:
      return parse_diagnostics(request, data);
    case Function::report_server_id:
      if (!data.empty()) request.exception = Exception::illegal_value;
      return;
    case Function::read_file_record:
      return parse_file_read(request, reader);
    case Function::encapsulated_interface:
      return parse_identification(request, reader);
  }
  request.exception = Exception::illegal_function;
}

bytes::Writer begin_reply(ReplyRoom to, const Request& request) {
  bytes::Writer writer{to.first(max_frame_bytes - 2)};
  writer.byte(request.unit);
  writer.byte(request.function);
  return writer;
}

std::size_t end_reply(ReplyRoom to, const bytes::Writer& writer) {
  ensure(writer.ok());
  return seal_frame(to, writer.size_bytes());
}

// The highest object id of a read code's category.
std::uint8_t last_object_of(std::uint8_t code) {
  constexpr std::uint8_t basic = 0x02;
  constexpr std::uint8_t regular = 0x7F;
  constexpr std::uint8_t extended = 0xFF;
  return code == 1 ? basic : code == 2 ? regular : extended;
}

}  // namespace

FileRead Request::file_read(std::size_t index) const {
  bytes::Reader reader{groups.subspan(file_group_bytes * index, file_group_bytes)};
  (void)reader.byte();
  FileRead read;
  read.file = reader.big<std::uint16_t>();
  read.record = reader.big<std::uint16_t>();
  read.length = reader.big<std::uint16_t>();
  return read;
}

std::expected<Request, FrameError> parse_request(std::span<const std::byte> frame) {
  const auto parsed = parse_frame(frame);
  if (!parsed) return std::unexpected(parsed.error());
  Request request{.unit = parsed->unit, .function = parsed->function};
  parse_body(request, parsed->data);
  return request;
}

std::size_t exception_reply(ReplyRoom to, const Request& request, Exception exception) {
  ensure(exception != Exception::none);
  to[0] = std::byte{request.unit};
  to[1] = static_cast<std::byte>(request.function | exception_bit);
  to[2] = static_cast<std::byte>(exception);
  return seal_frame(to, 3);
}

std::size_t read_reply(ReplyRoom to, const Request& request, std::span<const std::byte> registers) {
  ensure(registers.size() == std::size_t{2} * request.count);
  bytes::Writer writer = begin_reply(to, request);
  writer.byte(static_cast<std::uint8_t>(registers.size()));
  writer.copy(registers);
  return end_reply(to, writer);
}

std::size_t write_reply(ReplyRoom to, const Request& request) {
  bytes::Writer writer = begin_reply(to, request);
  writer.big(request.address);
  if (request.function == static_cast<std::uint8_t>(Function::write_single_register)) {
    writer.copy(request.registers);
  } else {
    writer.big(request.count);
  }
  return end_reply(to, writer);
}

std::size_t echo_reply(ReplyRoom to, const Request& request) {
  bytes::Writer writer = begin_reply(to, request);
  writer.copy(request.echo);
  return end_reply(to, writer);
}

std::size_t counter_reply(ReplyRoom to, const Request& request, std::uint16_t count) {
  bytes::Writer writer = begin_reply(to, request);
  writer.big(request.sub_function);
  writer.big(count);
  return end_reply(to, writer);
}

// unit 14 size | length 06 registers … | CRC
FileReply::FileReply(ReplyRoom to, const Request& request) : to_(to), size_bytes_(3) {
  to[0] = std::byte{request.unit};
  to[1] = std::byte{request.function};
}

std::span<std::byte> FileReply::add(std::uint16_t register_count) {
  constexpr std::size_t head_bytes = 2;
  const std::size_t data_bytes = std::size_t{2} * register_count;
  if (size_bytes_ + head_bytes + data_bytes > max_frame_bytes - 2) return {};
  to_[size_bytes_] = static_cast<std::byte>(data_bytes + 1);
  to_[size_bytes_ + 1] = std::byte{6};
  const auto room = to_.subspan(size_bytes_ + head_bytes, data_bytes);
  size_bytes_ += head_bytes + data_bytes;
  return room;
}

std::size_t FileReply::end() {
  to_[2] = static_cast<std::byte>(size_bytes_ - 3);
  return seal_frame(to_, size_bytes_);
}

std::size_t server_id_reply(ReplyRoom to, const Request& request, std::uint8_t id, bool running,
                            std::string_view text) {
  ensure(text.size() <= 200);
  bytes::Writer writer = begin_reply(to, request);
  writer.byte(static_cast<std::uint8_t>(text.size() + 2));
  writer.byte(id);
  writer.byte(running ? 0xFF : 0x00);
  writer.copy(std::as_bytes(std::span{text}));
  return end_reply(to, writer);
}

std::size_t identification_reply(ReplyRoom to, const Request& request,
                                 std::span<const IdentificationObject> objects) {
  const bool single = request.identification_code == 4;
  const std::uint8_t last =
      single ? request.identification_object : last_object_of(request.identification_code);
  std::size_t first_index = 0;
  while (first_index < objects.size() && objects[first_index].id < request.identification_object)
    ++first_index;
  const bool known = first_index < objects.size() && objects[first_index].id == request.identification_object;
  if (single && !known) return exception_reply(to, request, Exception::illegal_address);
  if (!known || request.identification_object > last) first_index = 0;  // clause 6.21: begin again

  constexpr std::uint8_t conformity = 0x83;  // extended identification, stream and individual access
  bytes::Writer writer = begin_reply(to, request);
  writer.byte(device_identification);
  writer.byte(request.identification_code);
  writer.byte(conformity);
  const std::size_t more_index = writer.size_bytes();
  writer.byte(0);  // more follows
  writer.byte(0);  // next object
  writer.byte(0);  // number of objects
  std::uint8_t count = 0;
  for (const IdentificationObject& object : objects.subspan(first_index)) {
    if (object.id > last) break;
    ensure(object.text.size() <= 80);
    if (writer.size_bytes() + 2 + object.text.size() > max_frame_bytes - 2) {
      to[more_index] = std::byte{0xFF};
      to[more_index + 1] = std::byte{object.id};
      break;
    }
    writer.byte(object.id);
    writer.byte(static_cast<std::uint8_t>(object.text.size()));
    writer.copy(std::as_bytes(std::span{object.text}));
    ++count;
  }
  to[more_index + 2] = std::byte{count};
  return end_reply(to, writer);
}

}  // namespace lk::modbus
