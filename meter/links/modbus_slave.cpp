// SPDX-License-Identifier: Apache-2.0
#include "meter/links/modbus_slave.hpp"

#include <algorithm>
#include <array>

#include "bytes/bytes.hpp"
#include "dictionary/codec.hpp"
#include "dictionary/dictionary.hpp"
#include "dictionary/sdm.hpp"

namespace lk::links {
namespace {

using dictionary::Id;
using dictionary::Row;
using dictionary::Type;
using modbus::Exception;
using modbus::Request;

constexpr std::size_t bytes_of(std::size_t register_count) {
  return 2 * register_count;
}

void fill(const Row& row, std::uint16_t slot_index, std::span<std::byte> to, Device& device) {
  if (row.type == Type::ascii) {
    dictionary::encode(row, device.text(row.id, slot_index), to);
  } else if (row.type == Type::counted) {
    std::ranges::fill(to, std::byte{0});
    const std::size_t size_bytes = device.data(row.id, to.subspan(2));
    ensure(size_bytes <= to.size() - 2);
    bytes::Writer{to}.big(static_cast<std::uint16_t>(size_bytes));
  } else {
    dictionary::encode(row, device.number(row.id, slot_index), to);
  }
}

// Fills the registers of the value at `address` of the SDM block; how many, 0 where it would be cut.
std::size_t fill_float(std::uint16_t address, std::span<std::byte> room, Device& device) {
  const dictionary::FloatView* view = dictionary::find_float(address);
  if (view == nullptr) {
    std::ranges::fill(room.first(bytes_of(1)), std::byte{0});
    return 1;
  }
  if (view->address != address || room.size() < bytes_of(2)) return 0;
  dictionary::encode(*view, device.number(view->id, 0), room.first<bytes_of(2)>());
  return 2;
}

// Fills `to` with the registers from `address`. Each value of the range must be readable and inside it whole.
Exception read_registers(std::uint16_t address, std::span<std::byte> to, Device& device) {
  const std::size_t end = address + to.size() / 2;
  if (end > 0x10000) return Exception::illegal_address;
  for (std::size_t at = address; at < end;) {
    const auto room = to.subspan(bytes_of(at - address));
    if (dictionary::is_sdm(static_cast<std::uint16_t>(at))) {
      const std::size_t register_count = fill_float(static_cast<std::uint16_t>(at), room, device);
      if (register_count == 0) return Exception::illegal_address;
      at += register_count;
      continue;
    }
    const auto place = dictionary::find(static_cast<std::uint16_t>(at));
    if (place.row == nullptr) return Exception::illegal_address;
    const Row& row = *place.row;
    const bool whole = place.register_index == 0 && at + row.register_count <= end;
    if (!whole || !row.is_readable()) return Exception::illegal_address;
    fill(row, place.slot_index, room.first(bytes_of(row.register_count)), device);
    at += row.register_count;
  }
  return Exception::none;
}

Exception write_token(std::span<const std::byte> registers, Device& device) {
  if (registers.size() != bytes_of(dictionary::row(Id::token_entry).register_count))
    return Exception::illegal_address;
  std::array<char, 20> characters{};
  std::ranges::transform(registers, characters.begin(), [](std::byte b) { return static_cast<char>(b); });
  device.enter_token(characters);
  return Exception::none;
}

Exception write_order(std::span<const std::byte> registers, Device& device) {
  if (registers.size() > bytes_of(dictionary::row(Id::order_entry).register_count))
    return Exception::illegal_address;
  bytes::Reader reader{registers};
  const std::size_t size_bytes = reader.big<std::uint16_t>();
  const auto order = reader.take(size_bytes);
  if (!reader.ok() || size_bytes == 0 || reader.left() != size_bytes % 2) return Exception::illegal_value;
  device.enter_order(order);
  return Exception::none;
}

Exception write_number(const dictionary::Place& place, std::span<const std::byte> registers, Device& device) {
  const Row& row = *place.row;
  if (!row.is_number() || registers.size() != bytes_of(row.register_count)) return Exception::illegal_address;
  switch (device.write(row.id, place.slot_index, dictionary::decode(row, registers))) {
    case Written::done:
      return Exception::none;
    case Written::not_allowed:
      return Exception::illegal_address;
    case Written::out_of_range:
      return Exception::illegal_value;
    case Written::not_ready:
      return Exception::busy;
  }
  return Exception::device_failure;
}

// A write begins at a row that can be written, and covers it whole and nothing else.
Exception write_registers(const Request& request, Device& device) {
  const auto place = dictionary::find(request.address);
  if (place.row == nullptr || place.register_index != 0) return Exception::illegal_address;
  switch (place.row->id) {
    case Id::token_entry:
      return write_token(request.registers, device);
    case Id::order_entry:
      return write_order(request.registers, device);
    default:
      return write_number(place, request.registers, device);
  }
}

std::size_t answer_read(const Request& request, modbus::ReplyRoom answer, Device& device) {
  std::array<std::byte, bytes_of(modbus::max_read_registers)> room{};
  const auto registers = std::span{room}.first(bytes_of(request.count));
  const Exception exception = read_registers(request.address, registers, device);
  if (exception != Exception::none) return modbus::exception_reply(answer, request, exception);
  return modbus::read_reply(answer, request, registers);
}

std::size_t answer_identification(const Request& request, modbus::ReplyRoom answer,
                                  const Identity& identity) {
  const std::array<modbus::IdentificationObject, 6> objects{{{0x00, identity.vendor},
                                                             {0x01, identity.product},
                                                             {0x02, identity.revision},
                                                             {0x04, identity.product},
                                                             {0x05, identity.model},
                                                             {0x80, identity.number}}};
  return modbus::identification_reply(answer, request, objects);
}

}  // namespace

ModbusSlave::ModbusSlave(std::uint8_t unit, const Identity& identity) : unit_(unit), identity_(identity) {
  ensure(unit >= 1 && unit <= 247);
}

std::size_t ModbusSlave::serve(std::span<const std::byte> frame, modbus::ReplyRoom answer,
                               Device& device) const {
  const auto request = modbus::parse_request(frame);
  if (!request) return 0;
  if (request->unit == modbus::broadcast_unit) {
    if (request->exception == Exception::none && request->is_write()) (void)write_registers(*request, device);
    return 0;
  }
  if (request->unit != unit_) return 0;
  if (request->exception != Exception::none)
    return modbus::exception_reply(answer, *request, request->exception);
  switch (static_cast<modbus::Function>(request->function)) {
    case modbus::Function::read_holding_registers:
    case modbus::Function::read_input_registers:
      return answer_read(*request, answer, device);
    case modbus::Function::write_single_register:
    case modbus::Function::write_multiple_registers: {
      const Exception exception = write_registers(*request, device);
      if (exception != Exception::none) return modbus::exception_reply(answer, *request, exception);
      return modbus::write_reply(answer, *request);
    }
    case modbus::Function::diagnostics:
      return modbus::echo_reply(answer, *request);
    case modbus::Function::report_server_id:
      return modbus::server_id_reply(answer, *request, server_id, true, identity_.model);
    case modbus::Function::encapsulated_interface:
      return answer_identification(*request, answer, identity_);
  }
  return modbus::exception_reply(answer, *request, Exception::illegal_function);
}

}  // namespace lk::links
