// SPDX-License-Identifier: Apache-2.0
#include "meter/links/modbus_slave.hpp"

#include <algorithm>
#include <array>

#include "bytes/bytes.hpp"
#include "dictionary/codec.hpp"
#include "dictionary/commands.hpp"
#include "dictionary/dictionary.hpp"
#include "meter/links/modbus_registers.hpp"
#include "meter/links/modbus_settings.hpp"

namespace lk::links {
namespace {

using dictionary::Id;
using modbus::Exception;
using modbus::Request;
using Answer = std::expected<std::size_t, Exception>;

bool is_diagnostic(const Request& request, modbus::Diagnostic which) {
  return request.exception == Exception::none &&
         request.function == static_cast<std::uint8_t>(modbus::Function::diagnostics) &&
         request.sub_function == static_cast<std::uint16_t>(which);
}

// The time that a broadcast tells; else as any write.
void take_broadcast(const Request& request, Device& device) {
  if (request.exception != Exception::none || !request.is_write()) return;
  const dictionary::Row& clock = dictionary::row(Id::clock);
  if (request.address == clock.address && request.count == clock.register_count) {
    (void)device.correct_clock(quantity::Instant::of(dictionary::decode(clock, request.registers)));
  } else {
    (void)write_registers(request.address, request.registers, device);
  }
}

Answer answer_read(const Request& request, modbus::ReplyRoom answer, Device& device) {
  std::array<std::byte, std::size_t{2} * modbus::max_read_registers> room{};
  const auto registers = std::span{room}.first(std::size_t{2} * request.count);
  if (const auto* setting = setting_of(request)) {
    read_setting(*setting, registers.first<4>(), device);
    return modbus::read_reply(answer, request, registers);
  }
  const Exception exception = read_registers(request.address, registers, device);
  if (exception != Exception::none) return std::unexpected(exception);
  return modbus::read_reply(answer, request, registers);
}

Answer answer_write(const Request& request, modbus::ReplyRoom answer, Device& device) {
  const auto* setting = setting_of(request);
  const Exception exception = setting != nullptr
                                  ? write_setting(*setting, request.registers.first<4>(), device)
                                  : write_registers(request.address, request.registers, device);
  if (exception != Exception::none) return std::unexpected(exception);
  return modbus::write_reply(answer, request);
}

// Each group asks for the first registers of one entry: file f is the log f − 1.
Answer answer_files(const Request& request, modbus::ReplyRoom answer, Device& device) {
  modbus::FileReply reply{answer, request};
  for (std::size_t i = 0; i < request.file_read_count(); ++i) {
    const modbus::FileRead read = request.file_read(i);
    if (read.file == 0 || read.file > dictionary::records().size())
      return std::unexpected(Exception::illegal_address);
    std::array<std::byte, 256> entry{};
    const std::size_t entry_bytes =
        device.record(static_cast<std::uint16_t>(read.file - 1), read.record, entry);
    const std::size_t asked_bytes = std::size_t{2} * read.length;
    if (entry_bytes == 0 || asked_bytes > entry_bytes + entry_bytes % 2)
      return std::unexpected(Exception::illegal_address);
    const auto room = reply.add(read.length);
    if (room.empty()) return std::unexpected(Exception::illegal_value);
    std::ranges::copy(std::span{entry}.first(asked_bytes), room.begin());
  }
  return reply.end();
}

Answer answer_identification(const Request& request, modbus::ReplyRoom answer, const Identity& identity) {
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

void ModbusSlave::set_unit(std::uint8_t unit) {
  ensure(unit >= 1 && unit <= 247);
  unit_ = unit;
}

std::size_t ModbusSlave::serve(std::span<const std::byte> frame, modbus::ReplyRoom answer, Device& device) {
  const auto request = modbus::parse_request(frame);
  if (!request) {
    ++counters_.bus_errors;
    return 0;
  }
  ++counters_.bus_messages;
  const bool is_broadcast = request->unit == modbus::broadcast_unit;
  if (!is_broadcast && request->unit != unit_) return 0;
  ++counters_.own_messages;
  std::size_t size_bytes = 0;
  if (is_listening_only_) {
    const bool is_restart = !is_broadcast && is_diagnostic(*request, modbus::Diagnostic::restart);
    if (is_restart) restart();
  } else if (is_broadcast) {
    take_broadcast(*request, device);
  } else if (request->exception != Exception::none) {
    size_bytes = refuse(*request, answer, request->exception);
  } else {
    size_bytes = answer_one(*request, answer, device);
  }
  if (size_bytes == 0) ++counters_.unanswered;
  return size_bytes;
}

std::size_t ModbusSlave::answer_one(const Request& request, modbus::ReplyRoom answer, Device& device) {
  switch (static_cast<modbus::Function>(request.function)) {
    case modbus::Function::read_holding_registers:
    case modbus::Function::read_input_registers:
      return answer_or_refuse(request, answer, answer_read(request, answer, device));
    case modbus::Function::write_single_register:
    case modbus::Function::write_multiple_registers:
      return answer_or_refuse(request, answer, answer_write(request, answer, device));
    case modbus::Function::read_file_record:
      return answer_or_refuse(request, answer, answer_files(request, answer, device));
    case modbus::Function::diagnostics:
      return answer_diagnostic(request, answer);
    case modbus::Function::report_server_id:
      return modbus::server_id_reply(answer, request, server_id, true, identity_.model);
    case modbus::Function::encapsulated_interface:
      return answer_or_refuse(request, answer, answer_identification(request, answer, identity_));
  }
  return refuse(request, answer, Exception::illegal_function);
}

std::size_t ModbusSlave::answer_or_refuse(const Request& request, modbus::ReplyRoom answer, Answer outcome) {
  return outcome ? *outcome : refuse(request, answer, outcome.error());
}

std::size_t ModbusSlave::refuse(const Request& request, modbus::ReplyRoom answer, Exception exception) {
  ++counters_.exceptions;
  if (exception == Exception::busy) ++counters_.busy;
  return modbus::exception_reply(answer, request, exception);
}

std::size_t ModbusSlave::answer_diagnostic(const Request& request, modbus::ReplyRoom answer) {
  using modbus::Diagnostic;
  const auto asked = static_cast<Diagnostic>(request.sub_function);
  switch (asked) {
    case Diagnostic::echo:
      return modbus::echo_reply(answer, request);
    case Diagnostic::restart:
      restart();
      return modbus::echo_reply(answer, request);
    case Diagnostic::listen_only:
      is_listening_only_ = true;
      return 0;
    case Diagnostic::clear_counters:
      counters_ = {};
      return modbus::echo_reply(answer, request);
    case Diagnostic::bus_messages:
    case Diagnostic::bus_errors:
    case Diagnostic::exceptions:
    case Diagnostic::own_messages:
    case Diagnostic::unanswered:
    case Diagnostic::negative:
    case Diagnostic::busy:
    case Diagnostic::overruns:
      break;
  }
  return modbus::counter_reply(answer, request, counter(asked));
}

void ModbusSlave::restart() {
  is_listening_only_ = false;
  counters_ = {};
}

std::uint16_t ModbusSlave::counter(modbus::Diagnostic which) const {
  using modbus::Diagnostic;
  switch (which) {
    case Diagnostic::bus_messages:
      return counters_.bus_messages;
    case Diagnostic::bus_errors:
      return counters_.bus_errors;
    case Diagnostic::exceptions:
      return counters_.exceptions;
    case Diagnostic::own_messages:
      return counters_.own_messages;
    case Diagnostic::unanswered:
      return counters_.unanswered;
    case Diagnostic::busy:
      return counters_.busy;
    case Diagnostic::echo:
    case Diagnostic::restart:
    case Diagnostic::listen_only:
    case Diagnostic::clear_counters:
    case Diagnostic::negative:
    case Diagnostic::overruns:
      break;
  }
  return 0;
}

}  // namespace lk::links
