// SPDX-License-Identifier: Apache-2.0
#include "gateway/setup/toml_table.hpp"

#include <toml++/toml.h>

namespace lk::gateway {
namespace {

const toml::table& as_table(const void* table) {
  return *static_cast<const toml::table*>(table);
}

const toml::node* find(const void* table, std::string_view key) {
  return table == nullptr ? nullptr : as_table(table).get(key);
}

}  // namespace

struct TomlDocument::Tree {
  toml::table table;
};

TomlDocument::TomlDocument(std::string_view text) {
  try {
    tree_ = std::make_unique<Tree>(toml::parse(text));
    root_ = std::make_unique<TomlTable>(*this, &tree_->table, "");
  } catch (const toml::parse_error& error) {
    problems_.push_back(Problem{static_cast<std::uint32_t>(error.source().begin.line), "",
                                "is not TOML: " + std::string{error.description()},
                                "correct this line; see docs/processes.md for an example"});
  }
}

TomlDocument::~TomlDocument() = default;

TomlTable::TomlTable(TomlDocument& document, const void* table, std::string path)
    : document_(document), table_(table), path_(std::move(path)) {}

std::string TomlTable::path_of(std::string_view key) const {
  if (key.empty()) return path_;
  return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
}

bool TomlTable::has(std::string_view key) const {
  return find(table_, key) != nullptr;
}

void TomlTable::problem(std::string_view key, std::string what, std::string remedy) {
  const toml::node* node = key.empty() ? nullptr : find(table_, key);
  std::uint32_t line = 0;
  if (node != nullptr) {
    line = static_cast<std::uint32_t>(node->source().begin.line);
  } else if (table_ != nullptr && !path_.empty()) {
    line = static_cast<std::uint32_t>(as_table(table_).source().begin.line);
  }
  document_.problems().push_back(Problem{line, path_of(key), std::move(what), std::move(remedy)});
}

std::string TomlTable::text_or(const char* key, const char* otherwise) {
  known_.insert(key);
  const toml::node* node = find(table_, key);
  if (node == nullptr) return otherwise;
  if (const auto value = node->value_exact<std::string>()) return *value;
  problem(key, "is not a text", "put it in double quotes");
  return otherwise;
}

std::string TomlTable::text(const char* key) {
  if (table_ != nullptr && !has(key)) problem(key, "is missing", "add it: see docs/processes.md");
  std::string value = text_or(key, "");
  const toml::node* node = find(table_, key);
  if (node != nullptr && node->is_string() && value.empty()) problem(key, "is empty", "fill it in");
  return value;
}

std::int64_t TomlTable::integer(const char* key, std::int64_t least, std::int64_t most,
                                std::int64_t otherwise) {
  known_.insert(key);
  const toml::node* node = find(table_, key);
  if (node == nullptr) return otherwise;
  const std::string range =
      "use a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  const auto value = node->value_exact<std::int64_t>();
  if (!value) {
    problem(key, "is not a whole number", range);
    return otherwise;
  }
  if (*value < least || *value > most) {
    problem(key, std::to_string(*value) + " is out of range", range);
    return otherwise;
  }
  return *value;
}

std::int64_t TomlTable::required_integer(const char* key, std::int64_t least, std::int64_t most) {
  if (table_ != nullptr && !has(key)) {
    problem(key, "is missing",
            "use a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return integer(key, least, most, least);
}

TomlTable& TomlTable::table(const char* key) {
  known_.insert(key);
  const toml::node* node = find(table_, key);
  const toml::table* inner = node == nullptr ? nullptr : node->as_table();
  if (node == nullptr) {
    problem(key, "is missing", std::string{"add a ["} + key + "] table: see docs/processes.md");
  } else if (inner == nullptr) {
    problem(key, "is not a table", std::string{"write it as ["} + key + "]");
  }
  children_.push_back(std::make_unique<TomlTable>(document_, inner, path_of(key)));
  return *children_.back();
}

std::deque<TomlTable>& TomlTable::tables(const char* key) {
  known_.insert(key);
  arrays_.emplace_back();
  std::deque<TomlTable>& found = arrays_.back();
  const toml::node* node = find(table_, key);
  if (node == nullptr) return found;
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    problem(key, "is not a list of tables", std::string{"write each as [["} + key + "]]");
    return found;
  }
  for (const toml::node& element : *array) {
    const std::string path = path_of(key) + "[" + std::to_string(found.size()) + "]";
    if (const toml::table* inner = element.as_table()) {
      found.emplace_back(document_, inner, path);
    } else {
      problem(key, "holds something that is no table", std::string{"write each as [["} + key + "]]");
    }
  }
  return found;
}

void TomlTable::refuse_unknown() {
  if (table_ == nullptr) return;
  for (const auto& [key, node] : as_table(table_)) {
    if (known_.contains(key.str())) continue;
    std::string names;
    for (const std::string& name : known_) names += (names.empty() ? "" : ", ") + name;
    problem(key.str(), "is not known here", "remove it, or spell it as one of " + names);
  }
}

}  // namespace lk::gateway
