// SPDX-License-Identifier: Apache-2.0
#include "quantity/quantity.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace lk::quantity {
namespace {

static_assert(kwh(1).count() == 3'600'000'000);
static_assert((units(3) - units(5)).count() == -200'000);
static_assert(Instant::of(-1).unix_s() == -1, "before 1970 rounds down, not towards zero");
static_assert((Instant::of(1500) + seconds(2)).unix_ms() == 3500);
static_assert(Instant::of(90'000) - Instant::of(30'000) == minutes(1));

TEST(Quantity, OrdersByCount) {
  EXPECT_LT(wh(999), kwh(1));
  EXPECT_EQ(wh(1000), kwh(1));
  EXPECT_EQ(-units(2), units(-2));
}

#if GTEST_HAS_DEATH_TEST
TEST(QuantityDeathTest, SumBeyondTheRangeIsABug) {
  const Money most = Money::of(std::numeric_limits<std::int64_t>::max());
  EXPECT_DEATH({ [[maybe_unused]] const auto sum = most + Money::of(1); }, "");
  EXPECT_DEATH({ [[maybe_unused]] const auto product = most * 2; }, "");
}
#endif

}  // namespace
}  // namespace lk::quantity
