// SPDX-License-Identifier: Apache-2.0
#include "meter/panel/pages.hpp"

#include <algorithm>
#include <array>

namespace lk::panel {
namespace {

using dictionary::Id;

constexpr std::array<Page, 42> table{{
    {1, Id::clock, 1, 0, Unit::none, Form::date},
    {2, Id::clock, 1, 0, Unit::none, Form::time},
    {3, Id::import_energy, 36'000'000, 2, Unit::kilowatt_hour},
    {9, Id::active_power, 1, 1, Unit::watt},
    {10, Id::firmware_version, 1, 0, Unit::none},
    {13, Id::price, 1, 4, Unit::currency_per_kwh},
    {14, Id::export_energy, 36'000'000, 2, Unit::kilowatt_hour},
    {15, Id::tariff_version, 1, 0, Unit::none},
    {16, Id::frequency, 10, 2, Unit::hertz},
    {17, Id::max_demand, 1, 1, Unit::watt},
    {18, Id::rate_in_force, 1, 0, Unit::none},
    {19, Id::demand, 1, 1, Unit::watt},
    {31, Id::supply_state, 1, 0, Unit::none, Form::supply},
    {32, Id::alarms, 1, 0, Unit::none},
    {33, Id::limit_now, 1, 0, Unit::watt},
    {34, Id::debt_1, 1'000, 2, Unit::currency},
    {35, Id::debt_2, 1'000, 2, Unit::currency},
    {36, Id::debt_3, 1'000, 2, Unit::currency},
    {37, Id::balance, 1'000, 2, Unit::currency},
    {38, Id::credited, 1'000, 2, Unit::currency},
    {39, Id::power_factor, 10, 3, Unit::none},
    {40, Id::apparent_power, 1, 1, Unit::volt_ampere},
    {41, Id::voltage, 100, 1, Unit::volt},
    {42, Id::reactive_power, 1, 1, Unit::var},
    {44, Id::current, 1, 3, Unit::ampere},
    {45, Id::neutral_current, 1, 3, Unit::ampere},
    {46, Id::voltage_thd, 1, 2, Unit::none},
    {47, Id::current_thd, 1, 2, Unit::none},
    {48, Id::measuring_faults, 1, 0, Unit::none},
    {53, Id::token_count, 1, 0, Unit::none},
    {54, Id::last_token_result, 1, 0, Unit::none},
    {55, Id::token_amount, 1'000, 2, Unit::currency},
    {57, Id::phase_voltage, 100, 1, Unit::volt, Form::number, 1, 3},
    {58, Id::phase_voltage, 100, 1, Unit::volt, Form::number, 2, 3},
    {59, Id::phase_current, 1, 3, Unit::ampere, Form::number, 1, 3},
    {60, Id::phase_current, 1, 3, Unit::ampere, Form::number, 2, 3},
    {61, Id::phase_active_power, 1, 1, Unit::watt, Form::number, 0, 3},
    {62, Id::phase_active_power, 1, 1, Unit::watt, Form::number, 1, 3},
    {63, Id::phase_active_power, 1, 1, Unit::watt, Form::number, 2, 3},
    {69, Id::power_cuts, 1, 0, Unit::none},
    {75, Id::meter_number, 1, 0, Unit::none},
    {79, Id::low_credit, 1'000, 2, Unit::currency},
}};

consteval bool codes_rise() {
  for (std::size_t i = 1; i < table.size(); ++i) {
    if (table[i - 1].code >= table[i].code) return false;
  }
  return table.front().code > code_all_segments && table.back().code <= 99;
}
static_assert(codes_rise(), "short codes rise, and none stands twice");

}  // namespace

std::span<const Page> pages() {
  return table;
}

const Page* find_page(std::uint8_t code, std::int64_t phase_count) {
  const auto found = std::ranges::lower_bound(table, code, {}, &Page::code);
  const bool is_there = found != table.end() && found->code == code && found->least_phases <= phase_count;
  return is_there ? &*found : nullptr;
}

void write_number(Frame& frame, std::int64_t number, std::uint8_t decimals) {
  frame.characters.fill(' ');
  frame.points = 0;
  const bool is_negative = number < 0;
  std::uint64_t rest =
      is_negative ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  std::array<char, 20> digits{};  // from the last
  std::size_t count = 0;
  while (rest != 0 || count <= decimals) {
    digits[count++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  const std::size_t room = character_count - (is_negative ? 1 : 0);
  const std::size_t cut = count > room ? count - room : 0;
  if (cut > decimals) {
    frame.characters.fill('-');
    return;
  }
  for (std::size_t i = cut; i < count; ++i) frame.characters[character_count - 1 - (i - cut)] = digits[i];
  if (is_negative) frame.characters[character_count - 1 - (count - cut)] = '-';
  const std::size_t shown_decimals = decimals - cut;
  if (shown_decimals > 0) {
    frame.points = static_cast<std::uint8_t>(1U << (character_count - 1 - shown_decimals));
  }
}

void write_parts(Frame& frame, std::int64_t first, std::int64_t second, std::int64_t third) {
  std::array<char, 8> text{};
  std::size_t at = 0;
  for (const std::int64_t number : {first, second, third}) {
    if (at > 0) text[at++] = '-';
    text[at++] = static_cast<char>('0' + number / 10);
    text[at++] = static_cast<char>('0' + number % 10);
  }
  write_text(frame, {text.data(), text.size()});
}

void write_text(Frame& frame, std::string_view text) {
  frame.characters.fill(' ');
  frame.points = 0;
  std::copy_n(text.begin(), std::min(text.size(), character_count), frame.characters.begin());
}

}  // namespace lk::panel
