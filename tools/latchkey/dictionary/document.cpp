// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/dictionary/document.hpp"

#include <array>
#include <cstdio>
#include <string_view>

#include "dictionary/commands.hpp"
#include "dictionary/dictionary.hpp"
#include "dictionary/sdm.hpp"
#include "dictionary/sdm_settings.hpp"
#include "tools/latchkey/dictionary/about.hpp"
#include "tools/latchkey/read/reading.hpp"

namespace lk::tools {
namespace {

using dictionary::Access;
using dictionary::Group;
using dictionary::Row;
using dictionary::Type;
using dictionary::Unit;

std::string hex4(unsigned address) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04X", address);
  return text.data();
}

std::string type_name(const Row& row) {
  switch (row.type) {
    case Type::u16:
      return "u16";
    case Type::u32:
      return "u32";
    case Type::i32:
      return "i32";
    case Type::i64:
      return "i64";
    case Type::ascii:
      return "ascii";
    case Type::counted:
      return "counted";
  }
  return "";
}

std::string access_name(const Row& row) {
  if (row.is_secret) return "order, secret";
  switch (row.access) {
    case Access::read:
      return "read";
    case Access::write:
      return "write";
    case Access::read_write:
      return "read, write";
    case Access::by_order:
      return "read, order";
  }
  return "";
}

std::string unit_name(Unit unit) {
  switch (unit) {
    case Unit::currency:
      return "currency";
    case Unit::currency_per_kwh:
      return "currency/kWh";
    default:
      return std::string(dictionary::symbol(unit));
  }
}

// "0.001 V", "0.0001", "V".
std::string measure(const Row& row) {
  const std::string unit = unit_name(row.unit);
  if (row.scale == 0) return unit;
  return decimal(1, row.scale) + (unit.empty() ? "" : " " + unit);
}

std::string obis_text(const dictionary::Obis& obis) {
  return std::to_string(obis.a) + "-" + std::to_string(obis.b) + ":" + std::to_string(obis.c) + "." +
         std::to_string(obis.d) + "." + std::to_string(obis.e);
}

std::string range_text(const Row& row) {
  if (!row.is_parameter()) return "";
  const std::string range = std::to_string(row.range.lowest) + " to " + std::to_string(row.range.highest);
  return row.range.initial == 0 ? range : range + ", at first " + std::to_string(row.range.initial);
}

// "200E", or "6210 + 4·slot, 8 slots".
std::string place(const Row& row) {
  if (row.slot_count == 1) return hex4(row.address);
  return hex4(row.address) + " + " + std::to_string(row.slot_stride) + "·s, s < " +
         std::to_string(row.slot_count);
}

std::string_view title(Group group) {
  switch (group) {
    case Group::measured:
      return "Measured values as integers";
    case Group::harmonics:
      return "Harmonics";
    case Group::phases:
      return "Measured values of each phase";
    case Group::phase_harmonics:
      return "Harmonics of each phase";
    case Group::identity:
      return "Identity";
    case Group::account:
      return "Prepaid account";
    case Group::token:
      return "Token entry";
    case Group::order:
      return "Sealed orders";
    case Group::command:
      return "Command block";
    case Group::event:
      return "Events";
    case Group::token_log:
      return "Token log";
    case Group::credit:
      return "Credit";
    case Group::credit_parameters:
      return "Credit parameters";
    case Group::supply:
      return "Supply";
    case Group::supply_parameters:
      return "Supply parameters";
    case Group::demand_and_voltage:
      return "Demand and voltage";
    case Group::records_parameters:
      return "Records parameters";
    case Group::clock:
      return "Clock";
    case Group::link_parameters:
      return "Link parameters";
    case Group::line_parameters:
      return "The serial line";
    case Group::panel_parameters:
      return "Panel parameters";
    case Group::guard:
      return "Guard";
    case Group::guard_parameters:
      return "Guard parameters";
    case Group::long_records:
      return "Long records";
  }
  return "";
}

std::string head_of_map() {
  return "# The register map\n\n"
         "Made by `latchkey dictionary --format md` from the dictionary; a test holds it to be current. The "
         "same "
         "as\n[register-map.csv](register-map.csv) and as a device profile, "
         "[device-profile.json](device-profile.json). What the values mean to each other,\nhow a token or an "
         "order is entered, and the codes of events: [formats/modbus-map.md](formats/modbus-map.md).\n\n"
         "Addresses are wire addresses in hexadecimal: a tool that counts registers from 1 wants one more. "
         "Functions 03 and 04\nread the same, but for the settings of an SDM. High word first, high byte "
         "first. A value is read and written "
         "whole. A value is its register's number times\nthe factor in its unit. *Order*: changed by a "
         "sealed "
         "order ([formats/order.md](formats/order.md)) only, or by the password of the\ncompatibility mode "
         "where "
         "it is not worth money.\n";
}

// "`phase_voltage[1]`", "the mean of `phase_voltage`".
std::string shown_by(const dictionary::FloatView& view) {
  const dictionary::Row& row = dictionary::row(view.id);
  const std::string name = "`" + std::string(row.name);
  if (view.over == dictionary::Over::mean) return "the mean of " + name + "`";
  if (view.over == dictionary::Over::sum) return "the sum of " + name + "`";
  return name + (row.slot_count > 1 ? "[" + std::to_string(view.slot_index) + "]`" : "`");
}

std::string float_table() {
  std::string text =
      "\n## Measured values as floats (SDM120, SDM630)\n"
      "IEEE 754 single precision. From 0000 to 0183 every other register reads as zero.\n\n"
      "| address | name | unit | shows |\n|---|---|---|---|\n";
  for (const dictionary::FloatView& view : dictionary::float_views()) {
    text += "| " + hex4(view.address) + " | `" + std::string(view.name) + "` | " + unit_name(view.unit) +
            " | " + shown_by(view) + " |\n";
  }
  return text;
}

std::string setting_table() {
  std::string text =
      "\n## Settings as of an SDM120, SDM630\nFloats as well. Function 03 reads one where just its two "
      "registers are asked for; function 10 writes one, with the\npassword of the compatibility mode, which "
      "is "
      "written first and off in a new meter.\n\n| address | name | row | values |\n|---|---|---|---|\n";
  for (const dictionary::SdmSetting& setting : dictionary::sdm_settings()) {
    text += "| " + hex4(setting.address) + " | " + std::string(setting.name) + " | `" +
            std::string(dictionary::row(setting.id).name) + "` | " + std::string(setting.meaning) + " |\n";
  }
  return text;
}

std::string row_line(const Row& row) {
  std::string text = "| " + place(row) + " | `" + std::string(row.name) + "` | " + type_name(row);
  if (!row.is_number()) text += " " + std::to_string(row.register_count);
  text += " | " + measure(row) + " | " + access_name(row) + " | " + obis_text(row.obis) + " | ";
  std::string meaning(about(row.name));
  const std::string range = range_text(row);
  if (!range.empty()) meaning += (meaning.empty() ? "" : "; ") + range;
  return text + meaning + " |\n";
}

std::string_view passwords_name(dictionary::Passwords passwords) {
  switch (passwords) {
    case dictionary::Passwords::none:
      return "no";
    case dictionary::Passwords::modbus:
      return "Modbus";
    case dictionary::Passwords::dlt645:
      return "DL/T 645";
    case dictionary::Passwords::both:
      return "both";
  }
  return "";
}

std::string command_tables() {
  std::string text =
      "\n## Verbs\nOf sealed orders; as a command its code is 0100 and the verb. *Password*: which one a "
      "site "
      "may let give it\nwithout a seal, that of the compatibility mode (Modbus) or those of DL/T 645 and of "
      "the "
      "optical port.\n\n| verb | name | arguments | password |\n|---|---|---|---|\n";
  for (const dictionary::VerbRow& verb : dictionary::verbs()) {
    text += "| " + std::to_string(verb.verb) + " | " + std::string(verb.name) + " | " +
            std::string(verb.arguments) + " | " + std::string(passwords_name(verb.passwords)) + " |\n";
  }
  text +=
      "\n## Record files\nFor function 14 and `log_kind`; entries as in "
      "[formats/records.md](formats/records.md).\n\n| file | `log_kind` | record | holds at least "
      "|\n|---|---|---|---|\n";
  for (const dictionary::RecordRow& record : dictionary::records()) {
    text += "| " + std::to_string(record.number + 1) + " | " + std::to_string(record.number) + " | " +
            std::string(record.name) + " | " +
            (record.least_entries == 0 ? "what is left" : std::to_string(record.least_entries)) + " |\n";
  }
  return text;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    result += c;
    if (c == '"') result += c;
  }
  return result + "\"";
}

// A JSON object out of members that are JSON already.
std::string object(std::initializer_list<std::pair<std::string_view, std::string>> members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    text += (text.size() > 1 ? ", " : "") + json_text(name) + ": " + value;
  }
  return text + "}";
}

std::string profile_entry(const Row& row) {
  const bool has_slots = row.slot_count > 1;
  const bool is_range = row.is_parameter();
  const std::string unit = unit_name(row.unit);
  return object({{"name", json_text(row.name)},
                 {"group", json_text(dictionary::name_of(row.group))},
                 {"address", std::to_string(row.address)},
                 {"registers", std::to_string(row.register_count)},
                 {"type", json_text(type_name(row))},
                 {"factor", row.is_number() ? decimal(1, row.scale) : ""},
                 {"unit", unit.empty() ? "" : json_text(unit)},
                 {"access", json_text(access_name(row))},
                 {"minimum", is_range ? std::to_string(row.range.lowest) : ""},
                 {"maximum", is_range ? std::to_string(row.range.highest) : ""},
                 {"slots", has_slots ? std::to_string(row.slot_count) : ""},
                 {"stride", has_slots ? std::to_string(row.slot_stride) : ""},
                 {"obis", json_text(obis_text(row.obis))}});
}

}  // namespace

std::string register_map() {
  std::string text = head_of_map() + float_table() + setting_table();
  const Row* before = nullptr;
  for (const Row& row : dictionary::rows()) {
    if (before == nullptr || before->group != row.group) {
      text +=
          "\n## " + std::string(title(row.group)) +
          "\n| address | name | type | factor | access | OBIS | meaning |\n|---|---|---|---|---|---|---|\n";
    }
    text += row_line(row);
    before = &row;
  }
  return text + command_tables();
}

std::string register_table() {
  std::string text =
      "address,registers,name,group,type,factor,unit,access,slots,stride,lowest,highest,initial,obis,"
      "meaning\n";
  for (const dictionary::FloatView& view : dictionary::float_views()) {
    text += hex4(view.address) + ",2," + std::string(view.name) + ",sdm,float32,1," + unit_name(view.unit) +
            ",read,1,0,,,," + obis_text(dictionary::row(view.id).obis_of(view.slot_index)) + "," +
            quoted("shows " + shown_by(view)) + "\n";
  }
  for (const Row& row : dictionary::rows()) {
    text += hex4(row.address) + "," + std::to_string(row.register_count) + "," + std::string(row.name) + "," +
            std::string(dictionary::name_of(row.group)) + "," + type_name(row) + "," +
            (row.is_number() ? decimal(1, row.scale) : "") + "," + unit_name(row.unit) + "," +
            quoted(access_name(row)) + "," + std::to_string(row.slot_count) + "," +
            std::to_string(row.slot_stride) + ",";
    text += row.is_parameter() ? std::to_string(row.range.lowest) + "," + std::to_string(row.range.highest) +
                                     "," + std::to_string(row.range.initial)
                               : ",,";
    text += "," + obis_text(row.obis) + "," + quoted(about(row.name)) + "\n";
  }
  return text;
}

std::string device_profile() {
  std::string text =
      "{\n  \"vendor\": \"Latchkey\",\n  \"model\": \"LK1P\",\n  \"protocol\": \"modbus-rtu\",\n"
      "  \"read_functions\": [3, 4],\n  \"write_functions\": [6, 16],\n  \"byte_order\": \"big\",\n"
      "  \"word_order\": \"big\",\n  \"addressing\": \"zero-based\",\n  \"registers\": [\n";
  for (const dictionary::FloatView& view : dictionary::float_views()) {
    const std::string unit = unit_name(view.unit);
    text += "    " +
            object({{"name", json_text(view.name)},
                    {"group", json_text("sdm")},
                    {"address", std::to_string(view.address)},
                    {"registers", "2"},
                    {"type", json_text("float32")},
                    {"factor", "1"},
                    {"unit", unit.empty() ? "" : json_text(unit)},
                    {"access", json_text("read")},
                    {"obis", json_text(obis_text(dictionary::row(view.id).obis_of(view.slot_index)))}}) +
            ",\n";
  }
  for (const Row& row : dictionary::rows())
    text += "    " + profile_entry(row) + (row.id == dictionary::rows().back().id ? "\n" : ",\n");
  return text + "  ]\n}\n";
}

}  // namespace lk::tools
