// SPDX-License-Identifier: Apache-2.0
// What a panel can show: short codes and the dictionary rows behind them, and how a number stands on eight
// characters. The codes follow the map that prepaid meters of the field have in common (two digits; 03 the
// total, 09 the power, 37 what is left …).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dictionary/dictionary.hpp"
#include "panel/display.hpp"

namespace lk::panel {

// How a page says its row.
enum class Form : std::uint8_t {
  number,  // or characters, where the row has them
  date,    // day, month, year, local
  time,    // hour, minute, second, local
  supply,  // on, or OFF and why
};

struct Page {
  std::uint8_t code;  // 0 to 99
  dictionary::Id id;
  std::int64_t divisor;   // from the row's own number to the one that is shown; cut off towards zero
  std::uint8_t decimals;  // of the number that is shown
  Unit unit;
  Form form = Form::number;
  std::uint16_t slot_index = 0;
  std::uint8_t least_phases = 1;  // of a meter that has this page
};

// All pages, rising by code.
[[nodiscard]] std::span<const Page> pages();
// The page of a short code in a meter of so many phases, or null.
[[nodiscard]] const Page* find_page(std::uint8_t code, std::int64_t phase_count);

// Codes that stand for no row.
inline constexpr std::uint8_t code_all_segments = 0;
// Codes that are no pages: the log of tokens, and the emergency credit taken.
inline constexpr std::uint8_t code_token_log = 56;
inline constexpr std::uint8_t code_emergency = 99;

// Writes a number right-justified: `number` / 10^decimals. One that is too long loses decimals, from the
// last; one that is too long without any shows as "--------".
void write_number(Frame& frame, std::int64_t number, std::uint8_t decimals);
// Three numbers of two digits: a date, or a time.
void write_parts(Frame& frame, std::int64_t first, std::int64_t second, std::int64_t third);
// Writes up to eight characters, left-justified.
void write_text(Frame& frame, std::string_view text);

}  // namespace lk::panel
