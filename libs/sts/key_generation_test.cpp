// SPDX-License-Identifier: Apache-2.0
#include "sts/key_generation.hpp"

#include <gtest/gtest.h>

#include "crypto/vectors_test.hpp"

namespace lk::sts {
namespace {

using crypto::test::hex;

const auto vending_key = hex<20>("abababababababab949494949494949401234567");

KeyAttributes example() {
  return {.pan = *parse_pan("600727000000000009"),
          .key_type = KeyType::unique,
          .supply_group_code = 201'457,
          .tariff_index = 1,
          .key_revision_number = 1,
          .base_date = BaseDate::y2014};
}

TEST(KeyGeneration, Dkga04GivesTheKeyOfTheSuite) {
  EXPECT_EQ(*VendingKey{vending_key}.derive_ea07(example()), 0x87F3ECBB2E46B48F);
}

TEST(KeyGeneration, Dkga02GivesTheKeyOfTheSuite) {
  KeyAttributes attributes = example();
  attributes.supply_group_code = 123'456;
  EXPECT_EQ(*derive_dkga02(0xABABABABABABABAB, attributes), 0xE653341F9D5BF36F);
}

TEST(KeyGeneration, EveryAttributeChangesTheKey) {
  const VendingKey vending{vending_key};
  const auto key = *vending.derive_ea11(example());
  const auto changed = [&](auto change) {
    KeyAttributes attributes = example();
    change(attributes);
    return *vending.derive_ea11(attributes);
  };
  EXPECT_NE(changed([](KeyAttributes& a) { a.pan = *parse_pan("000001000000000082"); }), key);
  EXPECT_NE(changed([](KeyAttributes& a) { a.key_type = KeyType::default_key; }), key);
  EXPECT_NE(changed([](KeyAttributes& a) { a.supply_group_code = 201'458; }), key);
  EXPECT_NE(changed([](KeyAttributes& a) { a.tariff_index = 2; }), key);
  EXPECT_NE(changed([](KeyAttributes& a) { a.key_revision_number = 2; }), key);
  EXPECT_NE(changed([](KeyAttributes& a) { a.base_date = BaseDate::y2035; }), key);
}

TEST(KeyGeneration, ACommonKeyIsTheSameForEveryMeter) {
  KeyAttributes one = example();
  KeyAttributes other = example();
  one.key_type = other.key_type = KeyType::common;
  other.pan = *pan_of("11111111115");
  const VendingKey vending{vending_key};
  EXPECT_EQ(*vending.derive_ea11(one), *vending.derive_ea11(other));
  EXPECT_EQ(*derive_dkga02(0xABABABABABABABAB, one), *derive_dkga02(0xABABABABABABABAB, other));
}

TEST(KeyGeneration, NamesTheAttributeThatIsWrong) {
  const VendingKey vending{vending_key};
  KeyAttributes attributes = example();
  attributes.pan.back() = '8';
  EXPECT_EQ(vending.derive_ea11(attributes).error(), KeyAttributeError::pan);
  attributes = example();
  attributes.supply_group_code = 1'000'000;
  EXPECT_EQ(vending.derive_ea07(attributes).error(), KeyAttributeError::supply_group_code);
  attributes = example();
  attributes.tariff_index = 100;
  EXPECT_EQ(derive_dkga02(1, attributes).error(), KeyAttributeError::tariff_index);
  for (const std::uint8_t revision : std::array<std::uint8_t, 2>{0, 10}) {
    attributes = example();
    attributes.key_revision_number = revision;
    EXPECT_EQ(vending.derive_ea11(attributes).error(), KeyAttributeError::key_revision_number);
  }
}

struct Generation {
  const char* name;
  KeyGenerationAlgorithm generation;
  std::string_view vending_key;
  EncryptionAlgorithm algorithm;
  Legacy legacy;
  KeyGenerationError error;
};

TEST(KeyGeneration, EachRefusalIsNamed) {
  using enum KeyGenerationAlgorithm;
  using enum EncryptionAlgorithm;
  constexpr std::string_view des = "abababababababab";
  constexpr std::string_view two_des = "abababababababab0123456789abcdef";
  constexpr std::string_view hmac = "abababababababab949494949494949401234567";
  const Generation rows[] = {
      {"DKGA01", dkga01, des, ea07, Legacy::allowed, KeyGenerationError::dkga01_refused},
      {"DKGA03 unasked", dkga03, two_des, ea07, Legacy::refused, KeyGenerationError::dkga03_refused},
      {"DKGA05", static_cast<KeyGenerationAlgorithm>(5), hmac, ea07, Legacy::allowed,
       KeyGenerationError::unknown_algorithm},
      {"DKGA02 for EA11", dkga02, des, ea11, Legacy::refused, KeyGenerationError::encryption_algorithm},
      {"DKGA03 for EA11", dkga03, two_des, ea11, Legacy::allowed, KeyGenerationError::encryption_algorithm},
      {"short HMAC key", dkga04, two_des, ea11, Legacy::refused, KeyGenerationError::vending_key_size},
      {"long DES key", dkga02, two_des, ea07, Legacy::refused, KeyGenerationError::vending_key_size},
      {"even byte", dkga02, "abababababababaa", ea07, Legacy::refused,
       KeyGenerationError::vending_key_parity},
      {"even byte in the second key", dkga03, "abababababababab0123456789abcdee", ea07, Legacy::allowed,
       KeyGenerationError::vending_key_parity},
  };
  for (const Generation& row : rows) {
    const crypto::test::Hex key{row.vending_key};
    const auto made = derive_key(row.generation, key.view(), row.algorithm, example(), row.legacy);
    ASSERT_FALSE(made.has_value()) << row.name;
    EXPECT_EQ(made.error(), row.error) << row.name;
  }
  KeyAttributes attributes = example();
  attributes.tariff_index = 100;
  EXPECT_EQ(derive_key(dkga04, vending_key, ea11, attributes).error(), KeyGenerationError::tariff_index);
}

TEST(KeyGeneration, OneFunctionForAllGivesTheSameKeys) {
  const VendingKey vending{vending_key};
  const auto ea11_key =
      *derive_key(KeyGenerationAlgorithm::dkga04, vending_key, EncryptionAlgorithm::ea11, example());
  EXPECT_EQ(ea11_key.bytes, *vending.derive_ea11(example()));
  const auto ea07_key =
      *derive_key(KeyGenerationAlgorithm::dkga04, vending_key, EncryptionAlgorithm::ea07, example());
  EXPECT_EQ(ea07_key.words(), (std::array<std::uint32_t, 4>{0x87F3ECBB, 0x2E46B48F, 0, 0}));
  KeyAttributes attributes = example();
  attributes.supply_group_code = 123'456;
  const auto des = hex<8>("abababababababab");
  EXPECT_EQ(derive_key(KeyGenerationAlgorithm::dkga02, des, EncryptionAlgorithm::ea07, attributes)->words(),
            (std::array<std::uint32_t, 4>{0xE653341F, 0x9D5BF36F, 0, 0}));
}

// No vectors exist. With two equal keys triple DES is single DES, so DKGA03 is DKGA02 without its last xor.
TEST(KeyGeneration, Dkga03WithEqualKeysIsDkga02WithoutTheVendingKey) {
  KeyAttributes attributes = example();
  attributes.supply_group_code = 123'456;
  const auto twice = hex<16>("abababababababababababababababab");
  const auto key = derive_key(KeyGenerationAlgorithm::dkga03, twice, EncryptionAlgorithm::ea07, attributes,
                              Legacy::allowed);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->words(), (std::array<std::uint32_t, 4>{0xE653341F ^ 0xABABABAB, 0x9D5BF36F ^ 0xABABABAB}));
}

TEST(KeyGeneration, WhatGoesIntoTheHardwareModuleIsTheSame) {
  const auto message = dkga04_message(example(), EncryptionAlgorithm::ea07);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(*message, hex<49>("04023034023134023037023031000406323031343537013201311236303037323730303030"
                              "303030303030303900000040"));
  KeyAttributes attributes = example();
  attributes.supply_group_code = 123'456;
  EXPECT_EQ(*dkga02_block(attributes), 0x2151356011FFFFFF);
}

}  // namespace
}  // namespace lk::sts
