// SPDX-License-Identifier: Apache-2.0
// What `latchkey read` is asked for and what it shows: values in registers, how they are to be read, and how
// they look for a person and for a script. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dictionary/dictionary.hpp"
#include "dictionary/sdm.hpp"

namespace lk::tools {

enum class ValueType : std::uint8_t { u16, i16, u32, i32, u64, i64, float32, ascii };

// "u16", "i32", "float32" …; nothing where there is no such type.
[[nodiscard]] std::optional<ValueType> value_type(std::string_view name);
[[nodiscard]] std::uint16_t register_count_of(ValueType type);  // 0 for ascii: any number

struct Item {
  std::string name;
  std::uint16_t address = 0;
  std::uint16_t register_count = 1;
  ValueType type = ValueType::u16;
  int scale = 0;  // the value is the number times ten to this power
  std::string unit;
  bool is_input = false;             // by function 04: in 03 an SDM's settings stand there as well
  std::optional<dictionary::Id> id;  // of the dictionary's rows; they tell codes in words
};

// The item of a readable row of the dictionary; `slot` for rows that stand more than once.
[[nodiscard]] Item item_of(const dictionary::Row& row, std::uint16_t slot = 0);
[[nodiscard]] Item item_of(const dictionary::FloatView& view);
// Names of the dictionary like `name`, the nearest first, at most three.
[[nodiscard]] std::vector<std::string> near_names(std::string_view name);

// A run of registers to be read by one request, and the items that stand in it (indices of the list it was
// made of).
struct Batch {
  std::uint16_t address = 0;
  std::uint16_t register_count = 0;
  std::vector<std::size_t> items;
};
// Packs the items into as few requests as Modbus allows, never over an address that the dictionary does not
// know.
[[nodiscard]] std::vector<Batch> plan(std::span<const Item> items);

// An item's value out of its registers' bytes (2 · register_count).
struct Value {
  std::string text;  // "230.012", "accepted", "2026-01-01T00:00:00.000Z"
  std::string json;  // a JSON value: a number with all its digits, or a string
  std::string raw;   // the register's own number, empty for texts and float32
  std::string unit;  // of the text; energy is told to people in kWh
};
[[nodiscard]] Value value_of(const Item& item, std::span<const std::byte> registers);

// number · 10^scale as a decimal, every digit kept.
[[nodiscard]] std::string decimal(std::int64_t number, int scale);
[[nodiscard]] std::string json_text(std::string_view text);

}  // namespace lk::tools
