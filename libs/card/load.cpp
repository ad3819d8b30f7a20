// SPDX-License-Identifier: Apache-2.0
#include "card/load.hpp"

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "bytes/crc.hpp"

namespace lk::card {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t check_bytes = 4;
constexpr std::array<std::string_view, purpose_max + 1> names{
    "", "open_account", "purchase", "replacement", "preset", "parameter", "clear", "refund"};

bool is_sound(const Item& item) {
  if (item.type == ItemType::token) return token_characters(item.bytes).has_value();
  return item.type == ItemType::order && !item.bytes.empty() && item.bytes.size() <= order_max_bytes;
}

}  // namespace

std::string_view name_of(Purpose purpose) {
  return names[static_cast<std::size_t>(purpose)];
}

std::optional<Purpose> purpose_of(std::string_view name) {
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<Purpose>(i);
  }
  return std::nullopt;
}

std::span<const std::byte> encode(const Load& load, std::span<std::byte, load_max_bytes> room) {
  std::size_t size = 0;
  for (const Item& item : load.view()) {
    ensure(is_sound(item));
    size += 2 + item.bytes.size();
  }
  bytes::Writer to{room};
  to.byte(version);
  to.byte(static_cast<std::uint8_t>(load.purpose));
  to.big(static_cast<std::uint16_t>(load.meter >> 32U));
  to.big(static_cast<std::uint32_t>(load.meter));
  to.big(load.number);
  to.big(load.issue);
  to.byte(load.item_count);
  to.big(static_cast<std::uint16_t>(size));
  for (const Item& item : load.view()) {
    to.byte(static_cast<std::uint8_t>(item.type));
    to.byte(static_cast<std::uint8_t>(item.bytes.size()));
    to.copy(item.bytes);
  }
  to.big(bytes::crc32c(to.written()));
  ensure(to.ok());
  return to.written();
}

std::optional<std::size_t> load_size(std::span<const std::byte> header) {
  if (header.size() < load_header_bytes || header[0] != std::byte{version}) return std::nullopt;
  bytes::Reader from{header.subspan(load_header_bytes - 2)};
  const std::size_t size = load_header_bytes + from.big<std::uint16_t>() + check_bytes;
  if (size > load_max_bytes) return std::nullopt;
  return size;
}

std::optional<Load> decode_load(std::span<const std::byte> bytes) {
  const auto size = load_size(bytes);
  if (!size || bytes.size() != *size) return std::nullopt;
  bytes::Reader check{bytes.last(check_bytes)};
  if (check.big<std::uint32_t>() != bytes::crc32c(bytes.first(bytes.size() - check_bytes)))
    return std::nullopt;
  bytes::Reader from{bytes.first(bytes.size() - check_bytes)};
  (void)from.byte();
  Load load;
  const std::uint8_t purpose = from.byte();
  load.purpose = static_cast<Purpose>(purpose);
  load.meter = std::uint64_t{from.big<std::uint16_t>()} << 32U;
  load.meter |= from.big<std::uint32_t>();
  load.number = from.big<std::uint32_t>();
  load.issue = from.big<std::uint32_t>();
  load.item_count = from.byte();
  (void)from.big<std::uint16_t>();
  if (purpose < 1 || purpose > purpose_max || load.number == 0 || load.item_count > item_max)
    return std::nullopt;
  for (Item& item : std::span{load.items}.first(load.item_count)) {
    item.type = static_cast<ItemType>(from.byte());
    item.bytes = from.take(from.byte());
    if (!is_sound(item)) return std::nullopt;
  }
  if (!from.ok() || from.left() != 0) return std::nullopt;
  return load;
}

std::optional<TokenCharacters> token_characters(std::span<const std::byte> bytes) {
  if (bytes.size() != token_bytes) return std::nullopt;
  TokenCharacters characters{};
  for (std::size_t i = 0; i < token_bytes; ++i) {
    const auto pair = std::to_integer<unsigned>(bytes[i]);
    if ((pair >> 4U) > 9 || (pair & 15U) > 9) return std::nullopt;
    characters[2 * i] = static_cast<char>('0' + (pair >> 4U));
    characters[2 * i + 1] = static_cast<char>('0' + (pair & 15U));
  }
  return characters;
}

std::optional<std::array<std::byte, token_bytes>> pack_token(std::string_view digits) {
  if (digits.size() != 2 * token_bytes) return std::nullopt;
  std::array<std::byte, token_bytes> packed{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] < '0' || digits[i] > '9') return std::nullopt;
    const auto digit = static_cast<unsigned>(digits[i] - '0');
    packed[i / 2] |= std::byte{static_cast<std::uint8_t>(i % 2 == 0 ? digit << 4U : digit)};
  }
  return packed;
}

}  // namespace lk::card
