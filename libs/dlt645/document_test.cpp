// SPDX-License-Identifier: Apache-2.0
// docs/formats/dlt645.md against the tables: the same rows, in the same order.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "dlt645/item.hpp"

namespace lk::dlt645 {
namespace {

std::vector<std::string> rows_of(const std::string& heading) {
  std::ifstream document{LK_SOURCE_ROOT "/docs/formats/dlt645.md"};
  std::vector<std::string> rows;
  std::string line;
  bool is_inside = false;
  while (std::getline(document, line)) {
    if (line.starts_with("## ")) is_inside = line.substr(3) == heading;
    if (is_inside && line.starts_with("| ") && !line.starts_with("| identifier")) rows.push_back(line);
  }
  return rows;
}

template <class... Arguments>
std::string text(const char* format, Arguments... arguments) {
  std::array<char, 256> room{};
  (void)std::snprintf(room.data(), room.size(), format, arguments...);
  return room.data();
}

TEST(DocumentTest, HasTheIdentifiersOf2007) {
  const auto rows = rows_of("Identifiers of 2007");
  ASSERT_EQ(rows.size(), items().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Item& item = items()[i];
    const std::string size = item.size_bytes == 0 ? "–" : std::to_string(item.size_bytes);
    EXPECT_EQ(rows[i], text("| %08X | %02X | %02X | ", item.di, item.di1_last, item.di0_last) + size + " | " +
                           std::string(item.what) + " | " + std::string(item.format) + " |");
  }
}

TEST(DocumentTest, HasTheIdentifiersOf1997) {
  const auto rows = rows_of("Identifiers of 1997");
  ASSERT_EQ(rows.size(), items97().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Item97& item = items97()[i];
    EXPECT_EQ(rows[i], text("| %04X | %X | %u | %08X | ", item.di, item.last, item.size_bytes, item.twin) +
                           std::string(item.what) +
                           (item.has_history ? ", also of the last two settlements" : "") + " |");
  }
}

}  // namespace
}  // namespace lk::dlt645
