// SPDX-License-Identifier: Apache-2.0
// A row's value to and from its registers' bytes, for both ends of a link.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dictionary/dictionary.hpp"

namespace lk::dictionary {

// Writes the integer `value` (of the row's own unit and scale) as the row's registers, high byte first. A
// number out of the type's range is written as the nearest that fits. `to` has 2 · register_count bytes; the
// row is none of the texts.
void encode(const Row& row, std::int64_t value, std::span<std::byte> to);

// Writes a text, cut to the room, NUL-padded; the row is `ascii`.
void encode(const Row& row, std::string_view text, std::span<std::byte> to);

// The integer that the row's registers hold. `from` has 2 · register_count bytes;
// the row is none of the texts.
[[nodiscard]] std::int64_t decode(const Row& row, std::span<const std::byte> from);

// The text before the first NUL of an `ascii` row, a view into `from`.
[[nodiscard]] std::string_view decode_text(std::span<const std::byte> from);

}  // namespace lk::dictionary
