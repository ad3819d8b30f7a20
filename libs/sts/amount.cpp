// SPDX-License-Identifier: Apache-2.0
#include "sts/amount.hpp"

#include <limits>

#include "assert/assert.hpp"

namespace lk::sts {
namespace {

constexpr unsigned mantissa_bits = 14;
constexpr std::uint16_t mantissa_mask = (1U << mantissa_bits) - 1U;
constexpr std::uint16_t mantissa_end = 1U << mantissa_bits;

// One range of amounts: first, first + step, … first + 3FFFh·step. The next begins one step after.
struct Range {
  Wide step{0, 1};
  Wide first{};

  constexpr void advance() {
    first = first + (step << mantissa_bits);
    step = step * 10;
  }
};

struct Scaled {
  unsigned exponent = 0;
  std::uint16_t mantissa = 0;
};

constexpr std::uint32_t units_first[] = {0, 16'384, 180'224, 1'818'624};
constexpr std::uint32_t units_step[] = {1, 10, 100, 1'000};
constexpr unsigned currency_exponents = 32;

// The largest amount not above `magnitude`; `exact` tells whether it is the same.
std::expected<Scaled, AmountError> scale_down(Wide magnitude, bool& exact) {
  Range range;
  Range next = range;
  next.advance();
  unsigned exponent = 0;
  for (; magnitude >= next.first; ++exponent) {
    if (exponent + 1 == currency_exponents) return std::unexpected(AmountError::too_large);
    range = next;
    next.advance();
  }
  Wide rest = magnitude - range.first;
  std::uint16_t mantissa = 0;
  for (unsigned bit = mantissa_bits; bit-- > 0;) {
    const Wide part = range.step << bit;
    if (rest < part) continue;
    rest = rest - part;
    mantissa = static_cast<std::uint16_t>(mantissa | (1U << bit));
  }
  exact = rest == Wide{};
  return Scaled{exponent, mantissa};
}

}  // namespace

std::expected<std::uint16_t, AmountError> encode_units(std::uint64_t amount) {
  if (amount > largest_units) return std::unexpected(AmountError::too_large);
  auto t = static_cast<std::uint32_t>(amount);
  unsigned exponent = 3;
  while (t < units_first[exponent]) --exponent;
  std::uint32_t mantissa = (t - units_first[exponent] + units_step[exponent] - 1) / units_step[exponent];
  if (mantissa == mantissa_end) {  // in the gap before the next range
    ++exponent;
    mantissa = 0;
  }
  ensure(exponent < 4);
  return static_cast<std::uint16_t>((exponent << mantissa_bits) | mantissa);
}

std::uint32_t decode_units(std::uint16_t field) {
  const unsigned exponent = field >> mantissa_bits;
  return units_first[exponent] + units_step[exponent] * (field & mantissa_mask);
}

std::expected<CurrencyField, AmountError> encode_currency(const CurrencyAmount& amount) {
  bool exact = false;
  auto scaled = scale_down(amount.magnitude, exact);
  if (!scaled) {
    return std::unexpected(scaled.error());
  }
  if (!exact && !amount.negative && ++scaled->mantissa == mantissa_end) {  // in the gap before the next range
    scaled->mantissa = 0;
    if (++scaled->exponent == currency_exponents) return std::unexpected(AmountError::too_large);
  }
  const bool negative = amount.negative && amount.magnitude != Wide{};
  return CurrencyField{
      static_cast<std::uint8_t>((negative ? 8U : 0U) | (scaled->exponent >> 2U)),
      static_cast<std::uint16_t>(((scaled->exponent & 3U) << mantissa_bits) | scaled->mantissa)};
}

std::expected<CurrencyField, AmountError> encode_currency(quantity::Money amount) {
  const bool negative = amount.count() < 0;
  const auto bits = static_cast<std::uint64_t>(amount.count());
  return encode_currency(CurrencyAmount{negative, {0, negative ? 0 - bits : bits}});
}

CurrencyAmount decode_currency(const CurrencyField& field) {
  const unsigned exponent =
      ((field.sign_and_exponent & 7U) << 2U) | static_cast<unsigned>(field.amount >> mantissa_bits);
  Range range;
  for (unsigned i = 0; i < exponent; ++i) range.advance();
  const Wide magnitude = range.first + range.step * (field.amount & mantissa_mask);
  return {(field.sign_and_exponent & 8U) != 0 && magnitude != Wide{}, magnitude};
}

std::expected<quantity::Money, AmountError> to_money(const CurrencyAmount& amount) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (amount.magnitude > Wide{0, most}) return std::unexpected(AmountError::too_large);
  const auto count = static_cast<std::int64_t>(amount.magnitude.low);
  return quantity::Money::of(amount.negative ? -count : count);
}

}  // namespace lk::sts
