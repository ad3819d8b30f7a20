// SPDX-License-Identifier: Apache-2.0
#include "meter/links/line_settings.hpp"

#include <algorithm>
#include <array>

#include "assert/assert.hpp"

namespace lk::links {

using dictionary::Id;

std::optional<Protocol> protocol_of(std::string_view name) {
  if (name == "modbus") return Protocol::modbus;
  if (name == "dlt645") return Protocol::dlt645;
  if (name == "auto") return Protocol::automatic;
  return std::nullopt;
}

bool is_line_baud(std::int64_t baud) {
  constexpr std::array<std::int64_t, 8> rates{1'200, 2'400, 4'800, 9'600, 19'200, 38'400, 57'600, 115'200};
  return std::ranges::find(rates, baud) != rates.end();
}

std::int64_t number_of(const LineSettings& line, Id id) {
  switch (id) {
    case Id::line_address:
      return line.address;
    case Id::line_baud:
      return line.baud;
    case Id::line_parity:
      return static_cast<std::int64_t>(line.parity) + 1;
    case Id::line_protocol:
      return static_cast<std::int64_t>(line.protocol) + 1;
    default:
      ensure(false);
      return 0;
  }
}

LineSettings with(LineSettings line, Id id, std::int64_t value) {
  if (value == 0) return line;
  switch (id) {
    case Id::line_address:
      line.address = static_cast<std::uint8_t>(value);
      break;
    case Id::line_baud:
      line.baud = static_cast<std::uint32_t>(value);
      break;
    case Id::line_parity:
      line.parity = static_cast<Parity>(value - 1);
      break;
    case Id::line_protocol:
      line.protocol = static_cast<Protocol>(value - 1);
      break;
    default:
      ensure(false);
  }
  return line;
}

}  // namespace lk::links
