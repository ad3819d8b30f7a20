// SPDX-License-Identifier: Apache-2.0
#include "card/load.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lk::card {
namespace {

constexpr std::string_view digits = "12345678901234567890";

TEST(Load, ComesBackAsItWent) {
  const auto token = pack_token(digits);
  ASSERT_TRUE(token);
  std::array<std::byte, 33> order{};
  order[0] = std::byte{1};
  Load load{
      .purpose = Purpose::open_account, .meter = 99'999'999'999, .number = 7, .issue = 3, .item_count = 2};
  load.items[0] = {ItemType::order, order};
  load.items[1] = {ItemType::token, *token};
  std::array<std::byte, load_max_bytes> room{};
  const auto bytes = encode(load, room);
  EXPECT_EQ(load_size(bytes), bytes.size());
  const auto read = decode_load(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->purpose, load.purpose);
  EXPECT_EQ(read->meter, load.meter);
  EXPECT_EQ(read->number, 7U);
  EXPECT_EQ(read->issue, 3U);
  ASSERT_EQ(read->view().size(), 2U);
  const auto characters = token_characters(read->items[1].bytes);
  ASSERT_TRUE(characters);
  EXPECT_EQ(std::string_view(characters->data(), characters->size()), digits);
}

TEST(Load, EveryTurnedBitIsSeen) {
  const auto token = pack_token(digits);
  Load load{.meter = 7'000'000'013, .number = 1, .item_count = 1};
  load.items[0] = {ItemType::token, *token};
  std::array<std::byte, load_max_bytes> room{};
  const auto good = encode(load, room);
  const std::vector<std::byte> bytes(good.begin(), good.end());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] ^= std::byte{static_cast<std::uint8_t>(1U << bit % 8)};
    EXPECT_FALSE(decode_load(damaged)) << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_load(std::span{bytes}.first(size)));
}

TEST(Load, AnEmptyCardHoldsNone) {
  const std::array<std::byte, load_max_bytes> zeros{};
  EXPECT_FALSE(load_size(zeros));
  EXPECT_FALSE(decode_load(zeros));
}

TEST(Load, TokensAreTwentyDigits) {
  EXPECT_FALSE(pack_token("1234567890123456789"));
  EXPECT_FALSE(pack_token("1234567890123456789x"));
  auto packed = *pack_token(digits);
  packed[3] = std::byte{0x1A};
  EXPECT_FALSE(token_characters(packed));
}

TEST(Load, PurposesHaveNames) {
  for (std::uint8_t i = 1; i <= purpose_max; ++i) {
    const auto purpose = static_cast<Purpose>(i);
    EXPECT_EQ(purpose_of(name_of(purpose)), purpose);
  }
  EXPECT_FALSE(purpose_of(""));
  EXPECT_FALSE(purpose_of("gift"));
}

}  // namespace
}  // namespace lk::card
