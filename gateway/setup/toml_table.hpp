// SPDX-License-Identifier: Apache-2.0
// A TOML file read strictly: each key is asked for by name, type and range; what is wrong, and what nobody
// asked for, becomes a Problem with its line. toml++ stays inside toml_table.cpp: it is slow to compile.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/setup/configuration.hpp"

namespace lk::gateway {

class TomlDocument;

// One table of the document. The answers to wrong keys are harmless values; the problem is noted.
class TomlTable {
 public:
  TomlTable(TomlDocument& document, const void* table, std::string path);

  [[nodiscard]] bool has(std::string_view key) const;
  // A text that must be there and not be empty.
  std::string text(const char* key);
  std::string text_or(const char* key, const char* otherwise);
  // A whole number from `least` to `most`; `otherwise` where the key is absent.
  std::int64_t integer(const char* key, std::int64_t least, std::int64_t most, std::int64_t otherwise);
  std::int64_t required_integer(const char* key, std::int64_t least, std::int64_t most);
  // A table that must be there.
  TomlTable& table(const char* key);
  // The tables written as [[key]], in the order of the file; none where the key is absent.
  std::deque<TomlTable>& tables(const char* key);

  // Notes what is wrong with `key` (or with this table, where `key` is empty) at its line.
  void problem(std::string_view key, std::string what, std::string remedy);
  // Notes every key that was not asked for.
  void refuse_unknown();

 private:
  [[nodiscard]] std::string path_of(std::string_view key) const;

  TomlDocument& document_;
  const void* table_;  // a toml::table; null for one that is absent
  std::string path_;
  std::set<std::string, std::less<>> known_;
  std::deque<std::unique_ptr<TomlTable>> children_;
  std::deque<std::deque<TomlTable>> arrays_;
};

class TomlDocument {
 public:
  explicit TomlDocument(std::string_view text);
  ~TomlDocument();
  TomlDocument(const TomlDocument&) = delete;
  TomlDocument& operator=(const TomlDocument&) = delete;

  [[nodiscard]] bool parsed() const { return root_ != nullptr; }
  // Only where `parsed`.
  [[nodiscard]] TomlTable& root() { return *root_; }
  [[nodiscard]] std::vector<Problem>& problems() { return problems_; }

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
  std::unique_ptr<TomlTable> root_;
  std::vector<Problem> problems_;
};

}  // namespace lk::gateway
