// SPDX-License-Identifier: Apache-2.0
#include "iec62056/data_set.hpp"

#include <algorithm>
#include <limits>

namespace lk::iec62056 {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// One field of a code, up to 255; the characters that were read are taken from `text`.
std::optional<std::uint8_t> take_field(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  constexpr std::string_view letters = "CFLP";
  if (const auto letter = letters.find(text[0]); letter != std::string_view::npos) {
    text.remove_prefix(1);
    return static_cast<std::uint8_t>(96 + letter);
  }
  unsigned value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]) && digits < 3; ++digits)
    value = value * 10 + static_cast<unsigned>(text[digits] - '0');
  text.remove_prefix(digits);
  if (digits == 0 || value > 255) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

bool take_mark(std::string_view& text, char mark) {
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

void TextWriter::character(char c) {
  if (used_ < room_.size()) {
    room_[used_++] = c;
  } else {
    is_ok_ = false;
  }
}

void TextWriter::text(std::string_view characters) {
  for (const char c : characters) character(c);
}

void TextWriter::number(std::uint64_t value, unsigned width) {
  std::array<char, 20> digits{};
  unsigned count = 0;
  for (; value > 0 || count < std::max(width, 1U); value /= 10) {
    if (count == digits.size()) break;
    digits[count++] = static_cast<char>('0' + value % 10);
  }
  while (count > 0) character(digits[--count]);
}

void TextWriter::decimal(std::int64_t value, unsigned decimals) {
  const auto magnitude =
      value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  std::uint64_t power = 1;
  for (unsigned i = 0; i < decimals; ++i) power *= 10;
  if (value < 0) character('-');
  number(magnitude / power);
  if (decimals == 0) return;
  character('.');
  number(magnitude % power, decimals);
}

void TextWriter::obis(const dictionary::Obis& obis) {
  if (obis.a != 1 || obis.b != 0) {
    number(obis.a);
    character('-');
    number(obis.b);
    character(':');
  }
  number(obis.c);
  character('.');
  number(obis.d);
  character('.');
  number(obis.e);
  if (obis.f == 255) return;
  character('*');
  number(obis.f);
}

std::optional<dictionary::Obis> parse_obis(std::string_view text) {
  dictionary::Obis obis{1, 0, 0, 0, 0, 255};
  const bool has_letter = !text.empty() && !is_digit(text[0]);
  if (has_letter) obis.a = 0;
  auto first = take_field(text);
  if (!first) return std::nullopt;
  if (take_mark(text, '-')) {
    obis.a = *first;
    const auto channel = take_field(text);
    if (!channel || !take_mark(text, ':')) return std::nullopt;
    obis.b = *channel;
    first = take_field(text);
    if (!first) return std::nullopt;
  }
  obis.c = *first;
  if (!take_mark(text, '.')) return std::nullopt;
  const auto d = take_field(text);
  if (!d) return std::nullopt;
  obis.d = *d;
  if (take_mark(text, '.')) {
    const auto e = take_field(text);
    if (!e) return std::nullopt;
    obis.e = *e;
  }
  if (take_mark(text, '*')) {
    const auto f = take_field(text);
    if (!f) return std::nullopt;
    obis.f = *f;
  }
  if (!text.empty()) return std::nullopt;
  return obis;
}

std::optional<std::int64_t> parse_decimal(std::string_view text, unsigned decimals) {
  const bool is_negative = take_mark(text, '-');
  std::int64_t value = 0;
  bool has_point = false;
  bool has_digit = false;
  for (const char c : text) {
    if (c == '.' && !has_point) {
      has_point = true;
      continue;
    }
    if (!is_digit(c) || (has_point && decimals == 0) ||
        value > std::numeric_limits<std::int64_t>::max() / 10 - 10)
      return std::nullopt;
    value = value * 10 + (c - '0');
    has_digit = true;
    if (has_point) --decimals;
  }
  if (!has_digit) return std::nullopt;
  for (; decimals > 0; --decimals) {
    if (value > std::numeric_limits<std::int64_t>::max() / 10 - 10) return std::nullopt;
    value *= 10;
  }
  return is_negative ? -value : value;
}

}  // namespace lk::iec62056
