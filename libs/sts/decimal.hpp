// SPDX-License-Identifier: Apache-2.0
// Exact decimal numbers as text: "25.6", "-1.82044E+14". No binary fraction is ever used.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "sts/amount.hpp"

namespace lk::sts {

enum class DecimalFault : std::uint8_t {
  not_a_number,  // not digits, perhaps a sign, a point with digits behind, an exponent of at most 5 digits
  too_large,     // above 2^127 or so, far above every amount of a token
};

// The number times 10^`shift`, a whole number; what is finer is rounded towards plus infinity, in the
// customer's favour, as the standard rounds amounts.
[[nodiscard]] std::expected<CurrencyAmount, DecimalFault> parse_decimal(std::string_view text, int shift);

inline constexpr std::size_t decimal_text_max = 48;

// The amount divided by 10^`shift` (0 to 9), without zeros at the end; written into `room`.
[[nodiscard]] std::string_view format_decimal(const CurrencyAmount& amount, int shift,
                                              std::span<char, decimal_text_max> room);

}  // namespace lk::sts
