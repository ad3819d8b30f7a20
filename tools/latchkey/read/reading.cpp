// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/read/reading.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <utility>

#include "bytes/bytes.hpp"
#include "dictionary/codec.hpp"
#include "dictionary/codes.hpp"
#include "modbus/frame.hpp"
#include "quantity/quantity.hpp"

namespace lk::tools {

namespace {

using dictionary::Id;

struct TypeName {
  std::string_view name;
  ValueType type;
  std::uint16_t register_count;
};
constexpr std::array<TypeName, 8> types{{{"u16", ValueType::u16, 1},
                                         {"i16", ValueType::i16, 1},
                                         {"u32", ValueType::u32, 2},
                                         {"i32", ValueType::i32, 2},
                                         {"u64", ValueType::u64, 4},
                                         {"i64", ValueType::i64, 4},
                                         {"float32", ValueType::float32, 2},
                                         {"ascii", ValueType::ascii, 0}}};

ValueType type_of(dictionary::Type type) {
  switch (type) {
    case dictionary::Type::u16:
      return ValueType::u16;
    case dictionary::Type::u32:
      return ValueType::u32;
    case dictionary::Type::i32:
      return ValueType::i32;
    case dictionary::Type::i64:
      return ValueType::i64;
    case dictionary::Type::ascii:
    case dictionary::Type::counted:
      return ValueType::ascii;
  }
  return ValueType::u16;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string instant_text(std::int64_t unix_ms) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>(unix_ms % 1000));
  return text.data();
}

std::string bit_names(std::int64_t bits, std::string_view (*name)(unsigned)) {
  std::string names;
  for (unsigned bit = 0; bit < 16; ++bit) {
    if ((static_cast<std::uint64_t>(bits) >> bit & 1U) == 0) continue;
    if (!names.empty()) names += ", ";
    names += name(bit);
  }
  return names.empty() ? "none" : names;
}

// A code or time in words; empty where the number speaks for itself.
std::string in_words(Id id, std::int64_t number) {
  const auto code = static_cast<std::uint16_t>(number);
  switch (id) {
    case Id::clock:
      return instant_text(number);
    case Id::event_time:
      return instant_text(number * 1000);
    case Id::supply_state:
      return number == 1 ? "closed" : "open";
    case Id::hold_reasons:
      return bit_names(number, dictionary::hold_reason_name);
    case Id::alarms:
      return bit_names(number, dictionary::alarm_name);
    case Id::measuring_faults:
      return bit_names(number, dictionary::measuring_fault_name);
    case Id::token_result:
    case Id::last_token_result:
      return std::string(dictionary::token_result_name(code));
    case Id::order_result:
      return std::string(dictionary::order_result_name(code));
    case Id::event_code:
      return std::string(dictionary::event_name(code));
    case Id::firmware_version:
      return std::to_string(number >> 16) + "." + std::to_string(number >> 8 & 0xFF) + "." +
             std::to_string(number & 0xFF);
    default:
      return "";
  }
}

bool is_known(std::uint16_t address) {
  if (dictionary::is_sdm(address)) return true;
  const auto place = dictionary::find(address);
  return place.row != nullptr && place.row->is_readable();
}

// Whether a request may run over the registers between two items.
bool is_bridged(std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t address = from; address < to; ++address) {
    if (!is_known(static_cast<std::uint16_t>(address))) return false;
  }
  return true;
}

Value float_value(const Item& item, std::uint32_t bits) {
  const float value = std::bit_cast<float>(bits);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.7g", static_cast<double>(value));
  return {text.data(), std::isfinite(value) ? text.data() : json_text(text.data()), "", item.unit};
}

std::int64_t integer_of(ValueType type, bytes::Reader reader) {
  switch (type) {
    case ValueType::u16:
      return reader.big<std::uint16_t>();
    case ValueType::i16:
      return reader.big<std::int16_t>();
    case ValueType::u32:
    case ValueType::float32:
      return reader.big<std::uint32_t>();
    case ValueType::i32:
      return reader.big<std::int32_t>();
    case ValueType::u64:
    case ValueType::i64:
    case ValueType::ascii:
      return reader.big<std::int64_t>();
  }
  return 0;
}

// Shifts the point of a row of digits.
// What an energy is shown in; empty for what is none.
std::string_view energy_unit(dictionary::Unit unit) {
  switch (unit) {
    case dictionary::Unit::joule:
      return "kWh";
    case dictionary::Unit::var_second:
      return "kvarh";
    case dictionary::Unit::volt_ampere_second:
      return "kVAh";
    default:
      return {};
  }
}

std::string place_point(std::string digits, int scale, bool is_negative) {
  if (scale > 0 && digits != "0") digits.append(static_cast<std::size_t>(scale), '0');
  if (scale < 0) {
    const auto decimals = static_cast<std::size_t>(-scale);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, ".");
  }
  return is_negative ? "-" + digits : digits;
}

}  // namespace

std::optional<ValueType> value_type(std::string_view name) {
  for (const TypeName& type : types) {
    if (type.name == name) return type.type;
  }
  return std::nullopt;
}

std::uint16_t register_count_of(ValueType type) {
  for (const TypeName& entry : types) {
    if (entry.type == type) return entry.register_count;
  }
  return 0;
}

Item item_of(const dictionary::Row& row, std::uint16_t slot) {
  Item item{.name = std::string(row.name),
            .address = static_cast<std::uint16_t>(row.address + slot * row.slot_stride),
            .register_count = row.register_count,
            .type = type_of(row.type),
            .scale = row.scale,
            .unit = std::string(dictionary::symbol(row.unit)),
            .id = row.id};
  if (row.slot_count > 1) item.name += "[" + std::to_string(slot) + "]";
  return item;
}

Item item_of(const dictionary::FloatView& view) {
  return {.name = std::string(view.name),
          .address = view.address,
          .register_count = 2,
          .type = ValueType::float32,
          .unit = std::string(dictionary::symbol(view.unit)),
          .is_input = true};
}

std::vector<std::string> near_names(std::string_view name) {
  std::vector<std::pair<std::size_t, std::string>> found;
  const auto consider = [&](std::string_view candidate) {
    const bool is_part = name.size() >= 3 && candidate.find(name) != std::string_view::npos;
    const bool same_begin = name.size() >= 3 && candidate.starts_with(name.substr(0, 3));
    const std::size_t distance = is_part ? 1 : edit_distance(name, candidate);
    if (distance <= 1 + name.size() / 3 + (same_begin ? 2 : 0)) found.emplace_back(distance, candidate);
  };
  for (const dictionary::Row& row : dictionary::rows()) consider(row.name);
  for (const dictionary::FloatView& view : dictionary::float_views()) consider(view.name);
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  for (const auto& [distance, near_name] : found) {
    if (names.size() < 3) names.push_back(near_name);
  }
  return names;
}

std::vector<Batch> plan(std::span<const Item> items) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [items](std::size_t a, std::size_t b) { return items[a].address < items[b].address; });
  std::vector<Batch> batches;
  for (const std::size_t index : order) {
    const Item& item = items[index];
    const std::uint32_t item_end = std::uint32_t{item.address} + item.register_count;
    if (!batches.empty()) {
      Batch& last = batches.back();
      const std::uint32_t end = std::uint32_t{last.address} + last.register_count;
      if (item_end - last.address <= modbus::max_read_registers && is_bridged(end, item.address)) {
        last.register_count = static_cast<std::uint16_t>(std::max(end, item_end) - last.address);
        last.items.push_back(index);
        continue;
      }
    }
    batches.push_back({item.address, item.register_count, {index}});
  }
  return batches;
}

Value value_of(const Item& item, std::span<const std::byte> registers) {
  const std::int64_t number = integer_of(item.type, bytes::Reader(registers));
  if (item.type == ValueType::float32) return float_value(item, static_cast<std::uint32_t>(number));
  if (item.type == ValueType::ascii) {
    const std::string text(dictionary::decode_text(registers));
    return {text, json_text(text), "", ""};
  }
  if (item.type == ValueType::u64) {
    const std::string digits = std::to_string(static_cast<std::uint64_t>(number));
    const std::string text = place_point(digits, item.scale, false);
    return {text, text, digits, item.unit};
  }
  const std::string text = decimal(number, item.scale);
  const std::string words = item.id ? in_words(*item.id, number) : "";
  Value value{text, text, std::to_string(number), item.unit};
  if (!words.empty()) {
    value.text = words;
    value.json = json_text(words);
    value.unit.clear();
  } else if (const std::string_view energy = item.id ? energy_unit(dictionary::row(*item.id).unit) : "";
             !energy.empty()) {
    value.text = decimal(number / (quantity::mj_per_kwh / 1'000'000), -6);
    value.unit = energy;
  }
  return value;
}

std::string decimal(std::int64_t number, int scale) {
  const bool is_negative = number < 0;
  const auto magnitude =
      is_negative ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  return place_point(std::to_string(magnitude), scale, is_negative);
}

std::string json_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (code < 0x20 || code >= 0x7F) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", code);
      result += escaped.data();
    } else {
      result += c;
    }
  }
  return result + "\"";
}

}  // namespace lk::tools
