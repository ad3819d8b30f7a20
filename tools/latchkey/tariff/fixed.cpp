// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/tariff/fixed.hpp"

#include <algorithm>

#include "quantity/quantity.hpp"

namespace lk::tools {
namespace {

bool append_digit(std::int64_t& value, char digit) {
  return !__builtin_mul_overflow(value, std::int64_t{10}, &value) &&
         !__builtin_add_overflow(value, std::int64_t{digit - '0'}, &value);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::optional<std::int64_t> parse_fixed(std::string_view text, int places) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty())) return {};
  std::int64_t value = 0;
  for (const char c : whole) {
    if (!is_digit(c) || !append_digit(value, c)) return {};
  }
  for (int place = 0; place < places; ++place) {
    const char c = fraction.empty() ? '0' : fraction.front();
    if (!fraction.empty()) fraction.remove_prefix(1);
    if (!is_digit(c) || !append_digit(value, c)) return {};
  }
  if (fraction.find_first_not_of('0') != std::string_view::npos) return {};
  return value;
}

std::string print_fixed(std::int64_t count, int places) {
  std::string digits = std::to_string(count < 0 ? -count : count);
  const auto width = static_cast<std::size_t>(places) + 1;
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - static_cast<std::size_t>(places), 1, '.');
  return count < 0 ? "-" + digits : digits;
}

std::string print_kwh(std::int64_t energy_mj) {
  constexpr std::int64_t nano = 1'000'000'000;
  const std::int64_t whole = energy_mj / quantity::mj_per_kwh;
  const std::int64_t rest_mj = energy_mj % quantity::mj_per_kwh;
  // 3.6e9 mJ are 1e9 parts: 18 mJ are 5 of them.
  const std::int64_t parts = (rest_mj * 5 + 9) / 18;
  std::string text = print_fixed(whole * nano + parts, 9);
  const std::size_t last = text.find_last_not_of('0');
  const std::size_t least = text.find('.') + 3;  // three places at least
  text.resize(std::max(last, least) + 1);
  return text;
}

}  // namespace lk::tools
