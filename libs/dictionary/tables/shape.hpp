// SPDX-License-Identifier: Apache-2.0
// The words that the tables of this folder are written in, so that a row is one line:
//
//   value      a number that is read                      parameter  a number that a sealed order changes
//   entry      a number that anybody may write            secret     the same, which nobody may read
//   text       characters    block  a size and bytes      text_entry, block_entry  what is written as a whole
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dictionary/row.hpp"

namespace lk::dictionary::tables {

using enum Type;

// A unit and a power of ten.
struct Measure {
  Unit unit;
  std::int8_t scale;
};
inline constexpr Measure plain{Unit::none, 0};
inline constexpr Measure e4{Unit::none, -4};
inline constexpr Measure mV{Unit::volt, -3};
inline constexpr Measure mA{Unit::ampere, -3};
inline constexpr Measure watt{Unit::watt, 0};
inline constexpr Measure dW{Unit::watt, -1};
inline constexpr Measure dvar{Unit::var, -1};
inline constexpr Measure dVA{Unit::volt_ampere, -1};
inline constexpr Measure mHz{Unit::hertz, -3};
inline constexpr Measure mJ{Unit::joule, -3};
inline constexpr Measure mvars{Unit::var_second, -3};
inline constexpr Measure mVAs{Unit::volt_ampere_second, -3};
inline constexpr Measure mdeg{Unit::degree, -3};
inline constexpr Measure ms{Unit::second, -3};
inline constexpr Measure seconds{Unit::second, 0};
inline constexpr Measure money{Unit::currency, -5};
inline constexpr Measure price_e4{Unit::currency_per_kwh, -4};

inline constexpr std::int64_t most = 1'000'000'000'000'000;  // of an amount: 10 milliards
inline constexpr std::int64_t all_bits = 0xFFFF'FFFF;        // of a window, which is judged further

constexpr Obis electricity(std::uint8_t c, std::uint8_t d) {
  return {1, 0, c, d, 0, 255};
}
constexpr Obis abstract(std::uint8_t c, std::uint8_t d, std::uint8_t e) {
  return {0, 0, c, d, e, 255};
}
constexpr Obis own(std::uint8_t d, std::uint8_t e = 0) {
  return {0, 0, 128, d, e, 255};
}

constexpr std::uint16_t registers_of(Type type) {
  switch (type) {
    case u16:
      return 1;
    case u32:
    case i32:
      return 2;
    case i64:
      return 4;
    case ascii:
    case counted:
      break;
  }
  return 0;  // as many as the row says
}

// `slot_count` values of one row stand one behind the other.
constexpr Row value(Id id, std::string_view name, Obis obis, std::uint16_t address, Type type,
                    Measure measure, std::uint16_t slot_count = 1) {
  const std::uint16_t registers = registers_of(type);
  return {.id = id,
          .obis = obis,
          .name = name,
          .address = address,
          .register_count = registers,
          .type = type,
          .unit = measure.unit,
          .scale = measure.scale,
          .access = Access::read,
          .slot_count = slot_count,
          .slot_stride = slot_count > 1 ? registers : std::uint16_t{0}};
}

constexpr Row parameter(Id id, std::string_view name, Obis obis, std::uint16_t address, Type type,
                        Measure measure, Range range, std::uint16_t slot_count = 1) {
  Row row = value(id, name, obis, address, type, measure, slot_count);
  row.access = Access::by_order;
  row.range = range;
  return row;
}

constexpr Row secret(Id id, std::string_view name, Obis obis, std::uint16_t address, Type type,
                     Measure measure, Range range) {
  Row row = parameter(id, name, obis, address, type, measure, range);
  row.is_secret = true;
  return row;
}

constexpr Row entry(Id id, std::string_view name, Obis obis, std::uint16_t address, Type type,
                    Measure measure, Access access = Access::read_write) {
  Row row = value(id, name, obis, address, type, measure);
  row.access = access;
  return row;
}

constexpr Row text(Id id, std::string_view name, Obis obis, std::uint16_t address,
                   std::uint16_t register_count, Access access = Access::read) {
  Row row = value(id, name, obis, address, ascii, plain);
  row.register_count = register_count;
  row.access = access;
  return row;
}

constexpr Row text_entry(Id id, std::string_view name, Obis obis, std::uint16_t address,
                         std::uint16_t register_count) {
  return text(id, name, obis, address, register_count, Access::read_write);
}

constexpr Row block(Id id, std::string_view name, Obis obis, std::uint16_t address,
                    std::uint16_t register_count) {
  Row row = text(id, name, obis, address, register_count);
  row.type = counted;
  return row;
}

constexpr Row block_entry(Id id, std::string_view name, Obis obis, std::uint16_t address,
                          std::uint16_t register_count) {
  Row row = block(id, name, obis, address, register_count);
  row.access = Access::write;
  return row;
}

// A field of a log whose entries stand in `slot_count` slots, `stride` registers apart.
constexpr Row in_slots(Row row, std::uint16_t slot_count, std::uint16_t stride) {
  row.slot_count = slot_count;
  row.slot_stride = stride;
  return row;
}

template <std::size_t n>
constexpr std::array<Row, n> grouped(Group group, std::array<Row, n> table) {
  for (Row& row : table) row.group = group;
  return table;
}

}  // namespace lk::dictionary::tables
