// SPDX-License-Identifier: Apache-2.0
// The codes that stand in registers, with the names they have on MQTT and in the pages
// (docs/formats/modbus-map.md).
#pragma once

#include <cstdint>
#include <string_view>

namespace lk::dictionary {

enum class EventCode : std::uint16_t {
  power_returned = 1,
  token_accepted = 2,
  token_refused = 3,
  supply_opened = 4,
  supply_closed = 5,
  low_credit = 6,
  order_done = 7,
  order_refused = 8,
  relay_does_not_follow = 9,
  storage_fault = 10,
  tariff_changed = 11,
  clock_set = 12,
  power_limit = 20,      // tripped by the power limit
  reminder = 21,         // the second alarm of the credit
  emergency_taken = 22,  // the user took the emergency credit
  credit_returned = 23,  // refund, or the preset credit taken back
  account_settled = 24,  // the mode was changed
  parameter_set = 25,
  clock_wrong = 26,
  // of the guard; detail: the condition's number (of the first three), or the trip's; value: the extreme
  condition_began = 30,
  condition_ended = 31,
  opened_while_off = 32,  // a cover, while the meter had no power
  malicious_load = 33,    // detail: its kind; value: its power in mW
  tripped = 34,
  restored = 35,
  trip_locked = 36,
  programmed = 37,    // by a password, or by what a site allows without one
  card_taken = 40,    // a card did what it was for
  card_refused = 41,  // or not, or what was put into the slot is no card
};

// Detail of the event `order_refused`.
enum class OrderRefusal : std::uint16_t {
  forged = 1,
  stale = 2,  // came late: below the last accepted sequence, and never done
  expired = 3,
  other_meter = 4,
  unknown_verb = 5,
  bad_argument = 6,
  malformed = 7,
  replayed = 8,  // was done before, and another since
};

enum class OrderResult : std::uint16_t { none = 0, done = 1, already_done = 2, refused = 3, not_ready = 4 };

// Bits of `hold_reasons`.
inline constexpr std::uint16_t hold_credit = 1U << 0U;
inline constexpr std::uint16_t hold_order = 1U << 1U;
inline constexpr std::uint16_t hold_overload = 1U << 2U;
inline constexpr std::uint16_t hold_tamper = 1U << 3U;
inline constexpr std::uint16_t hold_malicious_load = 1U << 4U;
inline constexpr std::uint16_t hold_schedule = 1U << 5U;
inline constexpr std::uint16_t hold_power_limit = 1U << 6U;
inline constexpr std::uint16_t hold_reminder = 1U << 7U;
inline constexpr std::uint16_t hold_voltage = 1U << 8U;

// Bits of `alarms`.
inline constexpr std::uint16_t alarm_low_credit = 1U << 0U;
inline constexpr std::uint16_t alarm_no_credit = 1U << 1U;
inline constexpr std::uint16_t alarm_relay_does_not_follow = 1U << 2U;
inline constexpr std::uint16_t alarm_memory = 1U << 3U;
inline constexpr std::uint16_t alarm_reminder = 1U << 4U;      // the second alarm of the credit
inline constexpr std::uint16_t alarm_clock = 1U << 5U;         // the clock is known to be wrong
inline constexpr std::uint16_t alarm_operator = 1U << 6U;      // ordered: light and buzzer
inline constexpr std::uint16_t alarm_limit_locked = 1U << 7U;  // the power limit's tries are used up
inline constexpr std::uint16_t alarm_records = 1U << 8U;       // the flash of the long records failed
inline constexpr std::uint16_t alarm_guard = 1U
                                             << 9U;  // a watched condition or a malicious load: guard_alarms

// snake_case names; "unknown" for a code that is not in the map.
[[nodiscard]] std::string_view event_name(std::uint16_t code);
[[nodiscard]] std::string_view order_refusal_name(std::uint16_t detail);
[[nodiscard]] std::string_view order_result_name(std::uint16_t result);
// The token result register of IEC 62055-41: 1 is "accepted", 10 is "used".
[[nodiscard]] std::string_view token_result_name(std::uint16_t result);
// The name of one bit, by its number: 0 of the hold reasons is "credit", 1 of the alarms "no_credit".
[[nodiscard]] std::string_view hold_reason_name(unsigned bit);
[[nodiscard]] std::string_view alarm_name(unsigned bit);
// Of `measuring_faults`.
[[nodiscard]] std::string_view measuring_fault_name(unsigned bit);

}  // namespace lk::dictionary
