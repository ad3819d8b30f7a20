// SPDX-License-Identifier: Apache-2.0
#include "dlt645/bcd.hpp"

#include <algorithm>
#include <array>

namespace lk::dlt645 {
namespace {

constexpr std::byte sign_bit{0x80};

constexpr std::uint64_t power_of_ten(std::size_t exponent) {
  std::uint64_t power = 1;
  for (std::size_t i = 0; i < exponent; ++i) power *= 10;
  return power;
}

std::uint8_t days_in(unsigned year, unsigned month) {
  constexpr std::array<std::uint8_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return static_cast<std::uint8_t>(days[month - 1] + (month == 2 && year % 4 == 0 ? 1 : 0));
}

}  // namespace

void encode_bcd(std::uint64_t value, std::span<std::byte> to) {
  if (to.size() <= 9) value = std::min(value, power_of_ten(2 * to.size()) - 1);
  for (std::byte& pair : to) {
    pair = static_cast<std::byte>(value % 10 | value / 10 % 10 << 4U);
    value /= 100;
  }
}

void encode_signed_bcd(std::int64_t value, std::span<std::byte> to) {
  const auto magnitude =
      value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  encode_bcd(std::min(magnitude, power_of_ten(2 * to.size() - 1) * 8 - 1), to);
  if (value < 0) to.back() |= sign_bit;
}

std::optional<std::uint64_t> decode_bcd(std::span<const std::byte> from) {
  if (from.size() > 9) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = from.size(); i-- > 0;) {
    const auto pair = std::to_integer<unsigned>(from[i]);
    if (pair >> 4U > 9 || (pair & 0xFU) > 9) return std::nullopt;
    value = value * 100 + std::uint64_t{pair >> 4U} * 10 + (pair & 0xFU);
  }
  return value;
}

std::optional<std::int64_t> decode_signed_bcd(std::span<const std::byte> from) {
  std::array<std::byte, 9> digits{};
  if (from.empty() || from.size() > digits.size()) return std::nullopt;
  std::ranges::copy(from, digits.begin());
  std::byte& top = digits[from.size() - 1];
  const bool is_negative = (top & sign_bit) != std::byte{0};
  top &= ~sign_bit;
  const auto magnitude = decode_bcd(std::span{digits}.first(from.size()));
  if (!magnitude) return std::nullopt;
  const auto value = static_cast<std::int64_t>(*magnitude);
  return is_negative ? -value : value;
}

bool is_time(const Time& time) {
  return time.year <= 99 && time.month >= 1 && time.month <= 12 && time.day >= 1 &&
         time.day <= days_in(time.year, time.month) && time.hour <= 23 && time.minute <= 59 &&
         time.second <= 59;
}

// 2000-01-01 was a Saturday; every fourth year of this century is a leap year.
std::uint8_t weekday_of(const Time& time) {
  unsigned days = time.year * 365U + (time.year + 3U) / 4U + time.day - 1U;
  for (unsigned month = 1; month < time.month; ++month) days += days_in(time.year, month);
  return static_cast<std::uint8_t>((days + 6) % 7);
}

}  // namespace lk::dlt645
