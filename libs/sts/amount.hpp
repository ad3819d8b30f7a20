// SPDX-License-Identifier: Apache-2.0
// Amounts as a token's bits hold them: an exponent of ten and a 14-bit mantissa (IEC 62055-41, 6.3.6).
//
//   t = 10^e · m + 2^14 · (10^e - 1) / 9        each range begins where the one before it ends
//
// 16 bits (units, watts): e has 2 bits, m 14.   Currency: a sign, e has 5 bits, m 14; one step is 1/100 000
// of the currency unit. What fits no step exactly is rounded towards plus infinity, in the customer's favour.
#pragma once

#include <cstdint>
#include <expected>

#include "quantity/quantity.hpp"
#include "sts/wide.hpp"

namespace lk::sts {

enum class AmountError : std::uint8_t {
  too_large,  // above the largest amount that the field, or the type asked for, can hold
};

inline constexpr std::uint32_t largest_units = 18'201'624;  // tenths, or W

// The field of the smallest amount that is not below `amount` (in tenths of a unit, or W).
[[nodiscard]] std::expected<std::uint16_t, AmountError> encode_units(std::uint64_t amount);
// The amount of a field, in tenths of a unit or W; every field has one.
[[nodiscard]] std::uint32_t decode_units(std::uint16_t field);

// The bits of a currency amount, where they stand in the token's block.
struct CurrencyField {
  std::uint8_t sign_and_exponent = 0;  // S&E: sign, e4, e3, e2 (4 bits)
  std::uint16_t amount = 0;            // e1, e0, mantissa

  bool operator==(const CurrencyField&) const = default;
};

// A signed count of 1/100 000 of the currency unit that may be beyond the range of Money.
struct CurrencyAmount {
  bool negative = false;
  Wide magnitude;

  bool operator==(const CurrencyAmount&) const = default;
};

// The field of the smallest amount that is not below `amount`: a positive magnitude is rounded up, a negative
// one down.
[[nodiscard]] std::expected<CurrencyField, AmountError> encode_currency(const CurrencyAmount& amount);
[[nodiscard]] std::expected<CurrencyField, AmountError> encode_currency(quantity::Money amount);
// The amount of a field; every field has one. Minus zero is zero.
[[nodiscard]] CurrencyAmount decode_currency(const CurrencyField& field);
// The same as Money, which holds up to 9.2e13 currency units: `too_large` beyond.
[[nodiscard]] std::expected<quantity::Money, AmountError> to_money(const CurrencyAmount& amount);

}  // namespace lk::sts
