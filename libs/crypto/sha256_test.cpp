// SPDX-License-Identifier: Apache-2.0
#include "crypto/sha256.hpp"

#include <gtest/gtest.h>

#include "crypto/hmac.hpp"
#include "crypto/vectors_test.hpp"

namespace lk::crypto {
namespace {

using test::hex;
using test::Hex;

std::span<const std::byte> text(std::string_view ascii) {
  return std::as_bytes(std::span{ascii});
}

struct HashCase {
  const char* source;
  std::string_view message;
  const char* digest;
};

constexpr HashCase hash_cases[] = {
    {"FIPS 180-4 example, empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"FIPS 180-4 example, one block", "abc",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"FIPS 180-4 example, two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"NIST CSRC example, 896 bits",
     "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrs"
     "t"
     "nopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

TEST(Sha256, PublishedVectors) {
  for (const HashCase& c : hash_cases) {
    EXPECT_EQ(Sha256::of(text(c.message)), hex<32>(c.digest)) << c.source;
  }
}

TEST(Sha256, PartsOfAnySizeGiveTheDigestOfTheWhole) {
  const auto whole = text(hash_cases[3].message);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    Sha256 hash;
    hash.update(whole.first(cut));
    hash.update(whole.subspan(cut));
    EXPECT_EQ(hash.finish(), hex<32>(hash_cases[3].digest)) << "cut at " << cut;
  }
}

TEST(Sha256, ManyBlocks) {  // NIST CSRC example: a million times "a"
  std::array<std::byte, 1000> part;
  part.fill(std::byte{'a'});
  Sha256 hash;
  for (int i = 0; i < 1000; ++i) hash.update(part);
  EXPECT_EQ(hash.finish(), hex<32>("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

struct MacCase {
  const char* source;
  Hex key;
  Hex message;
  const char* mac;
};

// The long key of cases 6 and 7 is 131 times AA.
constexpr std::string_view long_key =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static_assert(long_key.size() == 2 * 131);

constexpr MacCase mac_cases[] = {
    {"RFC 4231 case 1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"RFC 4231 case 2", "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"RFC 4231 case 3", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"RFC 4231 case 4", "0102030405060708090a0b0c0d0e0f10111213141516171819",
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {"RFC 4231 case 6, a key longer than a block", long_key,
     "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b65792046697"
     "2"
     "7374",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
};

TEST(HmacSha256, PublishedVectors) {
  for (const MacCase& c : mac_cases) {
    EXPECT_EQ(HmacSha256{c.key.view()}.of(c.message.view()), hex<32>(c.mac)) << c.source;
  }
}

TEST(HmacSha256, OneKeyServesManyMessages) {
  const HmacSha256 mac{mac_cases[0].key.view()};
  EXPECT_EQ(mac.of(mac_cases[0].message.view()), hex<32>(mac_cases[0].mac));
  EXPECT_EQ(mac.of(mac_cases[0].message.view()), hex<32>(mac_cases[0].mac))
      << "the second answer is the first";
}

}  // namespace
}  // namespace lk::crypto
