// SPDX-License-Identifier: Apache-2.0
#include "meter/links/modbus_registers.hpp"

#include <algorithm>
#include <array>
#include <expected>

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

// The mean is rounded to the nearest.
std::int64_t shown(const dictionary::FloatView& view, Device& device) {
  if (view.over == dictionary::Over::one) return device.number(view.id, view.slot_index);
  const auto phase_count = static_cast<std::uint16_t>(device.number(dictionary::Id::phase_count, 0));
  std::int64_t sum = 0;
  for (std::uint16_t slot = 0; slot < phase_count; ++slot) sum += device.number(view.id, slot);
  return view.over == dictionary::Over::sum
             ? sum
             : (sum + phase_count / 2) / std::max<std::int64_t>(phase_count, 1);
}

// Fills the registers of the value at `address` of the SDM block; how many, 0 where it would be cut.
std::size_t fill_float(std::uint16_t address, std::span<std::byte> room, Device& device) {
  const dictionary::FloatView* view = dictionary::find_float(address);
  if (view == nullptr) {
    std::ranges::fill(room.first(bytes_of(1)), std::byte{0});
    return 1;
  }
  if (view->address != address || room.size() < bytes_of(2)) return 0;
  dictionary::encode(*view, shown(*view, device), room.first<bytes_of(2)>());
  return 2;
}

}  // namespace

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

Exception exception_of(Written written) {
  switch (written) {
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

namespace {

Exception write_token(std::span<const std::byte> registers, Device& device) {
  if (registers.size() != bytes_of(dictionary::row(Id::token_entry).register_count))
    return Exception::illegal_address;
  std::array<char, 20> characters{};
  std::ranges::transform(registers, characters.begin(), [](std::byte b) { return static_cast<char>(b); });
  device.enter_token(characters);
  return Exception::none;
}

using Counted = std::expected<std::span<const std::byte>, Exception>;

// A size and so many bytes, padded to whole registers.
Counted counted_bytes(std::span<const std::byte> registers) {
  bytes::Reader reader{registers};
  const std::size_t size_bytes = reader.big<std::uint16_t>();
  const auto content = reader.take(size_bytes);
  if (!reader.ok() || reader.left() != size_bytes % 2) return std::unexpected(Exception::illegal_value);
  return content;
}

Exception write_order(std::span<const std::byte> registers, Device& device) {
  if (registers.size() > bytes_of(dictionary::row(Id::order_entry).register_count))
    return Exception::illegal_address;
  const auto order = counted_bytes(registers);
  if (!order || order->empty()) return Exception::illegal_value;
  device.enter_order(*order);
  return Exception::none;
}

// The arguments alone, as short as they are; or all their registers and the code, which runs the command.
Exception write_command(std::span<const std::byte> registers, Device& device) {
  const std::size_t room_bytes = bytes_of(dictionary::row(Id::command_arguments).register_count);
  const bool has_code = registers.size() == room_bytes + bytes_of(1);
  if (!has_code && registers.size() > room_bytes) return Exception::illegal_address;
  const std::size_t size_bytes = bytes::Reader{registers}.big<std::uint16_t>();
  const std::size_t padded_bytes = bytes_of(1) + size_bytes + size_bytes % 2;
  const auto arguments =
      counted_bytes(has_code && padded_bytes <= room_bytes ? registers.first(padded_bytes) : registers);
  if (!arguments) return arguments.error();
  device.prepare_command(*arguments);
  if (!has_code) return Exception::none;
  const dictionary::Row& code = dictionary::row(Id::command_code);
  return exception_of(device.write(code.id, 0, dictionary::decode(code, registers.subspan(room_bytes))));
}

Exception write_number(const dictionary::Place& place, std::span<const std::byte> registers, Device& device) {
  const Row& row = *place.row;
  if (!row.is_number() || registers.size() != bytes_of(row.register_count)) return Exception::illegal_address;
  return exception_of(device.write(row.id, place.slot_index, dictionary::decode(row, registers)));
}

}  // namespace

Exception write_registers(std::uint16_t address, std::span<const std::byte> registers, Device& device) {
  const auto place = dictionary::find(address);
  if (place.row == nullptr || place.register_index != 0) return Exception::illegal_address;
  switch (place.row->id) {
    case Id::token_entry:
      return write_token(registers, device);
    case Id::order_entry:
      return write_order(registers, device);
    case Id::command_arguments:
      return write_command(registers, device);
    default:
      return write_number(place, registers, device);
  }
}

}  // namespace lk::links
