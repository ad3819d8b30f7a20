// SPDX-License-Identifier: Apache-2.0
#include "dictionary/float32.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <random>

namespace lk::dictionary {
namespace {

struct Float32Row {
  const char* name;
  std::int64_t numerator;
  std::uint64_t denominator;
  std::uint32_t bits;
};

TEST(Float32, KnownNumbers) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const Float32Row rows[] = {
      {"zero", 0, 1000, 0x00000000},
      {"one", 1, 1, 0x3F800000},
      {"230.5 V of the SDM120 vector", 230'500, 1000, 0x43668000},
      {"minus two", -2000, 1000, 0xC0000000},
      {"a third is rounded up", 1, 3, 0x3EAAAAAB},
      {"a tie goes to even: 2^24 + 1", 16'777'217, 1, 0x4B800000},
      {"a tie goes to even: 2^24 + 3", 16'777'219, 1, 0x4B800002},
      {"above a tie goes up", 33'554'435, 2, 0x4B800001},
      {"a carry into the exponent", 33'554'431, 1, 0x4C000000},
      {"the most", most, 1, 0x5F000000},
      {"the least", least, 1, 0xDF000000},
      {"smallest quotient", 1, std::uint64_t{1} << 63U, 0x20000000},
  };
  for (const Float32Row& row : rows) {
    EXPECT_EQ(float32_bits(row.numerator, row.denominator), row.bits) << row.name;
  }
}

TEST(Float32, GivesBackWholeNumbersAndNothingElse) {
  for (const std::int64_t number : {0, 1, -1, 2, 247, 9600, 115'200, -16'777'215, 16'777'215})
    EXPECT_EQ(integer_of_float32(float32_bits(number, 1)), number);
  for (const std::uint32_t bits : {0x3F00'0000U /* 0.5 */, 0x3FC0'0000U /* 1.5 */, 0x4B80'0000U /* 2^24 */,
                                   0x7F80'0000U /* infinite */, 0xFFC0'0000U /* none */, 1U})
    EXPECT_FALSE(integer_of_float32(bits).has_value()) << bits;
}

// The hardware's (or the compiler's) own division is exact for operands of at most 24 bits.
TEST(Float32, AgreesWithTheProcessor) {
  const unsigned seed = 20261121;
  std::mt19937_64 random{seed};
  for (int i = 0; i < 20'000; ++i) {
    const auto numerator = static_cast<std::int64_t>(random() % 0x1000000) - 0x800000;
    const auto denominator = random() % 0xFFFFFF + 1;
    const float quotient = static_cast<float>(numerator) / static_cast<float>(denominator);
    const auto expected = numerator == 0 ? 0U : std::bit_cast<std::uint32_t>(quotient);
    ASSERT_EQ(float32_bits(numerator, denominator), expected)
        << numerator << " / " << denominator << ", seed " << seed;
  }
}

}  // namespace
}  // namespace lk::dictionary
