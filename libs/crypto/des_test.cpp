// SPDX-License-Identifier: Apache-2.0
#include "crypto/des.hpp"

#include <gtest/gtest.h>

namespace lk::crypto {
namespace {

struct Case {
  const char* source;
  std::uint64_t key;
  std::uint64_t plain;
  std::uint64_t cipher;
};

constexpr Case cases[] = {
    {"SP 800-17 variable plaintext 1", 0x0101010101010101, 0x8000000000000000, 0x95F8A5E5DD31D900},
    {"SP 800-17 variable plaintext 64", 0x0101010101010101, 0x0000000000000001, 0x166B40B44ABA4BD6},
    {"SP 800-17 variable key 1", 0x8001010101010101, 0x0000000000000000, 0x95A8D72813DAA94D},
    {"SP 800-17 permutation 1", 0x1046913489980131, 0x0000000000000000, 0x88D55E54F54C97B4},
    {"SP 800-17 substitution 1", 0x7CA110454A1A6E57, 0x01A1D6D039776742, 0x690F5B0D9A26939B},
    {"SP 800-17 substitution 2", 0x0131D9619DC1376E, 0x5CD54CA83DEF57DA, 0x7A389D10354BD271},
    {"SP 800-17 substitution 3", 0x07A1133E4A0B2686, 0x0248D43806F67172, 0x868EBB51CAB4599A},
    {"SP 800-17 substitution 4", 0x3849674C2602319E, 0x51454B582DDF440A, 0x7178876E01F19B2A},
    {"SP 800-17 substitution 5", 0x04B915BA43FEB5B6, 0x42FD443059577FA2, 0xAF37FB421F8C4095},
    {"SP 800-17 substitution 6", 0x0113B970FD34F2CE, 0x059B5E0851CF143A, 0x86A560F10EC6D85B},
    {"SP 800-17 substitution 7", 0x0170F175468FB5E6, 0x0756D8E0774761D2, 0x0CD3DA020021DC09},
    {"SP 800-17 substitution 8", 0x43297FAD38E373FE, 0x762514B829BF486A, 0xEA676B2CB7DB2B7A},
    {"SP 800-17 substitution 9", 0x07A7137045DA2A16, 0x3BDD119049372802, 0xDFD64A815CAF1A0F},
    {"SP 800-17 substitution 10", 0x04689104C2FD3B2F, 0x26955F6835AF609A, 0x5C513C9C4886C088},
    {"SP 800-17 substitution 11", 0x37D06BB516CB7546, 0x164D5E404F275232, 0x0A2AEEAE3FF4AB77},
    {"SP 800-17 substitution 12", 0x1F08260D1AC2465E, 0x6B056E18759F5CCA, 0xEF1BF03E5DFA575A},
    {"STS decoder-key example", 0xABABABABABABABAB, 0x2151356011FFFFFF, 0x6CA9AAD4270FA73B},
};

TEST(Des, PublishedVectors) {
  for (const Case& c : cases) {
    EXPECT_EQ(des_encrypt(c.key, c.plain), c.cipher) << c.source;
    EXPECT_EQ(des_decrypt(c.key, c.cipher), c.plain) << c.source;
  }
}

TEST(TripleDes, WithTwoEqualKeysIsSingleDes) {
  for (const Case& c : cases) EXPECT_EQ(triple_des_encrypt(c.key, c.key, c.plain), c.cipher) << c.source;
}

TEST(Des, ParityIsToldByteByByte) {
  EXPECT_TRUE(des_key_has_odd_parity(0xABABABABABABABAB));
  EXPECT_TRUE(des_key_has_odd_parity(0x0101010101010101));
  EXPECT_FALSE(des_key_has_odd_parity(0x0101010101010100)) << "last byte even";
  EXPECT_FALSE(des_key_has_odd_parity(0x0301010101010101)) << "first byte even";
}

}  // namespace
}  // namespace lk::crypto
