// SPDX-License-Identifier: Apache-2.0
#include "meter/panel/states.hpp"

#include <array>
#include <bit>

#include "dictionary/codes.hpp"
#include "meter/panel/pages.hpp"
#include "meter/supply/reasons.hpp"

namespace lk::panel {
namespace {

using dictionary::Id;

// Conditions of the guard (meter/guard/condition_table.hpp): sequence, neutral, reversed current, magnet
// and covers are theft, or look like it; from the clock's battery on they are faults of the meter itself.
constexpr std::int64_t tampering = 0x01'FC00;
constexpr std::int64_t guard_faults = 0x1E'0000;

struct AlarmNotice {
  std::uint16_t alarm;
  std::uint8_t number;
};
constexpr std::array<AlarmNotice, 4> alarm_notices{{{dictionary::alarm_memory, notice_memory},
                                                    {dictionary::alarm_relay_does_not_follow, notice_relay},
                                                    {dictionary::alarm_clock, notice_clock},
                                                    {dictionary::alarm_records, notice_records}}};

bool has(std::int64_t bits, std::int64_t bit) {
  return (bits & bit) != 0;
}

void write_with_number(Frame& frame, std::array<char, 8> text, std::int64_t number) {
  text[5] = number < 10 && text[4] == ' ' ? ' ' : static_cast<char>('0' + number / 10 % 10);
  text[6] = static_cast<char>('0' + number % 10);
  write_text(frame, {text.data(), text.size()});
}

void write_fault(Frame& frame, std::int64_t number) {
  write_with_number(frame, {'F', 'A', 'U', 'L', '-', ' ', ' ', ' '}, number);
}

}  // namespace

std::uint16_t state_symbols(links::Device& meter) {
  std::uint16_t symbols = 0;
  const auto set = [&symbols](std::uint16_t symbol, bool on) {
    symbols = static_cast<std::uint16_t>(on ? symbols | symbol : symbols);
  };
  const std::int64_t alarms = meter.number(Id::alarms, 0);
  const std::int64_t guard = meter.number(Id::guard_alarms, 0);
  set(meter.number(Id::supply_state, 0) != 0 ? symbol_supply_on : symbol_supply_off, true);
  set(symbol_by_hand, meter.number(Id::display_code, 0) == supply::ready_display_code);
  set(symbol_low_credit, has(alarms, dictionary::alarm_low_credit));
  set(symbol_no_credit, has(alarms, dictionary::alarm_no_credit));
  set(symbol_emergency, meter.number(Id::emergency_state, 0) != 0);
  set(symbol_locked, has(alarms, dictionary::alarm_limit_locked) || meter.number(Id::guard_locked, 0) != 0);
  set(symbol_export, meter.number(Id::active_power, 0) < 0);
  set(symbol_tamper, has(guard, tampering));
  bool has_fault = has(guard, guard_faults) || meter.number(Id::measuring_faults, 0) != 0;
  for (const AlarmNotice& notice : alarm_notices) has_fault = has_fault || has(alarms, notice.alarm);
  set(symbol_fault, has_fault);
  return symbols;
}

std::uint8_t warnings(links::Device& meter) {
  const std::int64_t alarms = meter.number(Id::alarms, 0);
  const bool is_low = has(alarms, dictionary::alarm_low_credit | dictionary::alarm_no_credit);
  const bool is_ordered = has(alarms, dictionary::alarm_operator);
  return static_cast<std::uint8_t>((is_low ? warning_credit : 0) | (is_ordered ? warning_operator : 0));
}

void write_supply(Frame& frame, links::Device& meter) {
  const std::int64_t code = meter.number(Id::display_code, 0);
  if (code != 0) return write_with_number(frame, {'O', 'F', 'F', ' ', ' ', ' ', ' ', ' '}, code);
  write_text(frame, meter.number(Id::supply_state, 0) != 0 ? "on" : "OFF");
}

bool write_notice(Frame& frame, links::Device& meter, std::uint32_t turn) {
  const std::int64_t alarms = meter.number(Id::alarms, 0);
  const auto measuring = static_cast<std::uint16_t>(meter.number(Id::measuring_faults, 0));
  constexpr std::int64_t off = -1;
  std::array<std::int64_t, 2 + alarm_notices.size()> found{};
  std::size_t count = 0;
  if (meter.number(Id::display_code, 0) != 0) found[count++] = off;
  if (measuring != 0) found[count++] = std::countr_zero(measuring);
  for (const AlarmNotice& notice : alarm_notices) {
    if (has(alarms, notice.alarm)) found[count++] = notice.number;
  }
  if (count == 0) return false;
  const std::int64_t shown = found[turn % count];
  if (shown == off) {
    write_supply(frame, meter);
  } else {
    write_fault(frame, shown);
  }
  return true;
}

}  // namespace lk::panel
