// SPDX-License-Identifier: Apache-2.0
#include "card/statement.hpp"

#include <gtest/gtest.h>

namespace lk::card {
namespace {

Statement example() {
  Statement s{.meter = 7'000'000'013, .serial = 0x0102'0304'0506'0708, .load = 3, .done_count = 2};
  s.results = {1, 0x11, 0, 0, 0, 0, 0, 0};
  s.clock = quantity::Instant::of(1'795'233'219'820);
  s.balance = quantity::Money::of(-5);
  s.credited = quantity::Money::of(500'000);
  s.priced_energy = quantity::Energy::of(165'600);
  s.hold_reasons = 3;
  s.refund = quantity::Money::of(4);
  s.refund_sequence = 9;
  s.refund_proof[15] = std::byte{7};
  return s;
}

TEST(Statement, ComesBackAsItWent) {
  const Key key{std::byte{1}};
  const auto read = open_statement(seal(example(), key), key);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, example());
}

TEST(Statement, EveryTurnedBitIsSeen) {
  const Key key{std::byte{1}};
  const auto good = seal(example(), key);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bytes = good;
    bytes[bit / 8] ^= std::byte{static_cast<std::uint8_t>(1U << bit % 8)};
    EXPECT_FALSE(open_statement(bytes, key)) << bit;
  }
  EXPECT_FALSE(open_statement(good, Key{std::byte{2}}));
  EXPECT_FALSE(open_statement(std::span{good}.first(163), key));
}

}  // namespace
}  // namespace lk::card
