// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/tariff/fixed.hpp"

#include <gtest/gtest.h>

namespace lk::tools {
namespace {

TEST(Fixed, ParsesExactlyOrNotAtAll) {
  const struct {
    const char* text;
    int places;
    std::optional<std::int64_t> count;
  } rows[] = {
      {"0.2345", 4, 2345},
      {"12", 4, 120'000},
      {"0", 4, 0},
      {"1.5", 0, {}},
      {"1.0", 0, 1},
      {"0.23450", 4, 2345},
      {"0.23451", 4, {}},
      {"", 4, {}},
      {".5", 4, {}},
      {"5.", 4, {}},
      {"-1", 4, {}},
      {"+1", 4, {}},
      {"1e3", 4, {}},
      {"1,5", 4, {}},
      {"0x1", 4, {}},
      {" 1", 4, {}},
      {"1.2.3", 4, {}},
      {"922337203685477.5807", 4, INT64_MAX},
      {"922337203685477.5808", 4, {}},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_fixed(row.text, row.places), row.count) << row.text;
}

TEST(Fixed, PrintsAllPlaces) {
  EXPECT_EQ(print_fixed(2345, 4), "0.2345");
  EXPECT_EQ(print_fixed(0, 5), "0.00000");
  EXPECT_EQ(print_fixed(-123'456, 5), "-1.23456");
  EXPECT_EQ(print_fixed(7, 0), "7");
  EXPECT_EQ(print_kwh(3'600'000'000), "1.000");
  EXPECT_EQ(print_kwh(507'600'000), "0.141");
  EXPECT_EQ(print_kwh(36), "0.00000001");
  EXPECT_EQ(print_kwh(0), "0.000");
}

}  // namespace
}  // namespace lk::tools
