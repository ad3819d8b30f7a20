// SPDX-License-Identifier: Apache-2.0
// docs/formats/modbus-map.md against the table: each row of the document is in the table as it says, and each
// row of the table is in the document.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dictionary/codes.hpp"
#include "dictionary/dictionary.hpp"
#include "dictionary/sdm.hpp"

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

std::string type_text(const Row& r) {
  switch (r.type) {
    case Type::u16:
      return "u16";
    case Type::u32:
      return "u32";
    case Type::i32:
      return "i32";
    case Type::i64:
      return "i64";
    case Type::ascii:
      if (r.id == Id::token_entry || r.id == Id::token_log_token) return "20 ASCII digits";
      return std::to_string(2 * r.register_count) + " ASCII characters, NUL-padded";
    case Type::counted:
      return "u16 length, then up to " + std::to_string(2 * (r.register_count - 1)) + " bytes";
  }
  return "";
}

// How the document writes a row's unit and scale; what follows in its cell is free text.
std::string unit_text(const Row& r) {
  if (r.id == Id::power_factor) return "0.0001";
  if (r.id == Id::clock) return "ms since 1970-01-01 UTC";
  if (r.id == Id::event_time || r.id == Id::token_log_time) return "s since 1970-01-01 UTC";
  std::string text{symbol(r.unit)};
  if (r.unit == Unit::currency) text = " of the currency unit";
  if (r.unit == Unit::currency_per_kwh) text = " of the currency unit per kWh";
  switch (r.scale) {
    case 0:
      return text;
    case -1:
      return "0.1 " + text;
    case -3:
      return "m" + text;
    case -4:
      return "0.0001" + text;
    case -5:
      return "0.00001" + text;
    default:
      return "unwritten scale";
  }
}

class Document : public ::testing::Test {
 protected:
  void check(const Row* r, const std::string& name, unsigned address, const std::string& type,
             const std::string& unit) {
    ASSERT_NE(r, nullptr) << name << " of the document is not in the table";
    seen_.insert(r->id);
    EXPECT_EQ(r->address, address) << name;
    EXPECT_EQ(type_text(*r), type) << name;
    EXPECT_TRUE(unit.starts_with(unit_text(*r)))
        << name << ": document '" << unit << "', table '" << unit_text(*r) << "'";
  }
  static unsigned address_of(const std::string& cell) {
    return static_cast<unsigned>(std::stoul(cell, nullptr, 16));
  }

  std::set<Id> seen_;
};

TEST_F(Document, IsWhatTheTableSays) {
  auto document = tables();
  for (const auto& cells : document["Measured values, like an Eastron SDM120 (IEEE 754 float32)"]) {
    ASSERT_EQ(cells.size(), 3U);
    std::string name = "sdm_" + cells[1];
    std::ranges::replace(name, ' ', '_');
    if (const auto active = name.find("_active_energy"); active != std::string::npos)
      name.replace(active, 14, "_energy");
    const FloatView* view = find_float(name);
    ASSERT_NE(view, nullptr) << name;
    EXPECT_EQ(view->address, address_of(cells[0])) << name;
    EXPECT_EQ(symbol(view->unit), cells[2] == "1" ? "" : cells[2]) << name;
  }
  for (const char* section :
       {"Measured values as integers", "Identity", "Prepaid account", "Credit", "Credit parameters", "Supply",
        "Supply parameters", "Demand and voltage", "Records parameters", "Clock", "Link parameters",
        "Command block", "Guard", "Guard parameters", "Long records"}) {
    EXPECT_FALSE(document[section].empty()) << section;
    for (const auto& cells : document[section]) {
      ASSERT_EQ(cells.size(), 4U) << section;
      check(find(cells[1]), cells[1], address_of(cells[0]), cells[2], cells[3]);
    }
  }
  for (const char* section : {"Token entry", "Sealed order"}) {
    EXPECT_FALSE(document[section].empty()) << section;
    for (const auto& cells : document[section]) {
      ASSERT_EQ(cells.size(), 4U) << section;
      const Row* r = find(cells[1]);
      check(r, cells[1], address_of(cells[0]), cells[2], r == nullptr ? "" : unit_text(*r));
    }
  }
  for (const auto& cells : document["Events"]) {
    if (!cells[0].starts_with("+")) continue;
    const std::string name = "event_" + cells[1];
    check(find(name), name, 0x5300U + address_of(cells[0].substr(1)), cells[2], cells[3]);
  }
  for (const auto& cells : document["Token log"]) {
    ASSERT_EQ(cells.size(), 4U);
    const std::string name = "token_log_" + cells[1];
    check(find(name), name, 0x5500U + static_cast<unsigned>(std::stoul(cells[0].substr(1))), cells[2],
          cells[3]);
  }
  for (const Row& r : rows()) EXPECT_TRUE(seen_.contains(r.id)) << r.name << " is not in the document";
}

TEST_F(Document, HasTheNamesOfTheEvents) {
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
