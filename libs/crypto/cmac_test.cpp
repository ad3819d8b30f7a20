// SPDX-License-Identifier: Apache-2.0
#include "crypto/cmac.hpp"

#include <gtest/gtest.h>

#include "crypto/vectors_test.hpp"

namespace lk::crypto {
namespace {

using test::hex;
using test::Hex;

constexpr const char* rfc_key = "2b7e151628aed2a6abf7158809cf4f3c";

struct Case {
  const char* name;
  Hex message;
  const char* tag;
};

// RFC 4493, section 4 (the same as SP 800-38B, appendix D.1).
constexpr Case cases[] = {
    {"empty message", "", "bb1d6929e95937287fa37d129b756746"},
    {"one whole block", "6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144f79bdd9dd04a287c"},
    {"40 bytes", "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
     "dfa66747de9ae63030ca32611497c827"},
    {"four whole blocks",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f244"
     "5"
     "df4f9b17ad2b417be66c3710",
     "51f0bebf7e3b9d92fc49741779363cfe"},
};

TEST(Cmac, PublishedVectors) {
  for (const Case& c : cases) {
    EXPECT_EQ(cmac(hex<16>(rfc_key), c.message.view()), hex<16>(c.tag)) << c.name;
    EXPECT_TRUE(cmac_verifies(hex<16>(rfc_key), c.message.view(), hex<16>(c.tag))) << c.name;
  }
}

TEST(Cmac, OneFlippedBitOfTheTagIsRefused) {
  const auto key = hex<16>(rfc_key);
  const auto right = cmac(key, cases[2].message.view());
  for (unsigned bit = 0; bit < 128; ++bit) {
    auto wrong = right;
    wrong[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(cmac_verifies(key, cases[2].message.view(), wrong)) << "bit " << bit;
  }
}

}  // namespace
}  // namespace lk::crypto
