// SPDX-License-Identifier: Apache-2.0
#include "meter/schedule/window.hpp"

#include <gtest/gtest.h>

namespace lk::schedule {
namespace {

struct Case {
  const char* name;
  Window window;
  LocalTime at;
  bool inside;
};

TEST(Window, IsOfDaysAndMinutes) {
  constexpr std::uint8_t work = 0x1F;
  constexpr std::uint8_t holidays = 0x80;
  const Case cases[] = {
      {"first minute", Window::of(work, 480, 1020), {480, 0, false}, true},
      {"minute after the last", Window::of(work, 480, 1020), {1020, 0, false}, false},
      {"minute before", Window::of(work, 480, 1020), {479, 4, false}, false},
      {"other day", Window::of(work, 480, 1020), {500, 5, false}, false},
      {"a holiday is no weekday", Window::of(work, 480, 1020), {500, 2, true}, false},
      {"holiday", Window::of(holidays, 0, 1440), {1439, 2, true}, true},
      {"unset", Window{}, {0, 0, false}, false},
  };
  for (const Case& c : cases) EXPECT_EQ(c.window.contains(c.at), c.inside) << c.name;
}

TEST(Window, RefusesWhatIsNoWindow) {
  EXPECT_TRUE(Window::is_valid(0));
  EXPECT_TRUE(Window::is_valid(Window::of(1, 0, 1440).bits()));
  EXPECT_FALSE(Window::is_valid(Window::of(1, 0, 1441).bits())) << "beyond the day";
  EXPECT_FALSE(Window::is_valid(Window::of(1, 600, 600).bits())) << "empty";
  EXPECT_FALSE(Window::is_valid(Window::of(1, 1320, 360).bits())) << "over midnight";
  EXPECT_FALSE(Window::is_valid(Window::of(0, 0, 60).bits())) << "on no day";
  EXPECT_FALSE(Window::is_valid(-1));
  EXPECT_FALSE(Window::is_valid(0x1'0000'0000));
}

}  // namespace
}  // namespace lk::schedule
