// SPDX-License-Identifier: Apache-2.0
// The multi-function output, selected over the line as a test bench for meters does.
#include <gtest/gtest.h>

#include "dlt645/frame.hpp"
#include "meter/core/testing/ordered.hpp"

namespace lk::meter {
namespace {

using links::OutputSignal;

class OutputTest : public ::testing::Test {
 protected:
  // Function 1D; the control byte of the answer.
  std::uint8_t select(std::uint8_t signal) {
    const std::byte data[] = {std::byte{signal}};
    std::array<std::byte, 256> answer{};
    const dlt645::Frame request{dlt645::address_of(7'000'000'019), 0x1D, data};
    const std::size_t size_bytes = bench.meter->serve(request, answer, bench.now);
    const auto parsed = dlt645::parse(std::span{answer}.first(size_bytes));
    return parsed ? parsed->control : std::uint8_t{0};
  }
  // Pulses within so many minutes.
  std::uint32_t pulses_in(int minutes) {
    std::uint32_t pulses = 0;
    for (int look = 0; look < 2 * minutes; ++look) {
      bench.wait(quantity::seconds(30));
      pulses += bench.meter->take_output_pulses();
    }
    return pulses;
  }

  Ordered bench{test_configuration(), true};
};

TEST_F(OutputTest, TellsTheSecondsAfterEachStart) {
  EXPECT_EQ(bench.meter->output_signal(), OutputSignal::second);
  EXPECT_EQ(select(1), 0x9D);
  EXPECT_EQ(bench.meter->output_signal(), OutputSignal::demand);
  EXPECT_EQ(select(3), 0xDD);
  EXPECT_EQ(bench.meter->output_signal(), OutputSignal::demand);
  bench.power_cycle();
  EXPECT_EQ(bench.meter->output_signal(), OutputSignal::second);
}

TEST_F(OutputTest, TellsTheEndOfEachDemandWindow) {
  ASSERT_EQ(select(1), 0x9D);
  (void)pulses_in(30);  // the first window has not been seen from its beginning
  EXPECT_EQ(pulses_in(60), 4U);
}

TEST_F(OutputTest, TellsEachChangeOfTheRate) {
  tariff::TariffSet set = tariff::flat_set(quantity::Price::of(10'000), 7);
  set.rate_count = 2;
  set.prices[0][1] = quantity::Price::of(20'000);
  set.day_tables[0] = {3, {{{0, 0}, {6 * 60, 1}, {22 * 60, 0}}}};
  bench.price_by(set);
  ASSERT_EQ(select(2), 0x9D);
  EXPECT_EQ(pulses_in(24 * 60), 2U);
  ASSERT_EQ(select(0), 0x9D);
  EXPECT_EQ(pulses_in(60), 0U) << "the seconds are the body's own";
}

}  // namespace
}  // namespace lk::meter
