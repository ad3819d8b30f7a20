// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sts/decimal.hpp"

#include <algorithm>
#include <charconv>

namespace lk::tools {
namespace {

constexpr int most_digits = 37;  // 10^37 is below 2^128

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the digits at the beginning of the text off it.
std::string take_digits(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  std::string digits{text.begin(), end};
  text.remove_prefix(digits.size());
  return digits;
}

// The exponent behind a mantissa, or nothing where the text is neither empty nor an exponent of at most 4
// digits.
std::optional<int> parse_exponent(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  text.remove_prefix(1);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  if (text.empty() || text.size() > 5 || (text.front() != '-' && !is_digit(text.front())))
    return std::nullopt;
  int exponent = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc{} || stopped != text.data() + text.size()) return std::nullopt;
  return exponent;
}

}  // namespace

ParsedDecimal parse_decimal(std::string_view text, int shift) {
  constexpr ParsedDecimal not_a_number{DecimalFault::not_a_number, {}};
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::string digits = take_digits(text);
  if (digits.empty()) return not_a_number;
  int scale = shift;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    const std::string fraction = take_digits(text);
    if (fraction.empty() || fraction.size() > 1000) return not_a_number;
    digits += fraction;
    scale -= static_cast<int>(fraction.size());
  }
  const auto exponent = parse_exponent(text);
  if (!exponent) return not_a_number;
  scale += *exponent;

  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) return {};
  if (digits.size() > 2000 || static_cast<int>(digits.size()) + scale > most_digits) {
    return {DecimalFault::too_large, {}};
  }
  bool exact = true;
  if (scale >= 0) {
    digits.append(static_cast<std::size_t>(scale), '0');
  } else {
    const std::size_t kept = digits.size() - std::min(digits.size(), static_cast<std::size_t>(-scale));
    exact = digits.find_first_not_of('0', kept) == std::string::npos;
    digits.resize(kept);
  }
  sts::Wide magnitude;
  for (const char digit : digits) {
    magnitude = magnitude * 10 + sts::Wide{0, static_cast<std::uint64_t>(digit - '0')};
  }
  if (!exact && !negative) magnitude = magnitude + sts::Wide{0, 1};
  return {std::nullopt, {negative && magnitude != sts::Wide{}, magnitude}};
}

std::string format_decimal(const sts::CurrencyAmount& amount, int shift) {
  std::string reversed;
  sts::Wide rest = amount.magnitude;
  int place = 0;
  for (; rest != sts::Wide{} || place <= shift; ++place) {
    if (place == shift && !reversed.empty()) reversed += '.';
    const auto digit = static_cast<char>('0' + rest.divide(10));
    if (place < shift && reversed.empty() && digit == '0') continue;  // a zero at the end of the fraction
    reversed += digit;
  }
  if (amount.negative) reversed += '-';
  return {reversed.rbegin(), reversed.rend()};
}

}  // namespace lk::tools
