// SPDX-License-Identifier: Apache-2.0
// Exact decimal numbers as text: "25.6", "-1.82044E+14". No binary fraction is ever used.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sts/amount.hpp"

namespace lk::tools {

enum class DecimalFault { not_a_number, too_large };

// The number times 10^`shift`, a whole number; what is finer is rounded towards plus infinity, in the
// customer's favour, as the standard rounds amounts. `too_large` above 2^127 or so, far above every amount of
// a token.
struct ParsedDecimal {
  std::optional<DecimalFault> fault;
  sts::CurrencyAmount amount;
};
[[nodiscard]] ParsedDecimal parse_decimal(std::string_view text, int shift);

// The amount divided by 10^`shift`, without zeros at the end.
[[nodiscard]] std::string format_decimal(const sts::CurrencyAmount& amount, int shift);

}  // namespace lk::tools
