// SPDX-License-Identifier: Apache-2.0
#include "sts/decimal.hpp"

#include <algorithm>
#include <optional>

#include "assert/assert.hpp"

namespace lk::sts {
namespace {

constexpr std::size_t text_max = 2000;
constexpr Wide tenth_of_largest{0x0CCC'CCCC'CCCC'CCCC, 0xCCCC'CCCC'CCCC'CCCC};  // of 2^127 - 1

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Walks a text; every reader leaves it behind what it took.
class Walk {
 public:
  explicit Walk(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool is_over() const { return at_ == end_; }
  bool take(char wanted) {
    if (is_over() || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] std::string_view digits() {
    const char* const begin = at_;
    while (!is_over() && is_digit(*at_)) ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

 private:
  const char* at_;
  const char* end_;
};

// What stands behind a mantissa: nothing, or an exponent.
std::optional<int> parse_exponent(Walk& walk) {
  if (walk.is_over()) return 0;
  if (!walk.take('e') && !walk.take('E')) return std::nullopt;
  const bool negative = walk.take('-');
  if (!negative) (void)walk.take('+');
  const std::string_view digits = walk.digits();
  if (digits.empty() || digits.size() > 5 || !walk.is_over()) return std::nullopt;
  int exponent = 0;
  for (const char digit : digits) exponent = exponent * 10 + (digit - '0');
  return negative ? -exponent : exponent;
}

// One digit more behind the number; false where it would become too large.
bool append(Wide& number, char digit) {
  if (number > tenth_of_largest) return false;
  number = number * 10 + Wide{0, static_cast<std::uint64_t>(digit - '0')};
  return true;
}

}  // namespace

std::expected<CurrencyAmount, DecimalFault> parse_decimal(std::string_view text, int shift) {
  if (text.size() > text_max) return std::unexpected(DecimalFault::not_a_number);
  Walk walk{text};
  const bool negative = walk.take('-');
  const std::string_view whole = walk.digits();
  std::string_view fraction;
  const bool has_point = walk.take('.');
  if (has_point) fraction = walk.digits();
  const auto exponent = parse_exponent(walk);
  if (whole.empty() || (has_point && fraction.empty()) || !exponent)
    return std::unexpected(DecimalFault::not_a_number);

  // Digits before this one count; those behind only round.
  const auto point = static_cast<std::ptrdiff_t>(whole.size()) + shift + *exponent;
  Wide magnitude;
  bool exact = true;
  std::ptrdiff_t index = 0;
  for (const std::string_view part : {whole, fraction}) {
    for (const char digit : part) {
      if (index++ >= point) {
        exact = exact && digit == '0';
      } else if (!append(magnitude, digit)) {
        return std::unexpected(DecimalFault::too_large);
      }
    }
  }
  for (; index < point && magnitude != Wide{}; ++index) {
    if (!append(magnitude, '0')) return std::unexpected(DecimalFault::too_large);
  }
  if (!exact && !negative) magnitude = magnitude + Wide{0, 1};
  return CurrencyAmount{negative && magnitude != Wide{}, magnitude};
}

std::string_view format_decimal(const CurrencyAmount& amount, int shift,
                                std::span<char, decimal_text_max> room) {
  ensure(shift >= 0 && shift <= 9);
  std::size_t used = 0;
  Wide rest = amount.magnitude;
  for (int place = 0; rest != Wide{} || place <= shift; ++place) {
    if (place == shift && used > 0) room[used++] = '.';
    const auto digit = static_cast<char>('0' + rest.divide(10));
    if (place < shift && used == 0 && digit == '0') continue;  // a zero at the end of the fraction
    room[used++] = digit;
  }
  if (amount.negative) room[used++] = '-';
  std::reverse(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(used));
  return {room.data(), used};
}

}  // namespace lk::sts
