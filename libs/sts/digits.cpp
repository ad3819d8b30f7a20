// SPDX-License-Identifier: Apache-2.0
#include "sts/digits.hpp"

namespace lk::sts {
namespace {

// The number is handled as two halves of ten digits, so that 64-bit arithmetic is enough: 2^64 = Q·10^10 + R.
constexpr std::uint64_t half = 10'000'000'000;
constexpr std::uint64_t q = 1'844'674'407;
constexpr std::uint64_t r = 3'709'551'616;
static_assert(q * half + r == 0, "2^64, modulo 2^64");

constexpr unsigned class_at = 27;
constexpr std::uint64_t class_mask = std::uint64_t{3} << class_at;

void write_half(std::uint64_t value, char* digits) {
  // 32-bit steps, because a Cortex-M4 divides those in hardware.
  auto high = static_cast<std::uint32_t>(value / 100'000);
  auto low = static_cast<std::uint32_t>(value % 100'000);
  for (std::size_t i = 5; i-- > 0;) {
    digits[i] = static_cast<char>('0' + high % 10);
    digits[5 + i] = static_cast<char>('0' + low % 10);
    high /= 10;
    low /= 10;
  }
}

std::optional<std::uint64_t> read_half(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return value;
}

}  // namespace

Digits to_digits(const ClassedBlock& token) {
  const std::uint64_t top = (token.block >> class_at) & 3U;
  const std::uint64_t low =
      (token.block & ~class_mask) | (static_cast<std::uint64_t>(token.token_class) << class_at);
  // top·2^64 + low, in halves
  std::uint64_t first = top * q + low / half;
  std::uint64_t second = top * r + low % half;
  first += second / half;
  second %= half;
  Digits digits;
  write_half(first, digits.data());
  write_half(second, digits.data() + token_digits / 2);
  return digits;
}

std::optional<ClassedBlock> from_digits(std::string_view digits) {
  if (digits.size() != token_digits) return std::nullopt;
  const auto first = read_half({digits.begin(), digits.begin() + token_digits / 2});
  const auto second = read_half({digits.begin() + token_digits / 2, digits.end()});
  if (!first || !second) return std::nullopt;
  // first·10^10 + second in 64 bits and a carry: first is cut at 17 bits, so that no product passes 2^51.
  constexpr unsigned cut = 17;
  const std::uint64_t upper = (*first >> cut) * half;
  std::uint64_t top = upper >> (64U - cut);
  std::uint64_t low = upper << cut;
  const std::uint64_t lower = (*first & ((1U << cut) - 1U)) * half + *second;
  low += lower;
  if (low < lower) ++top;
  if (top > 3) return std::nullopt;
  const auto token_class = static_cast<TokenClass>((low >> class_at) & 3U);
  return ClassedBlock{token_class, (low & ~class_mask) | (top << class_at)};
}

}  // namespace lk::sts
