// SPDX-License-Identifier: Apache-2.0
// Money and prices as decimal strings, exactly: the only form in which they cross the HTTP interface.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "quantity/quantity.hpp"

namespace lk::ledger {

// "-12.5" and the like: an optional minus sign, 1 to 13 digits, optionally a point and 1 to 5 decimals.
// Nothing for anything else, more decimals included: money is never rounded on the way in.
[[nodiscard]] std::optional<quantity::Money> parse_money(std::string_view text);
// 1 to 6 digits, optionally a point and 1 to 4 decimals.
[[nodiscard]] std::optional<quantity::Price> parse_price(std::string_view text);

// The exact value with at least 2 decimals ("50.00", "0.00001", "-3.125").
[[nodiscard]] std::string print(quantity::Money amount);
// The exact value with 4 decimals.
[[nodiscard]] std::string print(quantity::Price price);

}  // namespace lk::ledger
