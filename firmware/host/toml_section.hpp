// SPDX-License-Identifier: Apache-2.0
// One table of a TOML file with the checks that each of its keys gets: type, range, no key unknown. Every
// complaint is a ConfigurationError that names file, line, key and remedy.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "firmware/host/configuration.hpp"

namespace lk::host {

class TomlSection {
 public:
  // `name` is how messages call the table ("line.meter", empty for the root); `keys` are all that it may
  // have.
  TomlSection(const toml::table& table, std::string file, std::string name,
              std::initializer_list<std::string_view> keys);

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] std::string text(std::string_view key, std::string_view absent) const;
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most) const;
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most,
                                     std::int64_t absent) const;
  [[nodiscard]] double number(std::string_view key, double least, double most, double absent) const;
  // A decimal number written as text ("1.2000"), in units of 10^-decimals, exactly; 0 or more.
  [[nodiscard]] std::int64_t decimal(std::string_view key, unsigned decimals,
                                     std::string_view absent = {}) const;
  // 32 hexadecimal digits.
  [[nodiscard]] std::array<std::byte, 16> key128(std::string_view key) const;
  // An array of tables, [[name.key]], with at least one.
  [[nodiscard]] const toml::array& tables(std::string_view key) const;
  [[nodiscard]] const toml::table* table(std::string_view key) const;

  // Throws: `what` is wrong with the value of `key` (or the table, where it lacks the key).
  [[noreturn]] void refuse(std::string_view key, const std::string& what) const;

 private:
  [[nodiscard]] const toml::node& need(std::string_view key) const;

  const toml::table& table_;
  std::string file_;
  std::string name_;
};

}  // namespace lk::host
