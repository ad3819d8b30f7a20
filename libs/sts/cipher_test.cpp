// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/vectors_test.hpp"
#include "sts/misty1.hpp"
#include "sts/misty1_boxes.hpp"
#include "sts/sta.hpp"

namespace lk::sts {
namespace {

using crypto::test::hex;

struct MistyCase {
  const char* key;
  std::uint64_t plain;
  std::uint64_t cipher;
  std::uint64_t expanded_upper;
  std::uint64_t expanded_lower;
};

// The first two are of RFC 2994, the others of another implementation.
constexpr MistyCase misty_cases[] = {
    {"00112233445566778899aabbccddeeff", 0x0123456789ABCDEF, 0x8B1DA5F56AB3D07C, 0xCF518E7F5E29673A,
     0xCDBC07D6BF355E11},
    {"00112233445566778899aabbccddeeff", 0xFEDCBA9876543210, 0x04B68240B13BE95D, 0xCF518E7F5E29673A,
     0xCDBC07D6BF355E11},
    {"414afd99bb577ee69df58cc8fb4e6888", 0x9FC302E281310E90, 0x15C270974B9B9163, 0xC7BD6E012268237A,
     0x4389305A1B360B8C},
    {"3c54aed9a5389c947167db9d97c6967a", 0x032C4A4A100EE807, 0x3346CB8C779CF2DE, 0x7C8E13EBFE764805,
     0x0C9097934205662B},
    {"d3f11a6d25f1b3866fdada0b5e53fa17", 0xDB9E3218402023F3, 0xB2DD1595A450BC98, 0xF011D035AC920F83,
     0x2F69BCF7B860D4F0},
    {"5f87f88ec7641d83af03fd8327821046", 0x6553DE24C0DD900B, 0x60081E65CB7C2B84, 0x3736172D7421C914,
     0x01596DB29D3D5536},
};

TEST(Misty1, PublishedVectorsBothWays) {
  for (const MistyCase& c : misty_cases) {
    const Misty1 cipher{hex<16>(c.key)};
    EXPECT_EQ(cipher.encrypt(c.plain), c.cipher) << c.key;
    EXPECT_EQ(cipher.decrypt(c.cipher), c.plain) << c.key;
    std::uint64_t words[2] = {};
    for (std::size_t i = 0; i < 8; ++i) words[i / 4] = (words[i / 4] << 16U) | cipher.expanded()[i];
    EXPECT_EQ(words[0], c.expanded_upper) << c.key;
    EXPECT_EQ(words[1], c.expanded_lower) << c.key;
  }
}

TEST(Misty1, SubstitutionsWithoutLookUpsAreThePrintedTables) {
  for (std::uint32_t in = 0; in < 128; ++in) EXPECT_EQ(misty1_s7(in), misty1_s7_table[in]) << in;
  for (std::uint32_t in = 0; in < 512; ++in) EXPECT_EQ(misty1_s9(in), misty1_s9_table[in]) << in;
}

TEST(Sta, ExampleOfTheStandardWithTheSampleTables) {
  const Sta cipher{0x0ABC12DEF3456789, sample_tables};
  EXPECT_EQ(cipher.encrypt(0x0B19EB230100C207), 0xC45ED1619406DF95);
  EXPECT_EQ(cipher.decrypt(0xC45ED1619406DF95), 0x0B19EB230100C207U);
}

TEST(Sta, DecryptsWhatItEncryptedUnderAnyKey) {
  std::uint64_t value = 0x9E3779B97F4A7C15;  // seed of the walk below
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t key = value *= 0xD1342543DE82EF95;
    value += 0x2545F4914F6CDD1D;
    const Sta cipher{key, sample_tables};
    EXPECT_EQ(cipher.decrypt(cipher.encrypt(value)), value) << "round " << i;
  }
}

TEST(Sta, TableSetThatIsNoPermutationIsNamed) {
  EXPECT_EQ(check(sample_table_set), TableSetFault::none);
  TableSet set = sample_table_set;
  set.substitution_1[3] = set.substitution_1[4];
  EXPECT_EQ(check(set), TableSetFault::substitution_1);
  set = sample_table_set;
  set.substitution_2[15] = 16;
  EXPECT_EQ(check(set), TableSetFault::substitution_2);
  set = sample_table_set;
  set.permutation[0] = 64;
  EXPECT_EQ(check(set), TableSetFault::permutation);
}

}  // namespace
}  // namespace lk::sts
