// SPDX-License-Identifier: Apache-2.0
#include "meter/card/memory.hpp"

#include <gtest/gtest.h>

namespace lk::card {
namespace {

TEST(CardMemory, ComesBackAsItWent) {
  Memory memory{.bound = 0x8877'6655'4433'2211, .issue = 3, .refused_count = 4};
  memory.own = {.serial = memory.bound, .load = 9};
  memory.other = {.serial = 5, .load = 2, .done_count = 1, .results = {1}};
  memory.note(memory.bound, 10);
  EXPECT_EQ(memory.own.done_count, 1);
  Memory read;
  ASSERT_TRUE(decode(encode(memory), read));
  EXPECT_EQ(read, memory);
}

TEST(CardMemory, RefusesWhatItNeverWrote) {
  Memory memory{.bound = 7};
  auto bytes = encode(memory);
  EXPECT_FALSE(decode(std::span{bytes}.first(58), memory));
  bytes[0] = std::byte{2};
  EXPECT_FALSE(decode(bytes, memory));
  bytes[0] = std::byte{1};
  bytes[25] = std::byte{item_max + 1};
  EXPECT_FALSE(decode(bytes, memory));
  EXPECT_EQ(memory.bound, 7U);
}

}  // namespace
}  // namespace lk::card
