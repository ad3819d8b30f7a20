// SPDX-License-Identifier: Apache-2.0
// What a panel shows and takes, as data: eight characters of seven segments, points, a unit, symbols, lamps,
// and keys. The meter makes it, an LCD or the split keypad unit (CIU) shows it; both ends of the CIU's line
// use this header.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lk::panel {

inline constexpr std::size_t character_count = 8;

// The unit fields of the LCD; one is lit at a time.
enum class Unit : std::uint8_t {
  none,
  volt,
  ampere,
  watt,
  var,
  volt_ampere,
  hertz,
  kilowatt_hour,
  currency,
  currency_per_kwh,
  second,
};
inline constexpr std::size_t unit_count = 11;
// "V", "kWh", "¤" for the currency sign of the LCD.
[[nodiscard]] std::string_view name_of(Unit unit);

// Bits of Frame::symbols.
enum Symbol : std::uint16_t {
  symbol_supply_on = 1U << 0U,
  symbol_supply_off = 1U << 1U,
  symbol_by_hand = 1U << 2U,  // may be closed with the key
  symbol_low_credit = 1U << 3U,
  symbol_no_credit = 1U << 4U,
  symbol_emergency = 1U << 5U,
  symbol_token = 1U << 6U,  // digits of a token are being keyed in
  symbol_accepted = 1U << 7U,
  symbol_refused = 1U << 8U,
  symbol_locked = 1U << 9U,
  symbol_tamper = 1U << 10U,
  symbol_fault = 1U << 11U,
  symbol_export = 1U << 12U,
  symbol_scrolling = 1U << 13U,  // pages follow each other by themselves
};
inline constexpr std::size_t symbol_count = 14;
// "supply_on" … of one bit, by its number.
[[nodiscard]] std::string_view symbol_name(unsigned bit);

// Bits of Frame::lamps, as they are at this instant.
enum Lamp : std::uint8_t {
  lamp_credit_green = 1U << 0U,
  lamp_credit_red = 1U << 1U,
  lamp_supply = 1U << 2U,
  lamp_alarm = 1U << 3U,
  lamp_buzzer = 1U << 4U,
};

inline constexpr std::uint8_t no_code = 0xFF;

struct Frame {
  // ' ', '-', '_', digits and the letters of `segments`; a letter keeps its case where both have a shape.
  std::array<char, character_count> characters{' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
  std::uint8_t points = 0;      // bit i: the point behind character i
  std::uint8_t code = no_code;  // short code of the page, shown small; no_code: none
  Unit unit = Unit::none;
  std::uint8_t lamps = 0;
  std::uint16_t symbols = 0;
  constexpr bool operator==(const Frame&) const = default;
};

// Segments a (bit 0) to g (bit 6) of one character; 0, which is blank, for one without a shape.
//   aaa
//  f   b
//   ggg
//  e   c
//   ddd
[[nodiscard]] std::uint8_t segments(char character);

// Keys of a split keypad, and the one key that a meter itself has (`page`).
enum class Key : std::uint8_t { digit_0 = 0, digit_9 = 9, erase = 10, enter = 11, page = 12 };
inline constexpr std::uint8_t key_count = 13;

}  // namespace lk::panel
