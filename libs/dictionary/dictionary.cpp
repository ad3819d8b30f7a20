// SPDX-License-Identifier: Apache-2.0
#include "dictionary/dictionary.hpp"

#include <array>

#include "assert/assert.hpp"

namespace lk::dictionary {
namespace {

using enum Type;
using enum Access;

constexpr Obis electricity(std::uint8_t c, std::uint8_t d) {
  return {1, 0, c, d, 0, 255};
}
constexpr Obis abstract(std::uint8_t c, std::uint8_t d, std::uint8_t e) {
  return {0, 0, c, d, e, 255};
}
constexpr Obis own(std::uint8_t d) {
  return {0, 0, 128, d, 0, 255};
}

constexpr Row measured_float(Id id, Obis obis, std::string_view name, std::uint16_t address, Unit unit,
                             std::int64_t divisor) {
  return {id, obis, name, address, 2, float32, unit, 0, read, divisor};
}

constexpr Row event_field(Id id, std::uint8_t obis_e, std::string_view name, std::uint16_t offset,
                          std::uint16_t register_count, Type type, Unit unit) {
  return {.id = id,
          .obis = abstract(99, 98, obis_e),
          .name = name,
          .address = static_cast<std::uint16_t>(0x5300 + offset),
          .register_count = register_count,
          .type = type,
          .unit = unit,
          .scale = 0,
          .access = read,
          .slot_count = event_slot_count,
          .slot_stride = event_slot_registers};
}

constexpr Row token_log_field(Id id, std::uint8_t obis_e, std::string_view name, std::uint16_t offset,
                              std::uint16_t register_count, Type type, Unit unit, std::int8_t scale) {
  return {.id = id,
          .obis = abstract(99, 99, obis_e),
          .name = name,
          .address = static_cast<std::uint16_t>(0x5500 + offset),
          .register_count = register_count,
          .type = type,
          .unit = unit,
          .scale = scale,
          .access = read,
          .slot_count = token_log_slot_count,
          .slot_stride = token_log_slot_registers};
}

constexpr std::array<Row, id_count> table{{
    measured_float(Id::sdm_voltage, electricity(32, 7), "sdm_voltage", 0x0000, Unit::volt, 1'000),
    measured_float(Id::sdm_current, electricity(31, 7), "sdm_current", 0x0006, Unit::ampere, 1'000'000),
    measured_float(Id::sdm_active_power, electricity(16, 7), "sdm_active_power", 0x000C, Unit::watt, 1'000),
    measured_float(Id::sdm_apparent_power, electricity(9, 7), "sdm_apparent_power", 0x0012, Unit::volt_ampere,
                   1'000),
    measured_float(Id::sdm_reactive_power, electricity(131, 7), "sdm_reactive_power", 0x0018, Unit::var,
                   1'000),
    measured_float(Id::sdm_power_factor, electricity(13, 7), "sdm_power_factor", 0x001E, Unit::none, 10'000),
    measured_float(Id::sdm_frequency, electricity(14, 7), "sdm_frequency", 0x0046, Unit::hertz, 1'000),
    measured_float(Id::sdm_import_energy, electricity(1, 8), "sdm_import_energy", 0x0048, Unit::kilowatt_hour,
                   3'600'000'000),
    measured_float(Id::sdm_export_energy, electricity(2, 8), "sdm_export_energy", 0x004A, Unit::kilowatt_hour,
                   3'600'000'000),

    {Id::voltage, electricity(32, 7), "voltage", 0x2000, 2, i32, Unit::volt, -3, read},
    {Id::current, electricity(31, 7), "current", 0x2002, 2, i32, Unit::ampere, -3, read},
    {Id::active_power, electricity(16, 7), "active_power", 0x2004, 2, i32, Unit::watt, -1, read},
    {Id::reactive_power, electricity(131, 7), "reactive_power", 0x2006, 2, i32, Unit::var, -1, read},
    {Id::apparent_power, electricity(9, 7), "apparent_power", 0x2008, 2, i32, Unit::volt_ampere, -1, read},
    {Id::power_factor, electricity(13, 7), "power_factor", 0x200A, 2, i32, Unit::none, -4, read},
    {Id::frequency, electricity(14, 7), "frequency", 0x200C, 2, i32, Unit::hertz, -3, read},
    {Id::import_energy, electricity(1, 8), "import_energy", 0x200E, 4, i64, Unit::joule, -3, read},
    {Id::export_energy, electricity(2, 8), "export_energy", 0x2012, 4, i64, Unit::joule, -3, read},
    {Id::clock, abstract(1, 0, 0), "clock", 0x2016, 4, i64, Unit::second, -3, read},

    {Id::meter_number, abstract(96, 1, 0), "meter_number", 0x4000, 6, ascii, Unit::none, 0, read},
    {Id::firmware_version, {1, 0, 0, 2, 0, 255}, "firmware_version", 0x4006, 2, u32, Unit::none, 0, read},
    {Id::model, abstract(96, 1, 1), "model", 0x4008, 8, ascii, Unit::none, 0, read},

    {Id::balance, abstract(19, 10, 0), "balance", 0x5000, 4, i64, Unit::currency, -5, read},
    {Id::priced_energy, own(1), "priced_energy", 0x5004, 4, i64, Unit::joule, -3, read},
    {Id::deducted, own(2), "deducted", 0x5008, 4, i64, Unit::currency, -5, read},
    {Id::credited, own(3), "credited", 0x500C, 4, i64, Unit::currency, -5, read},
    {Id::price, abstract(19, 20, 0), "price", 0x5010, 2, u32, Unit::currency_per_kwh, -4, read},
    {Id::tariff_version, own(4), "tariff_version", 0x5012, 2, u32, Unit::none, 0, read},
    {Id::supply_state, abstract(96, 3, 10), "supply_state", 0x5014, 1, u16, Unit::none, 0, read},
    {Id::hold_reasons, own(5), "hold_reasons", 0x5015, 1, u16, Unit::none, 0, read},
    {Id::alarms, abstract(97, 98, 0), "alarms", 0x5016, 1, u16, Unit::none, 0, read},
    {Id::low_credit, own(6), "low_credit", 0x5017, 4, i64, Unit::currency, -5, read},
    {Id::token_count, own(7), "token_count", 0x501B, 2, u32, Unit::none, 0, read},
    {Id::last_token_result, own(8), "last_token_result", 0x501D, 1, u16, Unit::none, 0, read},
    {Id::order_sequence, own(9), "order_sequence", 0x501E, 2, u32, Unit::none, 0, read},
    {Id::event_count, own(10), "event_count", 0x5020, 2, u32, Unit::none, 0, read},
    {Id::uptime, abstract(96, 8, 0), "uptime", 0x5022, 2, u32, Unit::second, 0, read},
    {Id::power_cuts, abstract(96, 7, 0), "power_cuts", 0x5024, 2, u32, Unit::none, 0, read},

    {Id::token_entry, abstract(19, 40, 0), "token_entry", 0x5100, 10, ascii, Unit::none, 0, read_write},
    {Id::token_result, own(11), "token_result", 0x510A, 1, u16, Unit::none, 0, read},
    {Id::token_amount, own(12), "token_amount", 0x510B, 4, i64, Unit::currency, -5, read},
    {Id::token_identifier, own(13), "token_identifier", 0x510F, 2, u32, Unit::none, 0, read},

    {Id::key_type, own(40), "key_type", 0x5111, 1, u16, Unit::none, 0, read},
    {Id::key_revision, own(41), "key_revision", 0x5112, 1, u16, Unit::none, 0, read},
    {Id::key_expiry, own(42), "key_expiry", 0x5113, 1, u16, Unit::none, 0, read},
    {Id::tariff_index, own(43), "tariff_index", 0x5114, 1, u16, Unit::none, 0, read},
    {Id::supply_group, own(44), "supply_group", 0x5115, 2, u32, Unit::none, 0, read},
    {Id::encryption_algorithm, own(45), "encryption_algorithm", 0x5117, 1, u16, Unit::none, 0, read},
    {Id::token_power_limit, own(46), "token_power_limit", 0x5118, 2, u32, Unit::watt, 0, read},
    {Id::token_unbalance_limit, own(47), "token_unbalance_limit", 0x511A, 2, u32, Unit::watt, 0, read},
    {Id::token_tariff_rate, own(48), "token_tariff_rate", 0x511C, 1, u16, Unit::none, 0, read},
    {Id::test_request, own(49), "test_request", 0x511D, 4, i64, Unit::none, 0, read},
    {Id::token_log_count, own(50), "token_log_count", 0x5121, 2, u32, Unit::none, 0, read},

    {Id::order_entry, own(14), "order_entry", 0x5200, 1 + order_max_bytes / 2, counted, Unit::none, 0, write},
    {Id::order_result, own(15), "order_result", 0x5240, 1, u16, Unit::none, 0, read},
    {Id::order_answered, own(16), "order_answered", 0x5241, 2, u32, Unit::none, 0, read},
    {Id::order_value, own(17), "order_value", 0x5243, 4, i64, Unit::none, 0, read},

    event_field(Id::event_number, 1, "event_number", 0, 2, u32, Unit::none),
    event_field(Id::event_time, 2, "event_time", 2, 2, u32, Unit::second),
    event_field(Id::event_code, 3, "event_code", 4, 1, u16, Unit::none),
    event_field(Id::event_detail, 4, "event_detail", 5, 1, u16, Unit::none),
    event_field(Id::event_value, 5, "event_value", 6, 4, i64, Unit::none),

    token_log_field(Id::token_log_number, 1, "token_log_number", 0, 2, u32, Unit::none, 0),
    token_log_field(Id::token_log_time, 2, "token_log_time", 2, 2, u32, Unit::second, 0),
    token_log_field(Id::token_log_token, 3, "token_log_token", 4, 10, ascii, Unit::none, 0),
    token_log_field(Id::token_log_result, 4, "token_log_result", 14, 1, u16, Unit::none, 0),
    token_log_field(Id::token_log_identifier, 5, "token_log_identifier", 15, 2, u32, Unit::none, 0),
    token_log_field(Id::token_log_amount, 6, "token_log_amount", 17, 4, i64, Unit::currency, -5),
}};

constexpr std::uint16_t size_of(Type type) {
  switch (type) {
    case u16:
      return 1;
    case u32:
    case i32:
    case float32:
      return 2;
    case i64:
      return 4;
    case ascii:
    case counted:
      return 0;  // any
  }
  return 0;
}

consteval bool in_order_of_ids_and_addresses() {
  std::uint32_t end = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Row& r = table[i];
    if (r.id != static_cast<Id>(i) || r.register_count == 0 || r.slot_count == 0) return false;
    if (size_of(r.type) != 0 && size_of(r.type) != r.register_count) return false;
    if (r.address < end) return false;
    if (r.slot_count > 1 && r.slot_stride < r.register_count) return false;
    end = std::uint32_t{r.address} + r.register_count;
  }
  return end <= 0x10000;
}
static_assert(in_order_of_ids_and_addresses(), "rows overlap, are out of order, or have a wrong size");

// Rows that stand more than once stand last, in blocks: those of one block side by side in one stride, so
// that their slots cannot overlap, and the blocks one behind the other.
consteval bool slots_are_blocks() {
  const Row* first = nullptr;
  for (const Row& r : table) {
    if (r.slot_count == 1) {
      if (first != nullptr) return false;
      continue;
    }
    const std::uint32_t end = std::uint32_t{r.address} + r.register_count;
    const bool is_same_block =
        first != nullptr && r.address < std::uint32_t{first->address} + first->slot_stride;
    if (!is_same_block) {
      if (first != nullptr &&
          r.address < first->address + std::uint32_t{first->slot_stride} * first->slot_count)
        return false;
      first = &r;
    }
    if (r.slot_stride != first->slot_stride || r.slot_count != first->slot_count) return false;
    if (end > std::uint32_t{first->address} + first->slot_stride) return false;
  }
  return true;
}
static_assert(slots_are_blocks());

consteval bool names_are_unique() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t j = i + 1; j < table.size(); ++j) {
      if (table[i].name == table[j].name) return false;
      const bool view = table[i].type == float32 || table[j].type == float32;
      if (!view && table[i].obis == table[j].obis) return false;
    }
  }
  return true;
}
static_assert(names_are_unique(), "a name or an OBIS code stands twice");

}  // namespace

std::span<const Row> rows() {
  return table;
}

const Row& row(Id id) {
  const auto index = static_cast<std::size_t>(id);
  ensure(index < table.size());
  return table[index];
}

const Row* find(std::string_view name) {
  for (const Row& r : table) {
    if (r.name == name) return &r;
  }
  return nullptr;
}

Place find(std::uint16_t address) {
  for (const Row& r : table) {
    if (address < r.address) break;
    const auto distance = static_cast<std::uint16_t>(address - r.address);
    const auto slot = static_cast<std::uint16_t>(r.slot_count > 1 ? distance / r.slot_stride : 0);
    const auto within = static_cast<std::uint16_t>(distance - slot * r.slot_stride);
    if (slot < r.slot_count && within < r.register_count) return {&r, slot, within};
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

}  // namespace lk::dictionary
