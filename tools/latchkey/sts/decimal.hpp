// SPDX-License-Identifier: Apache-2.0
// Decimal numbers as this command's lines have them; the arithmetic is sts/decimal.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sts/decimal.hpp"

namespace lk::tools {

using sts::DecimalFault;

// The number times 10^`shift`, rounded towards plus infinity.
struct ParsedDecimal {
  std::optional<DecimalFault> fault;
  sts::CurrencyAmount amount;
};
[[nodiscard]] ParsedDecimal parse_decimal(std::string_view text, int shift);

// The amount divided by 10^`shift`, without zeros at the end.
[[nodiscard]] std::string format_decimal(const sts::CurrencyAmount& amount, int shift);

}  // namespace lk::tools
