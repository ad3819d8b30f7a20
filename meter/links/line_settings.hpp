// SPDX-License-Identifier: Apache-2.0
// What a serial line of the meter is set to: as it was installed, or as the parameters `line_address`,
// `line_baud`, `line_parity` and `line_protocol` say since. Whoever drives the line adopts a change when the
// answer that told of it has left. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dictionary/dictionary.hpp"

namespace lk::links {

enum class Protocol : std::uint8_t { modbus, dlt645, automatic };
// "modbus", "dlt645", "auto"; nothing for another word.
[[nodiscard]] std::optional<Protocol> protocol_of(std::string_view name);

enum class Parity : std::uint8_t { none, even, odd, none_two_stops };

struct LineSettings {
  std::uint8_t address = 1;  // of Modbus, 1 to 247
  std::uint32_t baud = 9'600;
  Parity parity = Parity::none;
  Protocol protocol = Protocol::automatic;

  bool operator==(const LineSettings&) const = default;
};

// Whether a line can be set to this rate: 1 200 · 2ⁿ to 38 400, 57 600, 115 200.
[[nodiscard]] bool is_line_baud(std::int64_t baud);

// The number of a row of the line's parameters that says what is in force; it is never 0.
[[nodiscard]] std::int64_t number_of(const LineSettings& line, dictionary::Id id);
// The settings with that parameter; `value` must be one that the row takes. 0 changes nothing.
[[nodiscard]] LineSettings with(LineSettings line, dictionary::Id id, std::int64_t value);

}  // namespace lk::links
