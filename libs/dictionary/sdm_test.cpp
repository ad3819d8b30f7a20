// SPDX-License-Identifier: Apache-2.0
#include "dictionary/sdm.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <string>

#include "bytes/bytes.hpp"

namespace lk::dictionary {
namespace {

TEST(Sdm, ViewsAreFoundByNameAndByBothRegisters) {
  for (const FloatView& view : float_views()) {
    EXPECT_EQ(find_float(view.name), &view);
    EXPECT_EQ(find_float(view.address), &view);
    EXPECT_EQ(find_float(static_cast<std::uint16_t>(view.address + 1)), &view);
  }
  EXPECT_EQ(find_float("voltage"), nullptr);
  EXPECT_EQ(find_float(std::uint16_t{0x002C}), nullptr);
  EXPECT_EQ(find_float(std::uint16_t{0xFFFF}), nullptr);
  EXPECT_TRUE(is_sdm(0x0183));
  EXPECT_FALSE(is_sdm(0x0184));
}

struct ViewRow {
  const char* name;
  std::int64_t value;
  std::uint32_t bits;
};

TEST(Sdm, ValuesAreInTheUnitsOfTheSdm) {
  const ViewRow rows[] = {
      {"sdm_voltage", 230'500, 0x43668000},  // the vector of the SDM120's manual: 230.5
      {"sdm_active_power", -10, std::bit_cast<std::uint32_t>(-1.0F)},
      {"sdm_power_factor", 10'000, std::bit_cast<std::uint32_t>(1.0F)},
      {"sdm_import_energy", 5'400'000'000, std::bit_cast<std::uint32_t>(1.5F)},
      {"sdm_frequency", 50'000, std::bit_cast<std::uint32_t>(50.0F)},
  };
  for (const ViewRow& r : rows) {
    const FloatView* view = find_float(r.name);
    ASSERT_NE(view, nullptr) << r.name;
    std::array<std::byte, 4> registers{};
    encode(*view, r.value, registers);
    EXPECT_EQ(bytes::Reader{registers}.big<std::uint32_t>(), r.bits) << r.name;
  }
}

}  // namespace
}  // namespace lk::dictionary
