// SPDX-License-Identifier: Apache-2.0
// A load: what the desk puts on a card for the meter. It carries nothing of value by itself, only what any
// other link carries too: tokens and sealed orders, one after another (docs/formats/card.md). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "card/files.hpp"

namespace lk::card {

// What a load is for: who may bring it, and when (row I2 of the requirements).
enum class Purpose : std::uint8_t {
  open_account = 1,  // binds the card to a meter that has none
  purchase = 2,      // for the meter's own card
  replacement = 3,   // binds this card in place of a lost one
  preset = 4,        // before an account is opened
  parameter = 5,     // orders
  clear = 6,         // management tokens and orders
  refund = 7,        // the order that gives credit back
};
inline constexpr std::uint8_t purpose_max = 7;
[[nodiscard]] std::string_view name_of(Purpose purpose);
[[nodiscard]] std::optional<Purpose> purpose_of(std::string_view name);

enum class ItemType : std::uint8_t { token = 1, order = 2 };
inline constexpr std::size_t token_bytes = 10;  // 20 digits, two in a byte
inline constexpr std::size_t order_max_bytes = 78;
inline constexpr std::size_t item_max = 8;

struct Item {
  ItemType type = ItemType::token;
  std::span<const std::byte> bytes;
};

inline constexpr std::size_t load_header_bytes = 19;

struct Load {
  Purpose purpose = Purpose::purchase;
  std::uint64_t meter = 0;
  std::uint32_t number = 0;  // of this card's loads, rising; 1 is the first
  std::uint32_t issue = 1;   // of the card among the meter's own cards: a later one replaces an earlier one
  std::uint8_t item_count = 0;
  std::array<Item, item_max> items{};

  [[nodiscard]] std::span<const Item> view() const { return std::span{items}.first(item_count); }
};

// The bytes of a load in the front of `room`. What it holds must be such that `decode_load` takes it.
[[nodiscard]] std::span<const std::byte> encode(const Load& load, std::span<std::byte, load_max_bytes> room);
// How many bytes a load has that begins with these `load_header_bytes`; nothing where that is no load (an
// empty card).
[[nodiscard]] std::optional<std::size_t> load_size(std::span<const std::byte> header);
// A whole load; nothing where it is damaged, half written, or of a version that is not known. Its items
// stay where they are.
[[nodiscard]] std::optional<Load> decode_load(std::span<const std::byte> bytes);

// 20 digits and their bytes; nothing where a half byte is no digit, or a character.
using TokenCharacters = std::array<char, 2 * token_bytes>;
[[nodiscard]] std::optional<TokenCharacters> token_characters(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<std::array<std::byte, token_bytes>> pack_token(std::string_view digits);

}  // namespace lk::card
