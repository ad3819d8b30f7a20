// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sts/table_file.hpp"

#include <toml++/toml.h>

#include "tools/latchkey/command.hpp"

namespace lk::tools {
namespace {

constexpr const char* substitution_1 = "encrypt_substitution_1";
constexpr const char* substitution_2 = "encrypt_substitution_2";
constexpr const char* permutation = "encrypt_permutation";

template <std::size_t Size>
void read_list(const toml::table& file, const std::string& path, const char* name,
               std::array<std::uint8_t, Size>& to) {
  const std::string wanted = path + ": " + name + " must be a list of the " + std::to_string(Size) +
                             " numbers 0 to " + std::to_string(Size - 1);
  const toml::array* const list = file[name].as_array();
  if (list == nullptr) throw UserError{wanted + "; it is missing"};
  if (list->size() != Size) throw UserError{wanted + "; it has " + std::to_string(list->size())};
  for (std::size_t i = 0; i < Size; ++i) {
    const auto number = list->get(i)->value<std::int64_t>();
    if (!number || *number < 0 || *number >= static_cast<std::int64_t>(Size)) {
      throw UserError{wanted + "; entry " + std::to_string(i) + " is none of them"};
    }
    to[i] = static_cast<std::uint8_t>(*number);
  }
}

}  // namespace

sts::TableSet read_table_set(const std::string& path) {
  sts::TableSet set{};
  try {
    const toml::table file = toml::parse_file(path);
    read_list(file, path, substitution_1, set.substitution_1);
    read_list(file, path, substitution_2, set.substitution_2);
    read_list(file, path, permutation, set.permutation);
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    throw UserError{path + (line > 0 ? ":" + std::to_string(line) : "") + ": " +
                    std::string{error.description()}};
  }
  const auto twice = [&](const char* name) { return UserError{path + ": " + name + " has a number twice"}; };
  switch (sts::check(set)) {
    case sts::TableSetFault::substitution_1:
      throw twice(substitution_1);
    case sts::TableSetFault::substitution_2:
      throw twice(substitution_2);
    case sts::TableSetFault::permutation:
      throw twice(permutation);
    case sts::TableSetFault::none:
      break;
  }
  return set;
}

}  // namespace lk::tools
