// SPDX-License-Identifier: Apache-2.0
#include "sts/identity.hpp"

#include <algorithm>

#include "assert/assert.hpp"

namespace lk::sts {
namespace {

constexpr std::string_view long_issuer = "600727";  // before a DRN of 11 digits
constexpr std::string_view short_issuer = "0000";   // before one of 13

// A part of a text that is known to be long enough; string_view::substr would bring exceptions into the
// firmware.
std::string_view part(std::string_view text, std::size_t at, std::size_t count) {
  return {text.data() + at, count};
}

bool begins_with(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && part(text, 0, with.size()) == with;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The manufacturer's digits, eight of the serial, and the check digit.
template <std::size_t Size>
std::array<char, Size> drn_of(std::uint32_t manufacturer_code, std::uint32_t serial) {
  constexpr std::uint32_t serial_end = 100'000'000;
  ensure(serial < serial_end);
  std::array<char, Size> drn;
  std::uint64_t rest = std::uint64_t{manufacturer_code} * serial_end + serial;
  for (std::size_t i = Size - 1; i-- > 0; rest /= 10) drn[i] = static_cast<char>('0' + rest % 10);
  drn.back() = luhn_digit({drn.data(), Size - 1});
  return drn;
}

}  // namespace

char luhn_digit(std::string_view digits) {
  unsigned sum = 0;
  bool doubled = true;
  for (std::size_t i = digits.size(); i-- > 0; doubled = !doubled) {
    ensure(is_digit(digits[i]));
    const auto value = static_cast<unsigned>(digits[i] - '0') * (doubled ? 2U : 1U);
    sum += value / 10 + value % 10;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool luhn_holds(std::string_view digits) {
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return false;
  return digits.back() == luhn_digit(part(digits, 0, digits.size() - 1));
}

Drn make_drn(std::uint8_t manufacturer_code, std::uint32_t serial) {
  ensure(manufacturer_code <= 99);
  return drn_of<drn_digits>(manufacturer_code, serial);
}

LongDrn make_long_drn(std::uint16_t manufacturer_code, std::uint32_t serial) {
  ensure(manufacturer_code <= 9999);
  return drn_of<long_drn_digits>(manufacturer_code, serial);
}

std::optional<Pan> pan_of(std::string_view drn) {
  const std::string_view issuer = drn.size() == drn_digits ? long_issuer : short_issuer;
  if (issuer.size() + drn.size() + 1 != pan_digits || !luhn_holds(drn)) return std::nullopt;
  Pan pan;
  const auto after = std::ranges::copy(issuer, pan.begin()).out;
  std::ranges::copy(drn, after);
  pan.back() = luhn_digit({pan.data(), pan_digits - 1});
  return pan;
}

std::optional<Pan> parse_pan(std::string_view digits) {
  if (digits.size() != pan_digits || !luhn_holds(digits)) return std::nullopt;
  const bool is_short = begins_with(digits, short_issuer);
  if (!is_short && !begins_with(digits, long_issuer)) return std::nullopt;
  const std::size_t issuer_digits = (is_short ? short_issuer : long_issuer).size();
  if (!luhn_holds(part(digits, issuer_digits, pan_digits - 1 - issuer_digits))) return std::nullopt;
  Pan pan;
  std::ranges::copy(digits, pan.begin());
  return pan;
}

}  // namespace lk::sts
