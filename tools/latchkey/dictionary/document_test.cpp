// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/dictionary/document.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "dictionary/dictionary.hpp"
#include "dictionary/sdm.hpp"
#include "tools/latchkey/dictionary/about.hpp"

namespace lk::tools {
namespace {

std::string committed(const std::string& path) {
  std::ifstream file{std::string{LK_SOURCE_ROOT} + "/" + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// Not EXPECT_EQ: a difference would be printed whole.
void expect_current(const std::string& path, const std::string& format, const std::string& text) {
  EXPECT_TRUE(committed(path) == text)
      << path << " is not what the dictionary says: `latchkey dictionary --format " << format << " > " << path
      << "`";
}

TEST(DictionaryDocument, CommittedOnesAreCurrent) {
  expect_current("docs/register-map.md", "md", register_map());
  expect_current("docs/register-map.csv", "csv", register_table());
  expect_current("docs/device-profile.json", "json", device_profile());
}

TEST(DictionaryDocument, EveryRowIsExplained) {
  for (const dictionary::Row& row : dictionary::rows())
    EXPECT_FALSE(about(row.name).empty()) << row.name << " needs words in about.cpp";
}

TEST(DictionaryDocument, ProfileIsJsonWithEveryRow) {
  const nlohmann::json profile = nlohmann::json::parse(device_profile());
  const auto& registers = profile.at("registers");
  ASSERT_EQ(registers.size(), dictionary::rows().size() + dictionary::float_views().size());
  for (const auto& entry : registers) {
    const std::string name = entry.at("name");
    const auto* view = dictionary::find_float(name);
    const auto* row = dictionary::find(name);
    ASSERT_TRUE(view != nullptr || row != nullptr) << name;
    EXPECT_EQ(entry.at("address"), view != nullptr ? view->address : row->address) << name;
  }
}

}  // namespace
}  // namespace lk::tools
