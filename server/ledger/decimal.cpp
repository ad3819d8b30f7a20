// SPDX-License-Identifier: Apache-2.0
#include "server/ledger/decimal.hpp"

#include <cstdint>

namespace lk::ledger {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A count of 10^-decimals; the digits before the point are bounded, so nothing overflows.
std::optional<std::int64_t> parse(std::string_view text, std::size_t most_digits, std::size_t decimals) {
  std::int64_t count = 0;
  std::size_t at = 0;
  for (; at < text.size() && at <= most_digits && is_digit(text[at]); ++at)
    count = count * 10 + (text[at] - '0');
  if (at == 0 || at > most_digits) return std::nullopt;
  std::size_t given = 0;
  if (at < text.size()) {
    if (text[at++] != '.') return std::nullopt;
    for (; at < text.size(); ++at, ++given) {
      if (!is_digit(text[at]) || given == decimals) return std::nullopt;
      count = count * 10 + (text[at] - '0');
    }
    if (given == 0) return std::nullopt;
  }
  for (; given < decimals; ++given) count *= 10;
  return count;
}

std::string print(std::int64_t count, std::int64_t per_unit, std::size_t decimals,
                  std::size_t least_decimals) {
  const bool negative = count < 0;
  const auto size = negative ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  const auto unit = static_cast<std::uint64_t>(per_unit);
  std::string fraction = std::to_string(size % unit);
  fraction.insert(0, decimals - fraction.size(), '0');
  while (fraction.size() > least_decimals && fraction.back() == '0') fraction.pop_back();
  return (negative ? "-" : "") + std::to_string(size / unit) + "." + fraction;
}

}  // namespace

std::optional<quantity::Money> parse_money(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.size() > 19) return std::nullopt;
  const auto count = parse(text, 13, 5);
  if (!count) return std::nullopt;
  return quantity::Money::of(negative ? -*count : *count);
}

std::optional<quantity::Price> parse_price(std::string_view text) {
  if (text.size() > 11) return std::nullopt;
  const auto count = parse(text, 6, 4);
  if (!count) return std::nullopt;
  return quantity::Price::of(*count);
}

std::string print(quantity::Money amount) {
  return print(amount.count(), quantity::money_per_unit, 5, 2);
}
std::string print(quantity::Price price) {
  return print(price.count(), quantity::price_per_unit, 4, 4);
}

}  // namespace lk::ledger
