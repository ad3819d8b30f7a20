// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sts/fields.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace lk::tools {
namespace {

std::uint64_t number_of(const nlohmann::json& value, const std::string& name, const std::string& range) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (const auto* const text = value.get_ptr<const std::string*>(); text != nullptr) {
    std::uint64_t number = 0;
    const char* const end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, number);
    if (error == std::errc{} && stopped == end) return number;
  }
  throw FieldError{name, "must be a whole number from " + range};
}

}  // namespace

Fields::Fields(const nlohmann::json& object, std::string path) : object_(&object), path_(std::move(path)) {}

bool Fields::has(const char* name) const {
  const auto field = object_->find(name);
  return field != object_->end() && !field->is_null();
}

const nlohmann::json& Fields::required(const char* name) const {
  const auto field = object_->find(name);
  if (field == object_->end() || field->is_null()) throw FieldError{name_of(name), "is missing"};
  return *field;
}

Fields Fields::object(const char* name) const {
  const nlohmann::json& value = required(name);
  if (!value.is_object()) throw FieldError{name_of(name), "must be an object"};
  return {value, name_of(name) + "."};
}

std::uint64_t Fields::number(const char* name, std::uint64_t least, std::uint64_t most) const {
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  const std::uint64_t value = number_of(required(name), name_of(name), range);
  if (value < least || value > most) throw FieldError{name_of(name), "must be " + range};
  return value;
}

std::string Fields::text(const char* name) const {
  const nlohmann::json& value = required(name);
  if (!value.is_string()) throw FieldError{name_of(name), "must be text"};
  return value.get<std::string>();
}

std::string Fields::decimal(const char* name) const {
  const nlohmann::json& value = required(name);
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  throw FieldError{name_of(name), "must be a number, or a decimal number as text"};
}

std::string Fields::hex(const char* name, std::size_t digits) const {
  const std::string value = text(name);
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
  };
  if (value.size() != digits || !std::ranges::all_of(value, is_hex)) {
    throw FieldError{name_of(name), "must be " + std::to_string(digits) + " hexadecimal digits"};
  }
  return value;
}

}  // namespace lk::tools
