// SPDX-License-Identifier: Apache-2.0
#include "crypto/aes128.hpp"

#include <gtest/gtest.h>

#include "crypto/vectors_test.hpp"

namespace lk::crypto {
namespace {

using test::hex;

struct Case {
  const char* source;
  const char* key;
  const char* plain;
  const char* cipher;
};

constexpr Case cases[] = {
    {"FIPS 197, appendix B", "2b7e151628aed2a6abf7158809cf4f3c", "3243f6a8885a308d313198a2e0370734",
     "3925841d02dc09fbdc118597196a0b32"},
    {"FIPS 197, appendix C.1", "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
     "69c4e0d86a7b0430d8cdb78070b4c55a"},
    {"SP 800-38A F.1.1 block 1", "2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a",
     "3ad77bb40d7a3660a89ecaf32466ef97"},
    {"SP 800-38A F.1.1 block 2", "2b7e151628aed2a6abf7158809cf4f3c", "ae2d8a571e03ac9c9eb76fac45af8e51",
     "f5d3d58503b9699de785895a96fdbaaf"},
    {"SP 800-38A F.1.1 block 3", "2b7e151628aed2a6abf7158809cf4f3c", "30c81c46a35ce411e5fbc1191a0a52ef",
     "43b1cd7f598ece23881b00e3ed030688"},
    {"SP 800-38A F.1.1 block 4", "2b7e151628aed2a6abf7158809cf4f3c", "f69f2445df4f9b17ad2b417be66c3710",
     "7b0c785e27e8ad3f8223207104725dd4"},
    {"AESAVS all ones key", "ffffffffffffffffffffffffffffffff", "00000000000000000000000000000000",
     "a1f6258c877d5fcd8964484538bfc92c"},
};

TEST(Aes128, PublishedVectorsBothWays) {
  for (const Case& c : cases) {
    const Aes128 cipher{hex<16>(c.key)};
    EXPECT_EQ(cipher.encrypt(hex<16>(c.plain)), hex<16>(c.cipher)) << c.source;
    EXPECT_EQ(cipher.decrypt(hex<16>(c.cipher)), hex<16>(c.plain)) << c.source;
  }
}

}  // namespace
}  // namespace lk::crypto
