// SPDX-License-Identifier: Apache-2.0
// What `latchkey read --dlt645` is asked for and what it shows: data identifiers of DL/T 645-2007, by their
// eight digits or by the name of a row of the dictionary that one of them shows, and their bytes as the
// identifier's format has them. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dlt645/item.hpp"

namespace lk::tools {

// The identifier that a name or eight hexadecimal digits stand for; nothing where there is none.
[[nodiscard]] std::optional<std::uint32_t> identifier_of(std::string_view text);

struct Dlt645Value {
  std::string
      text;  // "230.1", "26-08-01", "LK1P prepaid"; of bytes without a format known here, as they are read
  std::string unit;  // "V", "kWh", empty
};
// The values in the data of an identifier (behind it, low byte first): one, or as many as a block has.
[[nodiscard]] std::vector<Dlt645Value> values_of(std::uint32_t identifier, std::span<const std::byte> data);

// What an error byte of 2007 says.
[[nodiscard]] std::string error_words(std::uint8_t error);

}  // namespace lk::tools
