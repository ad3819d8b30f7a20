// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/wide.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "meter/metrology/scale.hpp"

namespace lk::metrology {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

// xorshift64*: a fixed row of numbers of every length.
struct Numbers {
  std::uint64_t state = 0x9E37'79B9'7F4A'7C15U;
  std::uint64_t next() {
    state ^= state >> 12U;
    state ^= state << 25U;
    state ^= state >> 27U;
    return state * 0x2545'F491'4F6C'DD1DU;
  }
  std::uint64_t next_of_any_length() {
    const std::uint64_t value = next();
    return value >> (next() % 64);
  }
};

TEST(Wide, MultipliesTheExtremes) {
  EXPECT_EQ(multiply(std::int64_t{-1}, std::int64_t{1}), Wide::of(-1));
  EXPECT_EQ(multiply(most, most), (Wide{0x3FFF'FFFF'FFFF'FFFF, 1}));
  EXPECT_EQ(multiply(least, least), (Wide{0x4000'0000'0000'0000, 0}));
  EXPECT_EQ(multiply(least, std::int64_t{1}), Wide::of(least));
  EXPECT_EQ(multiply(std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint64_t>::max()),
            (Wide{0xFFFF'FFFF'FFFF'FFFE, 1}));
}

TEST(Wide, DivisionUndoesMultiplicationForNumbersOfEveryLength) {
  Numbers numbers;
  for (int round = 0; round < 20'000; ++round) {
    const std::uint64_t a = numbers.next_of_any_length() >> 1U;
    const std::uint64_t divisor = numbers.next_of_any_length() | 1U;
    const std::uint64_t rest = numbers.next() % divisor;
    const Wide value = multiply(a, divisor) + Wide{0, rest};
    ASSERT_EQ(divide(value, divisor), (Wide{0, a}))
        << "a " << a << " divisor " << divisor << " rest " << rest;
    const std::uint64_t nearest = a + (rest >= divisor - rest ? 1 : 0);
    if (nearest <= static_cast<std::uint64_t>(most)) {
      ASSERT_EQ(static_cast<std::uint64_t>(divide_rounded(value, divisor)), nearest);
      ASSERT_EQ(divide_rounded(-value, divisor), -static_cast<std::int64_t>(nearest));
    }
  }
}

TEST(Wide, ShiftsAndRoundsHalvesAwayFromZero) {
  EXPECT_EQ(shift_right_rounded(Wide::of(5), 1), Wide::of(3));
  EXPECT_EQ(shift_right_rounded(Wide::of(-5), 1), Wide::of(-3));
  EXPECT_EQ(shift_right_rounded(Wide::of(-4), 3), Wide::of(-1));
  EXPECT_EQ(shift_right_rounded(Wide::of(-3), 3), Wide{});
  EXPECT_EQ(shift_right_rounded(shift_left(Wide::of(7), 100), 100), Wide::of(7));
  EXPECT_EQ(shift_right_rounded(Wide::of(-1), 128), Wide{});
  EXPECT_EQ(shift_left(Wide::of(3), 64), (Wide{3, 0}));
}

TEST(Wide, SquareRootIsTheLargestThatFits) {
  EXPECT_EQ(square_root(0), 0U);
  EXPECT_EQ(square_root(3), 1U);
  EXPECT_EQ(square_root(std::numeric_limits<std::uint64_t>::max()), 0xFFFF'FFFFU);
  Numbers numbers;
  for (int round = 0; round < 5000; ++round) {
    const std::uint64_t value = numbers.next_of_any_length();
    const std::uint64_t root = square_root(value);
    ASSERT_LE(root * root, value);
    ASSERT_TRUE(root == 0xFFFF'FFFFU || (root + 1) * (root + 1) > value) << value;
  }
}

TEST(Scale, AppliesAFactorToFifteenDigits) {
  const Scale scale = Scale::of(1'000'000'000).over(21'387'200).over(3);
  EXPECT_EQ(scale.apply(0), 0);
  EXPECT_EQ(scale.apply(64'161'600), 1'000'000'000);
  EXPECT_EQ(scale.apply(-64'161'600), -1'000'000'000);
  EXPECT_EQ(scale.apply(std::int64_t{64'161'600} << 20U, 20), 1'000'000'000);
}

#if GTEST_HAS_DEATH_TEST
TEST(WideDeathTest, ResultsThatDoNotFitAreBugs) {
  EXPECT_DEATH((void)divide(Wide::of(1), 0), "");
  EXPECT_DEATH((void)divide_rounded(Wide{1, 0}, 1), "");
  EXPECT_DEATH((void)narrow(Wide{1, 0}), "");
}
#endif

}  // namespace
}  // namespace lk::metrology
