// SPDX-License-Identifier: Apache-2.0
#include "sts/identity.hpp"

#include <gtest/gtest.h>

namespace lk::sts {
namespace {

TEST(Identity, LuhnDigitsOfTheStandardAndTheSuites) {
  EXPECT_EQ(luhn_digit("1234567890"), '3');
  EXPECT_EQ(luhn_digit("43135625623"), '7');
  EXPECT_EQ(luhn_digit("7861754265922"), '0');
  EXPECT_TRUE(luhn_holds("12345678903"));
  EXPECT_FALSE(luhn_holds("12345678904")) << "CTSA17";
  EXPECT_FALSE(luhn_holds("11111111113")) << "CTSA17";
  EXPECT_FALSE(luhn_holds("1234567890x"));
  EXPECT_FALSE(luhn_holds(""));
}

TEST(Identity, MeterNumbersOfAMaker) {
  EXPECT_EQ(text(make_drn(7, 1)), "07000000013");
  EXPECT_EQ(text(make_drn(0, 0)), "00000000000");
  EXPECT_EQ(text(make_drn(99, 99'999'999)).substr(0, 10), "9999999999");
}

TEST(Identity, PanIsMadeOfEitherFormOfMeterNumber) {
  EXPECT_EQ(text(*pan_of("00000000000")), "600727000000000009");
  EXPECT_EQ(text(*pan_of("11111111115")), "600727111111111153");
  EXPECT_EQ(text(*pan_of("0100000000008")), "000001000000000082");
}

TEST(Identity, RefusesNumbersWithAWrongSizeOrCheckDigit) {
  for (const std::string_view drn :
       {"", "1234567890", "12345678904", "123456789031", "0100000000001", "1234567890x"}) {
    EXPECT_FALSE(pan_of(drn).has_value()) << drn;
  }
  EXPECT_TRUE(parse_pan("600727000000000009").has_value());
  for (const std::string_view pan : {"", "60072700000000000", "600727000000000008", "600727000000000017",
                                     "700727000000000007", "00000100000000008x"}) {
    EXPECT_FALSE(parse_pan(pan).has_value()) << pan;
  }
}

TEST(Identity, LongNumbersAreOfManufacturersWithFourDigits) {
  const LongDrn drn = make_long_drn(1, 0);
  EXPECT_EQ((std::string_view{drn.data(), drn.size()}), "0001000000008");
  const auto pan = pan_of({drn.data(), drn.size()});
  ASSERT_TRUE(pan.has_value());
  EXPECT_EQ(text(*pan), "000000010000000082");
  const LongDrn largest = make_long_drn(9999, 99'999'999);
  EXPECT_TRUE(luhn_holds({largest.data(), largest.size()}));
}

}  // namespace
}  // namespace lk::sts
