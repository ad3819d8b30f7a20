// SPDX-License-Identifier: Apache-2.0
// What the dictionary says of one value of the meter.
#pragma once

#include <cstdint>
#include <string_view>

#include "dictionary/id.hpp"

namespace lk::dictionary {

// How the registers are to be read; numbers have their high byte and high word first.
enum class Type : std::uint8_t {
  u16,
  u32,
  i32,
  i64,
  ascii,    // characters, NUL-padded
  counted,  // a u16 size in bytes, then the bytes, zero-padded to whole registers
};

enum class Unit : std::uint8_t {
  none,  // a code, a count, a text, a ratio
  volt,
  ampere,
  watt,
  var,
  volt_ampere,
  hertz,
  joule,
  var_second,
  volt_ampere_second,
  kilowatt_hour,
  kilovar_hour,
  kilovolt_ampere_hour,
  degree,
  percent,
  second,
  currency,  // the currency unit
  currency_per_kwh,
};

enum class Access : std::uint8_t {
  read,
  write,
  read_write,
  by_order,  // a parameter: open to read (but for a secret), changed by a sealed order only
};

// Which table a row is of, and so which part of the meter knows its value.
enum class Group : std::uint8_t {
  measured,
  harmonics,
  phases,
  phase_harmonics,
  identity,
  account,
  token,
  order,
  command,
  event,
  token_log,
  credit,
  credit_parameters,  // what they say is worth money: no password reaches them
  supply,
  supply_parameters,
  demand_and_voltage,
  records_parameters,
  clock,
  link_parameters,
  line_parameters,
  panel_parameters,
  guard,
  guard_parameters,
  long_records,
};

// What a parameter may be, in the row's own integers, and what it is in a new meter.
struct Range {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  std::int64_t initial = 0;
};

// How a code rises from slot to slot.
struct ObisStep {
  std::uint8_t c = 0;
  std::uint8_t e = 1;
};

// A code of IEC 62056-61: A-B:C.D.E*F. Where the standard has none, C is 128 (of the manufacturer).
struct Obis {
  std::uint8_t a, b, c, d, e, f;
  constexpr bool operator==(const Obis&) const = default;
};

struct Row {
  Id id;
  Obis obis;
  std::string_view name;  // snake_case, as in docs/register-map.md and on MQTT
  std::uint16_t address;  // wire address of the first register
  std::uint16_t register_count;
  Type type;
  Unit unit;
  std::int8_t scale;  // the value is the number times ten to this power, in `unit`
  Access access;
  bool is_secret = false;  // reads as 0
  Group group{};
  // A row that stands more than once (events): how often, and how many registers from one to the next.
  std::uint16_t slot_count = 1;
  std::uint16_t slot_stride = 0;
  Range range{};  // of parameters
  ObisStep obis_step{};

  [[nodiscard]] constexpr bool is_parameter() const { return access == Access::by_order; }
  [[nodiscard]] constexpr bool is_readable() const { return access != Access::write; }
  [[nodiscard]] constexpr bool is_number() const { return type != Type::ascii && type != Type::counted; }
  // The code of a slot.
  [[nodiscard]] constexpr Obis obis_of(std::uint16_t slot_index) const {
    Obis code = obis;
    code.c = static_cast<std::uint8_t>(code.c + slot_index * obis_step.c);
    code.e = static_cast<std::uint8_t>(code.e + slot_index * obis_step.e);
    return code;
  }
  // The wire address of a slot.
  [[nodiscard]] constexpr std::uint16_t address_of(std::uint16_t slot_index) const {
    return static_cast<std::uint16_t>(address + slot_index * slot_stride);
  }
};

// The event slots: number n stands in slot n mod 12.
inline constexpr std::uint16_t event_slot_count = 12;
inline constexpr std::uint16_t event_slot_registers = 10;
// The log of tokens: number n stands in slot n mod 50.
inline constexpr std::uint16_t token_log_slot_count = 50;
inline constexpr std::uint16_t token_log_slot_registers = 24;
// Registers for the longest sealed order: its size and 78 bytes.
inline constexpr std::uint16_t order_max_bytes = 78;
// Arguments of the command block: a sealed order is the longest.
inline constexpr std::uint16_t command_max_bytes = 78;

}  // namespace lk::dictionary
