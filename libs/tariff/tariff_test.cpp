// SPDX-License-Identifier: Apache-2.0
#include "tariff/tariff.hpp"

#include <gtest/gtest.h>

#include <random>

namespace lk::tariff {
namespace {

using quantity::Energy;
using quantity::Money;
using quantity::Price;

struct ChargeRow {
  const char* name;
  std::int64_t price;
  std::int64_t energy_mj;
  std::uint32_t carried_parts;
  std::int64_t money;
  std::uint32_t left_parts;
};

TEST(Tariff, ChargesExactly) {
  constexpr std::int64_t kwh_mj = quantity::mj_per_kwh;
  const ChargeRow rows[] = {
      {"1 kWh at 1.2000", 12'000, kwh_mj, 0, 120'000, 0},
      {"nothing used", 12'000, 0, 7, 0, 7},
      {"free", 0, 5 * kwh_mj, 7, 0, 7},
      {"1 mJ at 1.2000 is carried", 12'000, 1, 0, 0, 12'000},
      {"the carried part makes a count full", 1, 1, 359'999'999, 1, 0},
      {"10 years of 25 kW at the highest price", 0xFFFFFFFF, 2'190'000 * kwh_mj, 0, 94'059'783'760'500'000,
       0},
  };
  for (const ChargeRow& row : rows) {
    const auto charged =
        charge({Price::of(row.price)}, Energy::of(row.energy_mj), Remainder::of(row.carried_parts));
    ASSERT_TRUE(charged.has_value()) << row.name;
    EXPECT_EQ(charged->money.count(), row.money) << row.name;
    EXPECT_EQ(charged->remainder.parts(), row.left_parts) << row.name;
  }
}

TEST(Tariff, RefusesWhatCannotBeCharged) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(charge({Price::of(1)}, Energy::of(-1), {}).error(), Error::negative_energy);
  EXPECT_EQ(charge({Price::of(-1)}, Energy::of(1), {}).error(), Error::price_out_of_range);
  EXPECT_EQ(charge({Price::of(0x1'0000'0000)}, Energy::of(1), {}).error(), Error::price_out_of_range);
  EXPECT_EQ(charge({price_max}, Energy::of(most), {}).error(), Error::overflow);
  EXPECT_TRUE(charge({Price::of(360'000'000)}, Energy::of(most), {}).has_value()) << "just inside";
}

// Any split of the energy, any prices in turn: the money is the floor of the exact sum at every point.
TEST(Tariff, NoSplitLosesOrGainsAnything) {
  const unsigned seed = 20261121;
  std::mt19937_64 random{seed};
  for (int run = 0; run < 200; ++run) {
    FlatTariff tariff{Price::of(static_cast<std::int64_t>(random() % 100'000))};
    Remainder remainder;
    std::uint64_t exact_whole = 0;  // the exact sum: whole counts of money, and parts of one
    std::uint64_t exact_parts = 0;
    Money charged;
    for (int piece = 0; piece < 200; ++piece) {
      if (random() % 50 == 0) tariff.price = Price::of(static_cast<std::int64_t>(random() % 100'000));
      const auto energy_mj = static_cast<std::int64_t>(random() >> (24 + random() % 40));
      const auto result = charge(tariff, Energy::of(energy_mj), remainder);
      ASSERT_TRUE(result.has_value());
      charged += result->money;
      remainder = result->remainder;
      // energy < 2^40 and price < 2^17: the product fits 64 bits.
      exact_parts += static_cast<std::uint64_t>(energy_mj) * static_cast<std::uint64_t>(tariff.price.count());
      exact_whole += exact_parts / remainder_parts;
      exact_parts %= remainder_parts;
      ASSERT_EQ(static_cast<std::uint64_t>(charged.count()), exact_whole) << "seed " << seed;
      ASSERT_EQ(remainder.parts(), exact_parts) << "seed " << seed;
    }
  }
}

#ifdef __SIZEOF_INT128__
TEST(Tariff, AgreesWithWideArithmeticOverItsWholeRange) {
  __extension__ using Wide = unsigned __int128;
  const unsigned seed = 20261121;
  std::mt19937_64 random{seed};
  for (int i = 0; i < 100'000; ++i) {
    const auto energy_mj = static_cast<std::int64_t>(random() >> (1 + random() % 63));
    const auto price = static_cast<std::int64_t>(random() >> (32 + random() % 32));
    const auto carried = Remainder::of(static_cast<std::uint32_t>(random() % remainder_parts));
    const Wide exact = static_cast<Wide>(energy_mj) * static_cast<Wide>(price) + carried.parts();
    const auto charged = charge({Price::of(price)}, Energy::of(energy_mj), carried);
    if (exact / remainder_parts > static_cast<Wide>(std::numeric_limits<std::int64_t>::max())) {
      ASSERT_EQ(charged.error(), Error::overflow) << "seed " << seed;
      continue;
    }
    ASSERT_TRUE(charged.has_value()) << "seed " << seed;
    ASSERT_EQ(charged->money.count(), static_cast<std::int64_t>(exact / remainder_parts)) << "seed " << seed;
    ASSERT_EQ(charged->remainder.parts(), static_cast<std::uint32_t>(exact % remainder_parts))
        << "seed " << seed;
  }
}
#endif

}  // namespace
}  // namespace lk::tariff
