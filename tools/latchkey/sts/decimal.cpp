// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sts/decimal.hpp"

#include <array>

namespace lk::tools {

ParsedDecimal parse_decimal(std::string_view text, int shift) {
  const auto amount = sts::parse_decimal(text, shift);
  if (amount) return {std::nullopt, *amount};
  return {amount.error(), {}};
}

std::string format_decimal(const sts::CurrencyAmount& amount, int shift) {
  std::array<char, sts::decimal_text_max> room;
  return std::string{sts::format_decimal(amount, shift, room)};
}

}  // namespace lk::tools
