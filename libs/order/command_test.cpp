// SPDX-License-Identifier: Apache-2.0
#include "order/command.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/vectors_test.hpp"

namespace lk::order {
namespace {

using crypto::test::Hex;
using quantity::Instant;
using quantity::Money;
using quantity::Price;

struct Case {
  const char* name;
  Command command;
  Hex arguments;
};

constexpr Case cases[] = {
    {"open", Open{}, ""},
    {"close", Close{}, ""},
    {"set price", SetPrice{Price::of(12'000), 7}, "00002ee000000007"},
    {"highest price", SetPrice{Price::of(0xFFFF'FFFFLL), 0xFFFF'FFFF}, "ffffffffffffffff"},
    {"set clock", SetClock{Instant::of(1'790'000'000'123)}, "000001a0c4506c7b"},
    {"set clock to the last second", SetClock{clock_max}, "000003e7ffffffff"},
    {"set low credit", SetLowCredit{Money::of(200'000)}, "0000000000030d40"},
    {"negative low credit", SetLowCredit{Money::of(-1)}, "ffffffffffffffff"},
    {"tariff chunk", TariffChunk{9, 2, 3, {std::byte{0xAA}, std::byte{0xBB}, std::byte{0xCC}}},
     "0000000902aabbcc"},
    {"tariff activate", TariffActivate{9, 1'083, Instant::of(1'790'000'000'000), {std::byte{0x01}}},
     "00000009043b6ab13b800100000000000000000000000000000000000000000000000000000000000000"},
};

TEST(OrderCommand, EachVerbComesBackFromItsBytes) {
  for (const Case& c : cases) {
    const Arguments arguments = encode_arguments(c.command);
    const auto back = decode_command(static_cast<std::uint8_t>(verb_of(c.command)), arguments.view());
    ASSERT_TRUE(back.has_value()) << c.name;
    EXPECT_EQ(*back, c.command) << c.name;
  }
}

TEST(OrderCommand, BytesAreThoseOfTheFormat) {
  for (const Case& c : cases) {
    EXPECT_TRUE(std::ranges::equal(encode_arguments(c.command).view(), c.arguments.view())) << c.name;
  }
}

struct Refused {
  const char* name;
  std::uint8_t verb;
  Hex arguments;
  Refusal refusal;
};

constexpr Refused refused[] = {
    {"verb 0", 0, "", Refusal::unknown_verb},
    {"verb 8", 8, "", Refusal::unknown_verb},
    {"verb 255", 255, "0000", Refusal::unknown_verb},
    {"open with an argument", 1, "00", Refusal::bad_argument},
    {"price without version", 3, "00002ee0", Refusal::bad_argument},
    {"price with a byte too many", 3, "00002ee00000000700", Refusal::bad_argument},
    {"clock before 1970", 4, "ffffffffffffffff", Refusal::bad_argument},
    {"clock after 2106", 4, "7fffffffffffffff", Refusal::bad_argument},
    {"clock a byte short", 4, "000001a0c4f0c0", Refusal::bad_argument},
    {"low credit without value", 5, "", Refusal::bad_argument},
    {"tariff chunk without bytes", 6, "0000000902", Refusal::bad_argument},
    {"tariff activation a byte short", 7,
     "00000009043b6ab13b8001000000000000000000000000000000000000000000000000000000000000",
     Refusal::bad_argument},
};

TEST(OrderCommand, RefusesWhatIsNoCommand) {
  for (const Refused& c : refused) {
    const auto command = decode_command(c.verb, c.arguments.view());
    ASSERT_FALSE(command.has_value()) << c.name;
    EXPECT_EQ(command.error(), c.refusal) << c.name;
  }
}

TEST(OrderCommand, SaysWhatCannotBeSealed) {
  EXPECT_FALSE(is_valid(TariffChunk{1, 0, 0, {}}));
  EXPECT_FALSE(is_valid(TariffChunk{1, 0, 41, {}}));
  EXPECT_FALSE(is_valid(TariffActivate{1, 100, Instant::of(1'500), {}})) << "no whole second";
  EXPECT_FALSE(is_valid(TariffActivate{1, 100, Instant::of(-1'000), {}}));
  EXPECT_FALSE(is_valid(SetPrice{Price::of(-1), 1}));
  EXPECT_FALSE(is_valid(SetPrice{Price::of(0x1'0000'0000LL), 1}));
  EXPECT_FALSE(is_valid(SetClock{Instant::of(-1)}));
  EXPECT_FALSE(is_valid(SetClock{Instant::of(clock_max.unix_ms() + 1)}));
  EXPECT_TRUE(is_valid(SetLowCredit{Money::of(INT64_MIN)}));
}

}  // namespace
}  // namespace lk::order
