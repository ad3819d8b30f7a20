// SPDX-License-Identifier: Apache-2.0
#include "dictionary/dictionary.hpp"

#include <algorithm>
#include <array>

#include "assert/assert.hpp"
#include "dictionary/table.hpp"

namespace lk::dictionary {
namespace {

consteval bool rows_are_sound() {
  for (const Row& r : table) {
    const std::uint16_t registers = tables::registers_of(r.type);
    if (r.register_count == 0 || (registers != 0 && registers != r.register_count)) return false;
    if (r.slot_count == 0 || (r.slot_count > 1 && r.slot_stride < r.register_count)) return false;
    if (r.address + r.slot_stride * (r.slot_count - 1) + r.register_count > 0x10000) return false;
    if (row_of(r.id).address != r.address) return false;  // two rows of one Id
  }
  return true;
}
static_assert(rows_are_sound(), "a row has a wrong size or shares its Id");

consteval bool rows_do_not_overlap() {
  std::uint32_t end = 0;
  for (const Row& r : table) {
    if (r.address < end) return false;
    end = std::uint32_t{r.address} + r.register_count;
  }
  return true;
}
static_assert(rows_do_not_overlap(), "two rows claim one address");

// Rows that stand more than once are in blocks: those of one block side by side in one stride, so that their
// slots cannot overlap; and nothing else begins before a block's end.
consteval bool slots_are_blocks() {
  Row first{};  // of the block under way; its slot count is 1 where there is none
  for (const Row& r : table) {
    if (first.slot_count > 1) {
      const std::uint32_t first_slot_end = std::uint32_t{first.address} + first.slot_stride;
      const std::uint32_t end = first.address + std::uint32_t{first.slot_stride} * first.slot_count;
      if (r.address < first_slot_end) {
        if (r.slot_stride != first.slot_stride || r.slot_count != first.slot_count) return false;
        if (std::uint32_t{r.address} + r.register_count > first_slot_end) return false;
        continue;
      }
      if (r.address < end) return false;
    }
    first = r;
  }
  return true;
}
static_assert(slots_are_blocks(), "two rows claim one address in some slot");

consteval std::uint64_t number_of(const Obis& obis) {
  std::uint64_t number = 0;
  for (const std::uint8_t part : {obis.a, obis.b, obis.c, obis.d, obis.e, obis.f})
    number = number << 8U | part;
  return number;
}

consteval bool names_are_unique() {
  std::array<std::string_view, table.size()> names{};
  std::array<std::uint64_t, table.size()> codes{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    names[i] = table[i].name;
    // Phase 1 may have the code of the row that shows it among the measured ones.
    codes[i] = number_of(table[i].group == Group::phases ? table[i].obis_of(1) : table[i].obis);
  }
  std::ranges::sort(names);
  std::ranges::sort(codes);
  return std::ranges::adjacent_find(names) == names.end() && std::ranges::adjacent_find(codes) == codes.end();
}
static_assert(names_are_unique(), "a name or an OBIS code stands twice");

consteval bool ranges_are_sound() {
  for (const Row& r : table) {
    if (r.is_parameter() != (r.range.lowest < r.range.highest)) return false;
    if (r.range.initial < r.range.lowest || r.range.initial > r.range.highest) return false;
    if (r.is_secret && !r.is_parameter()) return false;
  }
  return true;
}
static_assert(ranges_are_sound(), "a parameter has no range, or another row has one");

}  // namespace

std::span<const Row> rows() {
  return table;
}

const Row& row(Id id) {
  ensure(static_cast<std::size_t>(id) < id_count);
  return row_of(id);
}

const Row* find(std::string_view name) {
  const auto* found = std::ranges::find(table, name, &Row::name);
  return found == table.end() ? nullptr : found;
}

// The last row that begins at or before the address has it, or, where that stands in slots, one of the rows
// of its block.
Place find(std::uint16_t address) {
  const auto* after = std::ranges::upper_bound(table, address, {}, &Row::address);
  while (after != table.begin()) {
    const Row& r = *--after;
    const auto distance = static_cast<std::uint16_t>(address - r.address);
    const auto slot = static_cast<std::uint16_t>(r.slot_count > 1 ? distance / r.slot_stride : 0);
    const auto within = static_cast<std::uint16_t>(distance - slot * r.slot_stride);
    if (slot < r.slot_count && within < r.register_count) return {&r, slot, within};
    if (r.slot_count == 1) break;
  }
  return {};
}

std::string_view symbol(Unit unit) {
  switch (unit) {
    case Unit::volt:
      return "V";
    case Unit::ampere:
      return "A";
    case Unit::watt:
      return "W";
    case Unit::var:
      return "var";
    case Unit::volt_ampere:
      return "VA";
    case Unit::hertz:
      return "Hz";
    case Unit::joule:
      return "J";
    case Unit::var_second:
      return "vars";
    case Unit::volt_ampere_second:
      return "VAs";
    case Unit::kilovar_hour:
      return "kvarh";
    case Unit::kilovolt_ampere_hour:
      return "kVAh";
    case Unit::degree:
      return "deg";
    case Unit::percent:
      return "%";
    case Unit::kilowatt_hour:
      return "kWh";
    case Unit::second:
      return "s";
    case Unit::none:
    case Unit::currency:
    case Unit::currency_per_kwh:
      break;
  }
  return {};
}

std::string_view name_of(Group group) {
  constexpr std::array<std::string_view, 24> names{"measured",
                                                   "harmonics",
                                                   "phases",
                                                   "phase_harmonics",
                                                   "identity",
                                                   "account",
                                                   "token",
                                                   "order",
                                                   "command",
                                                   "event",
                                                   "token_log",
                                                   "credit",
                                                   "credit_parameters",
                                                   "supply",
                                                   "supply_parameters",
                                                   "demand_and_voltage",
                                                   "records_parameters",
                                                   "clock",
                                                   "link_parameters",
                                                   "line_parameters",
                                                   "panel_parameters",
                                                   "guard",
                                                   "guard_parameters",
                                                   "long_records"};
  static_assert(names.size() == static_cast<std::size_t>(Group::long_records) + 1);
  return names[static_cast<std::size_t>(group)];
}

}  // namespace lk::dictionary
