// SPDX-License-Identifier: Apache-2.0
#include "order/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/vectors_test.hpp"

namespace lk::order {
namespace {

using crypto::test::hex;
using crypto::test::Hex;
using quantity::Instant;
using quantity::Price;

constexpr std::uint64_t own = 7'000'000'013;
const Key master = hex<16>("000102030405060708090a0b0c0d0e0f");

Order example() {
  return {own, 5, 1'790'000'000, SetPrice{Price::of(12'000), 2}};
}

TEST(Order, MeterNumberIsElevenDigits) {
  EXPECT_EQ(meter_number("07000000013"), own);
  EXPECT_EQ(meter_number("99999999999"), 99'999'999'999U);
  EXPECT_EQ(meter_number("7000000019"), std::nullopt) << "ten digits";
  EXPECT_EQ(meter_number("070000000130"), std::nullopt) << "twelve digits";
  EXPECT_EQ(meter_number("0700000001x"), std::nullopt) << "a letter";
  EXPECT_EQ(meter_number(""), std::nullopt);
}

// Figures made with OpenSSL 3: openssl mac -cipher AES-128-CBC -macopt hexkey:… CMAC.
TEST(Order, KeyAndBytesAreThoseOfTheFormat) {
  const Key key = derive_key(master, own);
  EXPECT_EQ(key, hex<16>("ce47c9a095a0f8a7442993701dd6866f"));
  constexpr Hex expected =
      // version, number, sequence, expiry, verb, n, arguments, seal
      "01"
      "0001a13b860d"
      "00000005"
      "6ab13b80"
      "03"
      "08"
      "00002ee000000002"
      "1a973ed90aa69d7bcf590e98c11ab689";
  const SealedOrder sealed = seal(example(), key);
  EXPECT_TRUE(std::ranges::equal(sealed.view(), expected.view()));
}

TEST(Order, OpensToWhatWasSealed) {
  const Key key = derive_key(master, own);
  const SealedOrder sealed = seal(example(), key);
  const auto opened = open(sealed.view(), own, key);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->sequence, 5U);
  EXPECT_EQ(opened->expiry_unix_s, 1'790'000'000U);
  const auto command = decode_command(opened->verb, opened->arguments);
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(*command, example().command);
}

TEST(Order, EachMeterHasItsOwnKey) {
  EXPECT_NE(derive_key(master, own), derive_key(master, own + 1));
}

TEST(Order, OneFlippedBitAnywhereIsRefused) {
  const Key key = derive_key(master, own);
  const SealedOrder sealed = seal(example(), key);
  for (std::size_t bit = 0; bit < sealed.size_bytes * 8U; ++bit) {
    SealedOrder damaged = sealed;
    damaged.bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto opened = open(damaged.view(), own, key);
    ASSERT_FALSE(opened.has_value()) << "bit " << bit;
    const std::size_t at = bit / 8;
    const Refusal expected = at == 0 || at == 16 ? Refusal::malformed
                             : at < 7            ? Refusal::foreign
                                                 : Refusal::forged;
    EXPECT_EQ(opened.error(), expected) << "bit " << bit;
  }
}

TEST(Order, AnyOtherSizeIsMalformed) {
  const Key key = derive_key(master, own);
  const SealedOrder sealed = seal(example(), key);
  for (std::size_t size = 0; size < sealed.bytes.size(); ++size) {
    if (size == sealed.size_bytes) continue;
    const auto opened = open(std::span{sealed.bytes}.first(size), own, key);
    ASSERT_FALSE(opened.has_value()) << size;
    EXPECT_EQ(opened.error(), Refusal::malformed) << size;
  }
}

TEST(Order, LengthFieldAbove45IsMalformed) {
  std::array<std::byte, 17 + 46 + 16> bytes{};
  bytes[0] = std::byte{1};
  bytes[16] = std::byte{46};
  const auto opened = open(bytes, 0, master);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error(), Refusal::malformed);
}

TEST(Order, AnotherMetersOrderIsForeignAndAnotherKeysIsForged) {
  const Key key = derive_key(master, own);
  const SealedOrder sealed = seal(example(), key);
  EXPECT_EQ(open(sealed.view(), own + 1, key).error(), Refusal::foreign);
  EXPECT_EQ(open(sealed.view(), own, derive_key(master, own + 1)).error(), Refusal::forged);
}

struct JudgeCase {
  const char* name;
  std::uint32_t sequence;
  std::uint32_t expiry;
  std::uint32_t last_sequence;
  bool same_seal;
  std::int64_t now_ms;
  std::expected<Standing, Refusal> result;
};

const JudgeCase judge_cases[] = {
    {"first order of a new meter", 1, never_expires, 0, false, 0, Standing::fresh},
    {"a gap in the sequence is allowed", 9, never_expires, 5, false, 0, Standing::fresh},
    {"same sequence, same bytes", 5, never_expires, 5, true, 0, Standing::repeated},
    {"a repeat after its expiry is still a repeat", 5, 100, 5, true, 200'000, Standing::repeated},
    {"same sequence, other bytes", 5, never_expires, 5, false, 0, std::unexpected(Refusal::stale)},
    {"below the last sequence", 4, never_expires, 5, false, 0, std::unexpected(Refusal::stale)},
    {"sequence 0 in a new meter", 0, never_expires, 0, true, 0, std::unexpected(Refusal::stale)},
    {"within the second of its expiry", 6, 100, 5, false, 100'999, Standing::fresh},
    {"a second after its expiry", 6, 100, 5, false, 101'000, std::unexpected(Refusal::expired)},
    {"expired is told before stale", 4, 100, 5, false, 101'000, std::unexpected(Refusal::expired)},
    {"the largest expiry is never", 6, never_expires, 5, false, 5'000'000'000'000, Standing::fresh},
    {"a clock before 1970 expires nothing", 6, 0, 5, false, -1, Standing::fresh},
};

TEST(Order, JudgesBySequenceSealAndClock) {
  const Seal seal = hex<16>("00112233445566778899aabbccddeeff");
  for (const JudgeCase& c : judge_cases) {
    const Opened order{
        .sequence = c.sequence, .expiry_unix_s = c.expiry, .verb = 1, .arguments = {}, .seal = seal};
    const Accepted last{.sequence = c.last_sequence, .seal = c.same_seal ? seal : Seal{}};
    EXPECT_TRUE(judge(order, last, Instant::of(c.now_ms)) == c.result) << c.name;
  }
}

}  // namespace
}  // namespace lk::order
