// SPDX-License-Identifier: Apache-2.0
#include "server/vault/sta_file.hpp"

#include <toml++/toml.h>

#include <span>

namespace lk::vault {
namespace {

bool read_list(const toml::table& file, const char* name, std::span<std::uint8_t> to) {
  const toml::array* const list = file[name].as_array();
  if (list == nullptr || list->size() != to.size()) return false;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const auto number = list->get(i)->value<std::int64_t>();
    if (!number || *number < 0 || *number >= static_cast<std::int64_t>(to.size())) return false;
    to[i] = static_cast<std::uint8_t>(*number);
  }
  return true;
}

}  // namespace

Answer<sts::TableSet> read_sta_tables(const std::string& path) {
  sts::TableSet set{};
  try {
    const toml::table file = toml::parse_file(path);
    if (!read_list(file, "encrypt_substitution_1", set.substitution_1) ||
        !read_list(file, "encrypt_substitution_2", set.substitution_2) ||
        !read_list(file, "encrypt_permutation", set.permutation)) {
      return refuse(Reason::mistaken,
                    path +
                        ": needs encrypt_substitution_1, encrypt_substitution_2 (16 numbers each) "
                        "and encrypt_permutation (64 numbers)");
    }
  } catch (const toml::parse_error& error) {
    return refuse(Reason::mistaken, path + ": " + std::string(error.description()));
  }
  if (sts::check(set) != sts::TableSetFault::none) {
    return refuse(Reason::mistaken, path + ": a table has a number twice");
  }
  return set;
}

}  // namespace lk::vault
