// SPDX-License-Identifier: Apache-2.0
#include "modbus/frame.hpp"

#include "bytes/crc.hpp"

namespace lk::modbus {
namespace {

using Size = std::expected<std::size_t, LengthUnknown>;

std::size_t at(std::span<const std::byte> bytes, std::size_t index) {
  return std::to_integer<std::size_t>(bytes[index]);
}

// `fixed` bytes and as many more as the byte at `count_index` says.
Size counted(std::span<const std::byte> begin, std::size_t count_index, std::size_t fixed) {
  if (begin.size() <= count_index) return std::unexpected(LengthUnknown::more_bytes_needed);
  return fixed + at(begin, count_index);
}

Size request_size(std::span<const std::byte> begin) {
  switch (at(begin, 1)) {
    case 0x01:
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x05:
    case 0x06:
    case 0x08:
      return 8;
    case 0x07:
    case 0x0B:
    case 0x0C:
    case 0x11:
      return 4;
    case 0x0F:
    case 0x10:
      return counted(begin, 6, 9);
    case 0x14:
      return counted(begin, 2, 5);
    case 0x2B:
      if (begin.size() < 3) return std::unexpected(LengthUnknown::more_bytes_needed);
      if (at(begin, 2) != device_identification) return std::unexpected(LengthUnknown::only_by_silence);
      return 7;
    default:
      return std::unexpected(LengthUnknown::only_by_silence);
  }
}

// unit 2B 0E code conformity more next n | id size bytes … n times
Size identification_reply_size(std::span<const std::byte> begin) {
  constexpr std::size_t head = 8;
  if (begin.size() < 3) return std::unexpected(LengthUnknown::more_bytes_needed);
  if (at(begin, 2) != device_identification) return std::unexpected(LengthUnknown::only_by_silence);
  if (begin.size() < head) return std::unexpected(LengthUnknown::more_bytes_needed);
  std::size_t end = head;
  for (std::size_t object = at(begin, 7); object > 0; --object) {
    if (end > max_frame_bytes) return end;
    if (begin.size() < end + 2) return std::unexpected(LengthUnknown::more_bytes_needed);
    end += 2 + at(begin, end + 1);
  }
  return end + 2;
}

Size reply_size(std::span<const std::byte> begin) {
  const std::size_t function = at(begin, 1);
  if ((function & exception_bit) != 0) return 5;
  switch (function) {
    case 0x01:
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x0C:
    case 0x11:
    case 0x14:
      return counted(begin, 2, 5);
    case 0x05:
    case 0x06:
    case 0x08:
    case 0x0B:
    case 0x0F:
    case 0x10:
      return 8;
    case 0x07:
      return 5;
    case 0x2B:
      return identification_reply_size(begin);
    default:
      return std::unexpected(LengthUnknown::only_by_silence);
  }
}

}  // namespace

std::expected<Frame, FrameError> parse_frame(std::span<const std::byte> bytes) {
  if (bytes.size() < min_frame_bytes) return std::unexpected(FrameError::too_short);
  if (bytes.size() > max_frame_bytes) return std::unexpected(FrameError::too_long);
  const auto body = bytes.first(bytes.size() - 2);
  const std::size_t received = at(bytes, bytes.size() - 2) | (at(bytes, bytes.size() - 1) << 8U);
  if (bytes::crc16_modbus(body) != received) return std::unexpected(FrameError::bad_crc);
  return Frame{std::to_integer<std::uint8_t>(body[0]), std::to_integer<std::uint8_t>(body[1]),
               body.subspan(2)};
}

std::size_t seal_frame(std::span<std::byte> frame, std::size_t size_bytes) {
  ensure(size_bytes >= 2 && size_bytes + 2 <= frame.size() && size_bytes + 2 <= max_frame_bytes);
  const std::uint16_t crc = bytes::crc16_modbus(frame.first(size_bytes));
  frame[size_bytes] = static_cast<std::byte>(crc & 0xFFU);
  frame[size_bytes + 1] = static_cast<std::byte>(crc >> 8U);
  return size_bytes + 2;
}

std::expected<std::size_t, LengthUnknown> frame_size_bytes(Direction direction,
                                                           std::span<const std::byte> begin) {
  if (begin.size() < 2) return std::unexpected(LengthUnknown::more_bytes_needed);
  return direction == Direction::request ? request_size(begin) : reply_size(begin);
}

}  // namespace lk::modbus
