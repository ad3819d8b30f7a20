// SPDX-License-Identifier: Apache-2.0
#include "panel/ciu_frame.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "bytes/crc.hpp"

namespace lk::panel::ciu {
namespace {

constexpr std::uint8_t start = 0x4C;      // 'L'
constexpr std::uint8_t type_show = 0x53;  // 'S'
constexpr std::uint8_t type_keys = 0x4B;  // 'K'
constexpr std::size_t crc_bytes = 4;
constexpr std::size_t keys_head_bytes = 5;

// Size of the frame that begins with these bytes; 0 where none can, nothing where more bytes must tell.
std::optional<std::size_t> size_of_frame(std::span<const std::byte> bytes) {
  if (std::to_integer<std::uint8_t>(bytes[0]) != start) return 0;
  if (bytes.size() < 2) return std::nullopt;
  const auto type = std::to_integer<std::uint8_t>(bytes[1]);
  if (type == type_show) return show_bytes;
  if (type != type_keys) return 0;
  if (bytes.size() < keys_head_bytes) return std::nullopt;
  const auto count = std::to_integer<std::size_t>(bytes[4]);
  return count <= keys_most ? keys_head_bytes + count + crc_bytes : 0;
}

bool crc_fits(std::span<const std::byte> frame) {
  bytes::Reader reader{frame.last(crc_bytes)};
  return reader.little<std::uint32_t>() == bytes::crc32c(frame.first(frame.size() - crc_bytes));
}

bool is_whole(std::span<const std::byte> bytes, std::uint8_t type) {
  return bytes.size() > crc_bytes && size_of_frame(bytes) == bytes.size() &&
         std::to_integer<std::uint8_t>(bytes[1]) == type && crc_fits(bytes);
}

}  // namespace

std::array<std::byte, show_bytes> encode(const Show& show) {
  std::array<std::byte, show_bytes> room{};
  bytes::Writer writer{room};
  writer.byte(start);
  writer.byte(type_show);
  writer.byte(show.session);
  writer.byte(show.key_number);
  for (const char c : show.frame.characters) writer.byte(static_cast<std::uint8_t>(c));
  writer.byte(show.frame.points);
  writer.byte(show.frame.code);
  writer.byte(static_cast<std::uint8_t>(show.frame.unit));
  writer.byte(show.frame.lamps);
  writer.little(show.frame.symbols);
  writer.little(bytes::crc32c(writer.written()));
  ensure(writer.ok() && writer.size_bytes() == show_bytes);
  return room;
}

std::span<std::byte> encode(const Keys& keys, std::span<std::byte, keys_bytes_most> room) {
  ensure(keys.count <= keys_most);
  bytes::Writer writer{room};
  writer.byte(start);
  writer.byte(type_keys);
  writer.byte(keys.session);
  writer.byte(keys.first_number);
  writer.byte(keys.count);
  for (std::size_t i = 0; i < keys.count; ++i) writer.byte(static_cast<std::uint8_t>(keys.keys[i]));
  writer.little(bytes::crc32c(writer.written()));
  ensure(writer.ok());
  return writer.written();
}

std::optional<Show> decode_show(std::span<const std::byte> bytes) {
  if (!is_whole(bytes, type_show)) return std::nullopt;
  bytes::Reader reader{bytes.subspan(2)};
  Show show;
  show.session = reader.little<std::uint8_t>();
  show.key_number = reader.little<std::uint8_t>();
  for (char& c : show.frame.characters) c = static_cast<char>(reader.little<std::uint8_t>());
  show.frame.points = reader.little<std::uint8_t>();
  show.frame.code = reader.little<std::uint8_t>();
  const auto unit = reader.little<std::uint8_t>();
  if (unit >= unit_count) return std::nullopt;
  show.frame.unit = static_cast<Unit>(unit);
  show.frame.lamps = reader.little<std::uint8_t>();
  show.frame.symbols = reader.little<std::uint16_t>();
  return show;
}

std::optional<Keys> decode_keys(std::span<const std::byte> bytes) {
  if (!is_whole(bytes, type_keys)) return std::nullopt;
  bytes::Reader reader{bytes.subspan(2)};
  Keys keys;
  keys.session = reader.little<std::uint8_t>();
  keys.first_number = reader.little<std::uint8_t>();
  keys.count = reader.little<std::uint8_t>();
  if (keys.session == 0) return std::nullopt;
  for (std::size_t i = 0; i < keys.count; ++i) {
    const auto key = reader.little<std::uint8_t>();
    if (key >= key_count) return std::nullopt;
    keys.keys[i] = static_cast<Key>(key);
  }
  return keys;
}

void Finder::drop_first() {
  std::copy(bytes_.begin() + 1, bytes_.begin() + static_cast<std::ptrdiff_t>(count_), bytes_.begin());
  --count_;
}

std::span<const std::byte> Finder::take(std::byte byte) {
  if (is_given_) count_ = 0;
  is_given_ = false;
  bytes_[count_++] = byte;
  while (count_ > 0) {
    const auto bytes = std::span{bytes_}.first(count_);
    const auto size = size_of_frame(bytes);
    if (!size || (*size > count_)) return {};
    if (*size == count_ && crc_fits(bytes)) {
      is_given_ = true;
      return bytes;
    }
    drop_first();
  }
  return {};
}

}  // namespace lk::panel::ciu
