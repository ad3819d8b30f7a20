// SPDX-License-Identifier: Apache-2.0
// Reading the fields of a JSON object with messages that name the field: "key.vk: must be 40 hexadecimal
// digits".
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace lk::tools {

// What is wrong with a line; the text begins with the field's name.
struct FieldError : std::runtime_error {
  FieldError(const std::string& field, const std::string& what) : std::runtime_error(field + ": " + what) {}
};

// The fields of one object, which must outlive this. Each reader throws FieldError where the field is
// missing, of another type, or out of range.
class Fields {
 public:
  // `path` stands before each name in messages ("key." or nothing).
  Fields(const nlohmann::json& object, std::string path);

  [[nodiscard]] bool has(const char* name) const;  // there and not null
  [[nodiscard]] const nlohmann::json& required(const char* name) const;
  [[nodiscard]] Fields object(const char* name) const;
  // A whole number, also as text of decimal digits.
  [[nodiscard]] std::uint64_t number(const char* name, std::uint64_t least, std::uint64_t most) const;
  [[nodiscard]] std::string text(const char* name) const;
  // A number as it was written, number or text, for exact decimals.
  [[nodiscard]] std::string decimal(const char* name) const;
  // Exactly `digits` hexadecimal digits, as they stand.
  [[nodiscard]] std::string hex(const char* name, std::size_t digits) const;
  // The name with its path, for messages.
  [[nodiscard]] std::string name_of(const char* name) const { return path_ + name; }

 private:
  const nlohmann::json* object_;
  std::string path_;
};

}  // namespace lk::tools
