// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/demand.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace lk::metrology {
namespace {

using quantity::Instant;
using enum DemandRegister;

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t noon_ms = 1'700'000'100'000 - 1'700'000'100'000 % (60 * minute_ms);

Energies of_import(std::int64_t millijoules) {
  Energies energies{};
  energies[0] = quantity::Energy::of(millijoules);
  return energies;
}

// What an owner of the demand keeps of one register.
struct Peak {
  std::int64_t milliwatts = 0;
  std::int64_t minute = 0;  // end of the window, since noon
  int window_count = 0;
};

// Constant power from minute to minute, told once a second at the second's end.
void run(Demand& demand, std::int64_t from_minute, std::int64_t to_minute, std::int64_t milliwatts,
         Peak& peak) {
  for (std::int64_t ms = from_minute * minute_ms; ms < to_minute * minute_ms; ms += 1000) {
    if (!demand.add(of_import(milliwatts), Instant::of(noon_ms + ms + 1000))) continue;
    ++peak.window_count;
    const std::int64_t mean = demand.latest(active_import).count();
    if (mean <= peak.milliwatts) continue;
    peak.milliwatts = mean;
    peak.minute = (demand.latest_end().unix_ms() - noon_ms) / minute_ms;
  }
}

TEST(Demand, ABlockIsTheMeanOfItsTimeAndStampedWithItsEnd) {
  Demand demand{{15, 1}};
  Peak peak;
  run(demand, -1, 14, 1'000'000, peak);
  EXPECT_EQ(peak.window_count, 0) << "not over yet";
  EXPECT_EQ(demand.rising(active_import).count(), 14'000'000 / 15);
  run(demand, 14, 15, 1'000'000, peak);
  run(demand, 15, 20, 6'000'000, peak);
  run(demand, 20, 31, 0, peak);
  EXPECT_EQ(peak.milliwatts, 2'000'000);
  EXPECT_EQ(peak.minute, 30);
  EXPECT_EQ(demand.latest(active_import).count(), 2'000'000);
  EXPECT_EQ(peak.window_count, 2);
}

TEST(Demand, ASlidingWindowFindsThePeakThatBlocksSplit) {
  Demand block{{15, 1}};
  Demand sliding{{5, 3}};
  Peak of_block;
  Peak of_sliding;
  for (auto [demand, peak] : {std::pair{&block, &of_block}, std::pair{&sliding, &of_sliding}}) {
    run(*demand, -5, 20, 0, *peak);
    run(*demand, 20, 35, 3'000'000, *peak);
    run(*demand, 35, 61, 0, *peak);
  }
  EXPECT_EQ(of_block.milliwatts, 2'000'000);
  EXPECT_EQ(of_sliding.milliwatts, 3'000'000);
  EXPECT_EQ(of_sliding.minute, 35);
}

TEST(Demand, KeepsFourRegistersApart) {
  Demand demand{{1, 1}};
  Energies energies{};
  for (std::size_t index = 0; index < register_count; ++index) {
    energies[index] = quantity::Energy::of(static_cast<std::int64_t>(index + 1) * 60'000);
  }
  EXPECT_FALSE(demand.add(energies, Instant::of(noon_ms)));
  EXPECT_FALSE(demand.add({}, Instant::of(noon_ms + minute_ms)));
  EXPECT_TRUE(demand.add(energies, Instant::of(noon_ms + 2 * minute_ms)));
  EXPECT_EQ(demand.latest(active_import).count(), 1000);
  EXPECT_EQ(demand.latest(active_export).count(), 2000);
  EXPECT_EQ(demand.latest(reactive_import).count(), 7000) << "Q1 and Q2";
  EXPECT_EQ(demand.latest(reactive_export).count(), 11'000) << "Q3 and Q4";
}

TEST(Demand, LeavesOutTheWindowThatItDidNotSeeBegin) {
  Demand demand{{15, 1}};
  Peak peak;
  run(demand, 7, 60, 1'000'000, peak);
  EXPECT_EQ(peak.window_count, 3) << "of the three after it";
  demand.restart();
  run(demand, 62, 76, 9'000'000, peak);
  EXPECT_EQ(peak.milliwatts, 1'000'000);
}

TEST(Demand, AClockThatIsSetMakesNoMaximum) {
  struct Row {
    const char* name;
    std::int64_t step_minutes;
  };
  for (const Row& row : {Row{"back an hour", -60}, Row{"on half an hour", 30}, Row{"on a day", 24 * 60}}) {
    for (const DemandSettings settings : {DemandSettings{15, 1}, DemandSettings{5, 3}}) {
      SCOPED_TRACE(row.name);
      Demand demand{settings};
      Peak peak;
      run(demand, 0, 14, 4'000'000, peak);
      run(demand, 14 + row.step_minutes, 32 + row.step_minutes, 1, peak);
      EXPECT_LT(peak.milliwatts, 10);
    }
  }
}

TEST(Demand, RefusesWindowsOfNoLength) {
  for (const DemandSettings& settings :
       {DemandSettings{0, 1}, DemandSettings{15, 0}, DemandSettings{15, 16}, DemandSettings{61, 1}}) {
    EXPECT_FALSE(is_valid(settings));
  }
  EXPECT_TRUE(is_valid(DemandSettings{60, 1}));
  EXPECT_TRUE(is_valid(DemandSettings{1, 15}));
}

}  // namespace
}  // namespace lk::metrology
