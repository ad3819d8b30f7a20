// SPDX-License-Identifier: Apache-2.0
// One row for each value that a meter shows or takes. A row that is found by name or by Modbus address says
// how its registers are read (`codec.hpp`). The table is checked while it is compiled: rows rise by address
// and none overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lk::dictionary {

enum class Id : std::uint8_t {
  sdm_voltage,
  sdm_current,
  sdm_active_power,
  sdm_apparent_power,
  sdm_reactive_power,
  sdm_power_factor,
  sdm_frequency,
  sdm_import_energy,
  sdm_export_energy,
  voltage,
  current,
  active_power,
  reactive_power,
  apparent_power,
  power_factor,
  frequency,
  import_energy,
  export_energy,
  clock,
  meter_number,
  firmware_version,
  model,
  balance,
  priced_energy,
  deducted,
  credited,
  price,
  tariff_version,
  supply_state,
  hold_reasons,
  alarms,
  low_credit,
  token_count,
  last_token_result,
  order_sequence,
  event_count,
  uptime,
  power_cuts,
  token_entry,
  token_result,
  token_amount,
  token_identifier,
  key_type,
  key_revision,
  key_expiry,
  tariff_index,
  supply_group,
  encryption_algorithm,
  token_power_limit,
  token_unbalance_limit,
  token_tariff_rate,
  test_request,
  token_log_count,
  order_entry,
  order_result,
  order_answered,
  order_value,
  event_number,
  event_time,
  event_code,
  event_detail,
  event_value,
  token_log_number,
  token_log_time,
  token_log_token,
  token_log_result,
  token_log_identifier,
  token_log_amount,
};
inline constexpr std::size_t id_count = static_cast<std::size_t>(Id::token_log_amount) + 1;

// How the registers are to be read; numbers have their high byte and high word first.
enum class Type : std::uint8_t {
  u16,
  u32,
  i32,
  i64,
  float32,  // IEEE 754 single precision
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
  kilowatt_hour,
  second,
  currency,  // the currency unit
  currency_per_kwh,
};

enum class Access : std::uint8_t { read, write, read_write };

// A code of IEC 62056-61: A-B:C.D.E*F. Where the standard has none, C is 128 (of the manufacturer).
struct Obis {
  std::uint8_t a, b, c, d, e, f;
  constexpr bool operator==(const Obis&) const = default;
};

struct Row {
  Id id;
  Obis obis;
  std::string_view name;  // snake_case, as in docs/formats/modbus-map.md and on MQTT
  std::uint16_t address;  // wire address of the first register
  std::uint16_t register_count;
  Type type;
  Unit unit;
  // Integers: the value is the register's number times ten to this power, in `unit`.
  std::int8_t scale;
  Access access;
  // Float32 rows: the meter's own integer is divided by this. Else 1.
  std::int64_t divisor = 1;
  // A row that stands more than once (events): how often, and how many registers from one to the next.
  std::uint16_t slot_count = 1;
  std::uint16_t slot_stride = 0;
};

// All rows, rising by address.
[[nodiscard]] std::span<const Row> rows();
[[nodiscard]] const Row& row(Id id);
// The row of that name, or null.
[[nodiscard]] const Row* find(std::string_view name);

// Where an address stands: in which register of which slot of which row; `row` is null where no row has it.
struct Place {
  const Row* row = nullptr;
  std::uint16_t slot_index = 0;
  std::uint16_t register_index = 0;
};
[[nodiscard]] Place find(std::uint16_t address);

// The block at which registers without a row read as zero, as in an SDM120.
inline constexpr std::uint16_t sdm_first_address = 0x0000;
inline constexpr std::uint16_t sdm_last_address = 0x004F;
[[nodiscard]] constexpr bool is_sdm_gap(std::uint16_t address) {
  return address <= sdm_last_address;
}

// The event slots: number n stands in slot n mod 12.
inline constexpr std::uint16_t event_slot_count = 12;
inline constexpr std::uint16_t event_slot_registers = 10;
// The log of tokens: number n stands in slot n mod 50.
inline constexpr std::uint16_t token_log_slot_count = 50;
inline constexpr std::uint16_t token_log_slot_registers = 24;
// Registers for the longest sealed order: its size and 78 bytes.
inline constexpr std::uint16_t order_max_bytes = 78;

// "V", "kWh"; empty for none and for money, whose name the site knows.
[[nodiscard]] std::string_view symbol(Unit unit);

}  // namespace lk::dictionary
