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

}  // namespace
}  // namespace lk::sts
