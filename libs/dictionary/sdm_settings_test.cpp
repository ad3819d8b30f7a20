// SPDX-License-Identifier: Apache-2.0
#include "dictionary/sdm_settings.hpp"

#include <gtest/gtest.h>

#include "dictionary/sdm.hpp"

namespace lk::dictionary {
namespace {

struct Row {
  std::uint16_t address;
  std::uint32_t bits;
  std::int64_t value;
};

// Floats as the vendor's tools send them.
TEST(SdmSettings, AreTheRowsValuesInTheVendorsCodes) {
  const Row rows[] = {
      {0x0002, 0x4170'0000, 15},     // 15.0
      {0x0012, 0x0000'0000, 1},      // 0.0: none
      {0x0012, 0x4040'0000, 4},      // 3.0: none, two stop bits
      {0x0014, 0x3F80'0000, 1},      // 1.0
      {0x0014, 0x4377'0000, 247},    // 247.0
      {0x001C, 0x4000'0000, 9'600},  // 2.0: the manual's example
      {0x001C, 0x40A0'0000, 1'200},  // 5.0
      {0x001C, 0x0000'0000, 2'400},  // 0.0
  };
  for (const Row& row : rows) {
    const SdmSetting* setting = find_sdm_setting(row.address);
    ASSERT_NE(setting, nullptr) << row.address;
    EXPECT_EQ(value_of_sdm(*setting, row.bits), row.value) << setting->name;
    EXPECT_EQ(sdm_float(*setting, row.value), row.bits) << setting->name;
  }
}

TEST(SdmSettings, RefuseWhatIsNoWholeNumberOfTheirs) {
  const SdmSetting& baud = *find_sdm_setting(0x001C);
  const std::uint32_t wrong[] = {
      0x4020'0000 /* 2.5 */, 0x4100'0000 /* 8 */,    0xBF80'0000 /* -1 */, 0x7F80'0000 /* inf */,
      0x7FC0'0000 /* NaN */, 0x0000'0001 /* tiny */, 0x7F7F'FFFF /* huge */};
  for (const std::uint32_t bits : wrong) EXPECT_FALSE(value_of_sdm(baud, bits).has_value()) << bits;
  EXPECT_FALSE(value_of_sdm(*find_sdm_setting(0x0014), 0).has_value()) << "unit 0 is everybody";
}

TEST(SdmSettings, StandWithinTheBlockOnEvenAddresses) {
  for (const SdmSetting& setting : sdm_settings()) {
    EXPECT_TRUE(is_sdm(setting.address)) << setting.name;
    EXPECT_EQ(setting.address % 2, 0) << setting.name;
  }
}

}  // namespace
}  // namespace lk::dictionary
