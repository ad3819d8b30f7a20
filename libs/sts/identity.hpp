// SPDX-License-Identifier: Apache-2.0
// Meter numbers (IEC 62055-41, 6.1.2): the decoder reference number (DRN) that stands on the meter, and the
// primary account number (PAN) of key generation. Both end with a Luhn digit (ISO/IEC 7812-1).
//
//   DRN   manufacturer 2 │ serial 8 │ check         11 digits, issuer 600727
//         manufacturer 4 │ serial 8 │ check         13 digits, issuer 0000
//   PAN   issuer 6 or 4  │ DRN 11 or 13 │ check     18 digits
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lk::sts {

inline constexpr std::size_t drn_digits = 11;
inline constexpr std::size_t long_drn_digits = 13;
inline constexpr std::size_t pan_digits = 18;

using Drn = std::array<char, drn_digits>;
using Pan = std::array<char, pan_digits>;

// The digit to put behind a text of digits; the text must hold nothing else.
[[nodiscard]] char luhn_digit(std::string_view digits);
// True where the text is digits only and the last is the Luhn digit of those before.
[[nodiscard]] bool luhn_holds(std::string_view digits);

// The number of a manufacturer's (0 to 99) meter with this serial (0 to 99 999 999).
[[nodiscard]] Drn make_drn(std::uint8_t manufacturer_code, std::uint32_t serial);

// Of a manufacturer with four digits (0 to 9999): a DRN of 13 digits.
using LongDrn = std::array<char, long_drn_digits>;
[[nodiscard]] LongDrn make_long_drn(std::uint16_t manufacturer_code, std::uint32_t serial);

// The PAN of a DRN of 11 or 13 digits; nothing where the size or the check digit is wrong.
[[nodiscard]] std::optional<Pan> pan_of(std::string_view drn);
// 18 digits as a PAN; nothing where the size or one of its check digits is wrong.
[[nodiscard]] std::optional<Pan> parse_pan(std::string_view digits);

[[nodiscard]] constexpr std::string_view text(const Drn& drn) {
  return {drn.data(), drn.size()};
}
[[nodiscard]] constexpr std::string_view text(const Pan& pan) {
  return {pan.data(), pan.size()};
}

}  // namespace lk::sts
