// SPDX-License-Identifier: Apache-2.0
// What a link needs of the meter: values by dictionary row, and the two ways in. Called by a link while it
// serves one frame; nothing changes between two reads of one frame. The ways in answer by results that are
// read afterwards
// (`token_result`, `order_result`), never by an exception of the link.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dictionary/dictionary.hpp"

namespace lk::links {

class Device {
 public:
  // An integer row's value in its own unit and scale; for a float32 row the integer before its divisor.
  // `slot_index` is 0 but for rows that stand more than once.
  [[nodiscard]] virtual std::int64_t number(dictionary::Id id, std::uint16_t slot_index) = 0;
  // A text row's value; valid until the next call. `slot_index` as above.
  [[nodiscard]] virtual std::string_view text(dictionary::Id id, std::uint16_t slot_index) = 0;
  // 20 characters as they came, digits or not.
  virtual void enter_token(std::span<const char, 20> characters) = 0;
  // The bytes of a sealed order, 0 to 78.
  virtual void enter_order(std::span<const std::byte> order) = 0;

 protected:
  ~Device() = default;
};

}  // namespace lk::links
