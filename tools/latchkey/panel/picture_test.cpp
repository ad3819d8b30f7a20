// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/panel/picture.hpp"

#include <gtest/gtest.h>

namespace lk::tools {
namespace {

const char* const balance =
    R"({"characters":"    1234","points":32,"code":37,"unit":"¤","symbols":["supply_on","scrolling"],"lamps":5})";

TEST(Picture, ALineForScripts) {
  const auto view = parse_panel(balance);
  ASSERT_TRUE(view);
  EXPECT_EQ(line_of(*view), "37      12.34 ¤");
}

TEST(Picture, DrawsSevenSegments) {
  const auto lines = picture_of(*parse_panel(balance), false);
  ASSERT_EQ(lines.size(), 9U);
  EXPECT_NE(lines[1].find("     _   _      "), std::string::npos) << lines[1];
  EXPECT_NE(lines[2].find("  |  _|  _| |_| "), std::string::npos) << lines[2];
  EXPECT_NE(lines[3].find("  | |_ . _|   | "), std::string::npos) << lines[3];
  EXPECT_NE(lines[8].find("● credit  ○ low  ● supply"), std::string::npos) << lines[8];
}

TEST(Picture, WhatIsNoPanelIsRefused) {
  for (const char* text : {"", "ok", "[]", "{}", R"({"code":1})"}) EXPECT_FALSE(parse_panel(text)) << text;
}

}  // namespace
}  // namespace lk::tools
