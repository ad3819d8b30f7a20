// SPDX-License-Identifier: Apache-2.0
#include "sts/digits.hpp"

#include <gtest/gtest.h>

namespace lk::sts {
namespace {

std::string_view view(const Digits& digits) {
  return {digits.data(), digits.size()};
}

struct Case {
  const char* name;
  ClassedBlock block;
  std::string_view digits;
};

constexpr Case cases[] = {
    {"nothing", {TokenClass::credit, 0}, "00000000000000000000"},
    {"IEC 62055-41 example with the sample tables",
     {TokenClass::credit, 0xC45ED1619406DF95},
     "51043465443420856213"},
    {"STS 531-1-07 CTSA01.1", {TokenClass::credit, 0xD431F4B09E0E9F62}, "70630503470028726114"},
    {"all ones", {TokenClass::reserved, 0xFFFF'FFFF'FFFF'FFFF}, "73786976294838206463"},
    {"class alone", {TokenClass::meter_management, 0}, "00000000000268435456"},
    {"bit 28 of the block stands at the top", {TokenClass::credit, 0x1000'0000}, "36893488147419103232"},
    {"bit 27 of the block stands below", {TokenClass::credit, 0x0800'0000}, "18446744073709551616"},
};

TEST(TokenDigits, ComeFromAndLeadToTheBlock) {
  for (const Case& c : cases) {
    EXPECT_EQ(view(to_digits(c.block)), c.digits) << c.name;
    const auto back = from_digits(c.digits);
    ASSERT_TRUE(back.has_value()) << c.name;
    EXPECT_TRUE(*back == c.block) << c.name;
  }
}

TEST(TokenDigits, RefusesWhatIsNoToken) {
  constexpr std::string_view refused[] = {
      "",
      "7063050347002872611",       // 19 digits
      "706305034700287261140",     // 21 digits
      "7063 0503 4700 2872 6114",  // grouped
      "7063050347002872611x",      // a letter
      "-0630503470028726114",      // a sign
      "73786976294838206464",      // 2^66
      "99999999999999999999",
  };
  for (const std::string_view digits : refused) EXPECT_FALSE(from_digits(digits).has_value()) << digits;
}

}  // namespace
}  // namespace lk::sts
