// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/torn_flash.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "port/sim/flash.hpp"

namespace lk::host {
namespace {

constexpr port::FlashGeometry geometry{.page_size_bytes = 256, .page_count = 2, .program_size_bytes = 8};

TEST(TornFlash, StopsTheNextWriteAtAnyPlaceAndThenNothingWorksUntilPowerReturns) {
  std::array<std::byte, 64> data{};
  data.fill(std::byte{0x5A});
  std::array<bool, 9> whole_units_seen{};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sim::SimFlash flash(geometry, 1);
    TornFlash torn(flash, seed);
    ASSERT_TRUE(torn.program(128, data));
    torn.fail_in_next_write();
    EXPECT_FALSE(torn.program(0, data));
    std::array<std::byte, 64> back{};
    EXPECT_FALSE(torn.read(0, back));
    EXPECT_FALSE(torn.program(64, data));
    EXPECT_FALSE(torn.erase(0));
    torn.restore();
    ASSERT_TRUE(torn.read(0, back));
    std::size_t whole = 0;
    while (whole < back.size() && back[whole] == data[whole]) ++whole;
    whole_units_seen[whole / 8] = true;
    for (std::size_t i = (whole / 8 + 1) * 8; i < back.size(); ++i)
      EXPECT_EQ(back[i], std::byte{0xFF}) << seed;
    ASSERT_TRUE(torn.read(128, back));
    EXPECT_EQ(back, data);
  }
  for (const bool seen : whole_units_seen) EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace lk::host
