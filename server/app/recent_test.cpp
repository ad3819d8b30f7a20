// SPDX-License-Identifier: Apache-2.0
#include "server/app/recent.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lk::app {
namespace {

TEST(Recent, ForgetsTheOldestWhenItIsFull) {
  Recent recent;
  EXPECT_FALSE(recent.contains("0"));
  for (std::size_t i = 0; i < Recent::most; ++i) {
    recent.add(std::to_string(i));
    recent.add(std::to_string(i));  // a second time is no other text
  }
  EXPECT_TRUE(recent.contains("0"));
  recent.add("new");
  EXPECT_FALSE(recent.contains("0"));
  EXPECT_TRUE(recent.contains("1"));
  EXPECT_TRUE(recent.contains("new"));
  recent.add("newer");
  EXPECT_FALSE(recent.contains("1"));
  EXPECT_TRUE(recent.contains(std::to_string(Recent::most - 1)));
}

}  // namespace
}  // namespace lk::app
