// SPDX-License-Identifier: Apache-2.0
#include "crypto/secret.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace lk::crypto {
namespace {

TEST(Secret, WipedBytesAreZero) {
  std::array<std::uint32_t, 4> key{1, 2, 3, 4};
  wipe_value(key);
  EXPECT_EQ(key, (std::array<std::uint32_t, 4>{}));
}

TEST(Secret, ComparesEveryByteAndTheSize) {
  const std::array a{std::byte{1}, std::byte{2}, std::byte{3}};
  auto b = a;
  EXPECT_TRUE(equal_in_constant_time(a, b));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_FALSE(equal_in_constant_time(a, std::span{b}.first(2)));
  for (std::byte& byte : b) {
    byte ^= std::byte{0x80};
    EXPECT_FALSE(equal_in_constant_time(a, b));
    byte ^= std::byte{0x80};
  }
}

}  // namespace
}  // namespace lk::crypto
