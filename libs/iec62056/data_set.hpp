// SPDX-License-Identifier: Apache-2.0
// Data sets as IEC 62056-21 writes them: an OBIS code (IEC 62056-61), the value as a decimal number or a
// text, and its unit: `1.8.0(000123.45*kWh)`, `0-0:96.1.0(07000000013)`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dictionary/dictionary.hpp"

namespace lk::iec62056 {

// Writes characters one behind the other; what has no room is left away, and `ok` then says so.
class TextWriter {
 public:
  explicit constexpr TextWriter(std::span<char> room) : room_(room) {}
  void character(char c);
  void text(std::string_view characters);
  // At least `width` digits, zeros in front.
  void number(std::uint64_t value, unsigned width = 1);
  // value · 10^-decimals, `-12.345`.
  void decimal(std::int64_t value, unsigned decimals);
  // The code, short (C.D.E) where it is of electricity, channel 0.
  void obis(const dictionary::Obis& obis);

  [[nodiscard]] bool ok() const { return is_ok_; }
  [[nodiscard]] std::string_view view() const { return {room_.data(), used_}; }

 private:
  std::span<char> room_;
  std::size_t used_ = 0;
  bool is_ok_ = true;
};

// A code as `obis` writes it, or whole (`1-0:1.8.0*255`), or with the letters C, F, L, P for 96 to 99;
// nothing where the text is none.
[[nodiscard]] std::optional<dictionary::Obis> parse_obis(std::string_view text);
// A decimal number with at most `decimals` digits behind the point, times 10^decimals.
[[nodiscard]] std::optional<std::int64_t> parse_decimal(std::string_view text, unsigned decimals);

}  // namespace lk::iec62056
