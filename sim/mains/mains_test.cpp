// SPDX-License-Identifier: Apache-2.0
#include "sim/mains/mains.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lk::sim {
namespace {

constexpr std::uint32_t rate_hz = 6400;
const quantity::Instant start = quantity::Instant::of(1'750'000'000'000);

double rms(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

TEST(Mains, HasItsVoltageAndFrequency) {
  MainsConfiguration configuration{
      .voltage = 120, .frequency = 60, .harmonics = {}, .voltage_wander = 0, .frequency_wander = 0};
  Mains mains{configuration, rate_hz, start};
  const MainsBlock block = mains.advance(rate_hz);
  EXPECT_NEAR(rms(block.voltage), 120, 0.01);
  int rises = 0;
  for (std::size_t k = 1; k < rate_hz; ++k)
    rises += block.voltage[k - 1] < 0 && block.voltage[k] >= 0 ? 1 : 0;
  EXPECT_NEAR(rises, 60, 1);
  EXPECT_EQ(mains.now(), start + quantity::seconds(1));
}

TEST(Mains, IsContinuousAndTheSameForAnyBlocks) {
  Mains whole{{}, rate_hz, start};
  Mains parts{{}, rate_hz, start};
  const MainsBlock all = whole.advance(7 * 911);
  std::size_t at = 0;
  for (int n = 0; n < 7; ++n) {
    const MainsBlock block = parts.advance(911);
    for (std::size_t k = 0; k < 911; ++k, ++at) {
      ASSERT_EQ(block.voltage[k], all.voltage[at]);
      ASSERT_EQ(block.phase[k], all.phase[at]);
    }
  }
  for (std::size_t k = 1; k < at; ++k) ASSERT_LT(std::abs(all.voltage[k] - all.voltage[k - 1]), 25) << k;
}

TEST(Mains, WandersWithinItsBounds) {
  MainsConfiguration configuration{.voltage_wander = 0.05, .frequency_wander = 0.5};
  Mains mains{configuration, rate_hz, start};
  float least = 2;
  float most = 0;
  for (int n = 0; n < 600; ++n) {
    const float level = mains.advance(rate_hz / 10).level[0];
    least = std::min(least, level);
    most = std::max(most, level);
  }
  EXPECT_GE(least, 0.95F);
  EXPECT_LE(most, 1.05F);
  EXPECT_GT(most - least, 0.01F);
}

TEST(Mains, DipsAndFailsWhenTold) {
  MainsConfiguration configuration{.voltage_wander = 0};
  configuration.disturbances = {{start + quantity::milliseconds(100), quantity::milliseconds(100), 0.5},
                                {start + quantity::milliseconds(300), quantity::milliseconds(200), 0}};
  Mains mains{configuration, rate_hz, start};
  const MainsBlock block = mains.advance(rate_hz);
  EXPECT_NEAR(rms(block.voltage.subspan(0, 640)), 230, 1);
  EXPECT_NEAR(rms(block.voltage.subspan(640, 640)), 115, 1);
  EXPECT_EQ(rms(block.voltage.subspan(1920, 1280)), 0);
  EXPECT_NEAR(rms(block.voltage.subspan(3200, 1280)), 230, 1);
}

}  // namespace
}  // namespace lk::sim
