// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/toml_section.hpp"

#include <algorithm>

namespace lk::host {

namespace {

std::string list(std::initializer_list<std::string_view> keys) {
  std::string result;
  for (const std::string_view key : keys) {
    if (!result.empty()) result += ", ";
    result += key;
  }
  return result;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Shorter than std::to_string for the limits that messages name.
std::string plain(double value) {
  std::string text = std::to_string(value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

TomlSection::TomlSection(const toml::table& table, std::string file, std::string name,
                         std::initializer_list<std::string_view> keys)
    : table_(table), file_(std::move(file)), name_(std::move(name)) {
  for (const auto& [key, value] : table) {
    if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
    throw ConfigurationError(file_ + ":" + std::to_string(key.source().begin.line) + ": " +
                             (name_.empty() ? "" : name_ + ".") + std::string(key.str()) +
                             ": unknown key; take it away, or use one of: " + list(keys));
  }
}

void TomlSection::refuse(std::string_view key, const std::string& what) const {
  const toml::node* node = table_.get(key);
  const auto line = node != nullptr ? node->source().begin.line : table_.source().begin.line;
  throw ConfigurationError(file_ + ":" + std::to_string(line) + ": " + (name_.empty() ? "" : name_ + ".") +
                           std::string(key) + ": " + what);
}

const toml::node& TomlSection::need(std::string_view key) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) refuse(key, "missing; add it (docs/processes.md shows an example)");
  return *node;
}

std::string TomlSection::text(std::string_view key) const {
  const auto value = need(key).value_exact<std::string>();
  if (!value) refuse(key, "must be text in double quotes");
  if (value->empty()) refuse(key, "is empty; give it a value");
  return *value;
}

std::string TomlSection::text(std::string_view key, std::string_view absent) const {
  return has(key) ? text(key) : std::string(absent);
}

std::int64_t TomlSection::integer(std::string_view key, std::int64_t least, std::int64_t most) const {
  const auto value = need(key).value_exact<std::int64_t>();
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  if (!value) refuse(key, "must be a whole number from " + range);
  if (*value < least || *value > most) {
    refuse(key, std::to_string(*value) + " is out of range; give a whole number from " + range);
  }
  return *value;
}

std::int64_t TomlSection::integer(std::string_view key, std::int64_t least, std::int64_t most,
                                  std::int64_t absent) const {
  return has(key) ? integer(key, least, most) : absent;
}

double TomlSection::number(std::string_view key, double least, double most, double absent) const {
  if (!has(key)) return absent;
  const auto value = need(key).is_number() ? need(key).value<double>() : std::nullopt;
  if (!value || !(*value >= least && *value <= most)) {
    refuse(key, "must be a number from " + plain(least) + " to " + plain(most));
  }
  return *value;
}

std::int64_t TomlSection::decimal(std::string_view key, unsigned decimals, std::string_view absent) const {
  const std::string value = absent.empty() ? text(key) : text(key, absent);
  const std::string wanted = "must be a number in quotes, like \"1.20\", with at most " +
                             std::to_string(decimals) + " decimals and 9 digits before the point";
  const std::size_t point = std::min(value.find('.'), value.size());
  const std::string whole = value.substr(0, point);
  std::string fraction = point < value.size() ? value.substr(point + 1) : "";
  const bool digits = std::all_of(whole.begin(), whole.end(), is_digit) &&
                      std::all_of(fraction.begin(), fraction.end(), is_digit);
  if (!digits || whole.empty() || whole.size() > 9 || fraction.size() > decimals || value.back() == '.') {
    refuse(key, wanted);
  }
  fraction.resize(decimals, '0');
  return std::stoll(whole + fraction);
}

std::array<std::byte, 16> TomlSection::key128(std::string_view key) const {
  const std::string value = text(key);
  std::array<std::byte, 16> result{};
  // The value itself is a secret: no message repeats it.
  if (value.size() != 2 * result.size()) refuse(key, "must have 32 hexadecimal digits");
  for (std::size_t i = 0; i < result.size(); ++i) {
    const int high = hex_value(value[2 * i]);
    const int low = hex_value(value[2 * i + 1]);
    if (high < 0 || low < 0) refuse(key, "must have 32 hexadecimal digits");
    result[i] = static_cast<std::byte>(high * 16 + low);
  }
  return result;
}

const toml::array& TomlSection::tables(std::string_view key) const {
  const std::string title = name_.empty() ? std::string(key) : name_ + "." + std::string(key);
  const toml::array* array = need(key).as_array();
  if (array == nullptr || array->empty() || !array->is_homogeneous(toml::node_type::table)) {
    refuse(key, "must be a table that starts with [[" + title + "]]");
  }
  return *array;
}

const toml::table* TomlSection::table(std::string_view key) const {
  if (!has(key)) return nullptr;
  const toml::table* table = need(key).as_table();
  if (table == nullptr) refuse(key, "must be a table in braces { }");
  return table;
}

}  // namespace lk::host
