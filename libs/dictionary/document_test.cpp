// SPDX-License-Identifier: Apache-2.0
// docs/formats/modbus-map.md against the tables. The rows themselves are in docs/register-map.md, which is
// made from them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "dictionary/codes.hpp"
#include "dictionary/commands.hpp"
#include "dictionary/dictionary.hpp"

namespace lk::dictionary {
namespace {

std::string trimmed(std::string text) {
  const auto ordinary = [](char c) { return c != ' ' && c != '`'; };
  text.erase(text.begin(), std::ranges::find_if(text, ordinary));
  text.erase(std::find_if(text.rbegin(), text.rend(), ordinary).base(), text.end());
  return text;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::size_t begin = 1;
  for (std::size_t end = line.find('|', begin); end != std::string::npos; end = line.find('|', begin)) {
    cells.push_back(trimmed(line.substr(begin, end - begin)));
    begin = end + 1;
  }
  return cells;
}

// The document's tables by their section's heading, without head lines.
std::map<std::string, std::vector<std::vector<std::string>>> tables() {
  std::ifstream document{LK_SOURCE_ROOT "/docs/formats/modbus-map.md"};
  std::map<std::string, std::vector<std::vector<std::string>>> found;
  std::string heading;
  std::string line;
  int table_line = 0;
  while (std::getline(document, line)) {
    if (line.starts_with("## ")) heading = line.substr(3);
    table_line = line.starts_with("|") ? table_line + 1 : 0;
    if (table_line > 2) found[heading].push_back(cells_of(line));
  }
  return found;
}

// Rows have their one table in docs/register-map.md; what is named here must be there.
TEST(Document, NamesOnlyWhatTheDictionaryHas) {
  std::ifstream document{LK_SOURCE_ROOT "/docs/formats/modbus-map.md"};
  const std::string text{std::istreambuf_iterator<char>{document}, {}};
  const auto is_of_a_name = [](char c) { return c == '_' || std::islower(c) != 0 || std::isdigit(c) != 0; };
  std::size_t count = 0;
  for (std::size_t begin = text.find('`'); begin != std::string::npos;) {
    const std::size_t end = text.find('`', begin + 1);
    ASSERT_NE(end, std::string::npos);
    const std::string word = text.substr(begin + 1, end - begin - 1);
    begin = text.find('`', end + 1);
    if (word.find('_') == std::string::npos || !std::ranges::all_of(word, is_of_a_name)) continue;
    const bool is_verb = std::ranges::find(verbs(), word, &VerbRow::name) != verbs().end();
    EXPECT_TRUE(is_verb || find(word) != nullptr) << word;
    ++count;
  }
  EXPECT_GT(count, 10U);
}

TEST(Document, HasTheNamesOfTheEvents) {
  std::size_t count = 0;
  auto document = tables();
  for (const auto& cells : document["Events"]) {
    if (cells[0].starts_with("+")) continue;
    std::string name = cells[1];
    std::ranges::replace(name, ' ', '_');
    EXPECT_EQ(event_name(static_cast<std::uint16_t>(std::stoi(cells[0]))), name);
    ++count;
  }
  EXPECT_EQ(count, 29U);
}

}  // namespace
}  // namespace lk::dictionary
