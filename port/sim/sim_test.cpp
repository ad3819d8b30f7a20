// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "port/sim/flash.hpp"
#include "port/sim/relay.hpp"

namespace lk::sim {
namespace {

constexpr port::FlashGeometry geometry{64, 2, 8};

std::array<std::byte, 24> data() {
  std::array<std::byte, 24> bytes{};
  bytes.fill(std::byte{0xA5});
  return bytes;
}

TEST(SimFlash, ACutLeavesWholeUnitsBeforeItAndNothingBehindIt) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimFlash flash{geometry, seed};
    flash.cut_after(1);
    EXPECT_FALSE(flash.program(0, data()));
    EXPECT_FALSE(flash.has_power());
    const auto bytes = flash.bytes();
    EXPECT_TRUE(std::ranges::all_of(bytes.first(8), [](std::byte b) { return b == std::byte{0xA5}; }));
    EXPECT_TRUE(std::ranges::all_of(bytes.subspan(16), [](std::byte b) { return b == std::byte{0xFF}; }));
    std::array<std::byte, 1> one{};
    EXPECT_FALSE(flash.read(0, one)) << "no power";
    EXPECT_FALSE(flash.erase(0));
    flash.restore_power();
    EXPECT_TRUE(flash.read(0, one));
    EXPECT_TRUE(flash.erase(0));
    EXPECT_TRUE(flash.program(0, data()));
  }
}

TEST(SimFlash, ACutErasureLeavesTheOtherPages) {
  SimFlash flash{geometry, 7};
  ASSERT_TRUE(flash.program(64, data()));
  flash.cut_after(3);
  EXPECT_FALSE(flash.erase(0));
  EXPECT_EQ(flash.bytes()[64], std::byte{0xA5});
}

TEST(SimFlash, TheSameSeedTearsAlike) {
  SimFlash one{geometry, 3};
  SimFlash other{geometry, 3};
  for (SimFlash* flash : {&one, &other}) {
    flash->cut_after(2);
    EXPECT_FALSE(flash->program(0, data()));
  }
  EXPECT_TRUE(std::ranges::equal(one.bytes(), other.bytes()));
}

TEST(SimFlash, AStuckBitIsToldByTheWriteThatMeetsIt) {
  SimFlash flash{geometry, 1};
  flash.stick(0, false);
  EXPECT_FALSE(flash.program(0, data())) << "A5h has bit 0 set";
  EXPECT_EQ(flash.bytes()[0], std::byte{0xA4});
  EXPECT_FALSE(flash.erase(0));
}

TEST(SimFlash, ProgrammingTwiceIsABug) {
  SimFlash flash{geometry, 1};
  ASSERT_TRUE(flash.program(0, data()));
  EXPECT_DEATH((void)flash.program(0, data()), "");
}

TEST(SimRelay, ObeysUntilItFails) {
  using port::Contact;
  SimRelay relay;
  relay.pulse_close();
  EXPECT_EQ(relay.contact(), Contact::closed);
  relay.set_fault(RelayFault::welded);
  relay.pulse_open();
  EXPECT_EQ(relay.contact(), Contact::closed) << "welded";
  relay.set_fault(RelayFault::none);
  relay.pulse_open();
  EXPECT_EQ(relay.contact(), Contact::open);
  relay.set_fault(RelayFault::coil_open);
  relay.pulse_close();
  EXPECT_EQ(relay.contact(), Contact::open) << "coil open";
  relay.force(Contact::closed);
  EXPECT_EQ(relay.contact(), Contact::closed);
  EXPECT_EQ(relay.pulse_count(), 4U);
}

}  // namespace
}  // namespace lk::sim
