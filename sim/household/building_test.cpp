// SPDX-License-Identifier: Apache-2.0
#include "sim/household/building.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "meter/metrology/metering.hpp"

namespace lk::sim {
namespace {

using Metering = metrology::SinglePhaseMetering;

constexpr std::int64_t noon_ms = 1'750'075'200'000;  // 2025-06-16 12:00 UTC, a Monday

BuildingConfiguration building_of(const std::vector<std::string>& loads, std::uint64_t seed = 1) {
  BuildingConfiguration configuration;
  configuration.start = quantity::Instant::of(noon_ms);
  configuration.feeder_front_end = feeder_front_end(configuration.rate_hz);
  configuration.seed = seed;
  configuration.mains.seed = seed;
  for (std::size_t index = 0; index < loads.size(); ++index) {
    auto load = parse_load(loads[index], {.seed = seed * 100 + index});
    EXPECT_TRUE(load.has_value()) << (load ? "" : load.error());
    configuration.flats.push_back({.load = std::move(*load),
                                   .front_end = direct_front_end(configuration.rate_hz),
                                   .seed = seed * 100 + index});
  }
  return configuration;
}

std::vector<std::int64_t> counts_of(Building& building, std::size_t block, std::size_t blocks) {
  std::vector<std::int64_t> counts;
  for (std::size_t n = 0; n < blocks; ++n) {
    building.advance(block);
    for (std::size_t k = 0; k < block; ++k) {
      counts.push_back(building.flat(0)[k].phase[0].voltage_count);
      counts.push_back(building.flat(1)[k].phase[0].current_count);
      counts.push_back(building.feeder()[k].phase[0].current_count);
    }
  }
  return counts;
}

TEST(Building, GivesTheSameSamplesForAnyBlockSizeAndTheSameSeed) {
  const auto run = [](std::size_t block, std::uint64_t seed) {
    Building building{building_of({"family", "shop"}, seed)};
    return counts_of(building, block, 38'400 / block);
  };
  const auto whole = run(38'400, 1);
  EXPECT_EQ(run(64, 1), whole);
  EXPECT_EQ(run(600, 1), whole);
  EXPECT_NE(run(38'400, 2), whole);
}

TEST(Building, AResistorDrawsItsWattsAtUnity) {
  auto configuration = building_of({"resistor:2300"});
  configuration.mains.voltage_wander = 0;
  Building building{std::move(configuration)};
  Metering metering{board_of(direct_front_end(6400)), {}};
  building.advance(12'800);
  metering.feed(building.flat(0));
  EXPECT_NEAR(static_cast<double>(metering.latest().phase[0].active.count()), 2'301'500, 3000);
  EXPECT_GE(metering.latest().phase[0].power_factor_e4, 9999);
  EXPECT_NEAR(static_cast<double>(metering.latest().phase[0].voltage.count()), 230'080, 100);
}

TEST(Building, TheFeederCarriesTheSumOfAllFlats) {
  Building building{building_of({"resistor:1000", "family", "solar", "resistor:500"})};
  std::vector<Metering> meters(4, Metering{board_of(direct_front_end(6400)), {}});
  Metering feeder{board_of(feeder_front_end(6400)), {}};
  for (int n = 0; n < 100; ++n) {
    building.advance(640);
    for (std::size_t index = 0; index < 4; ++index) meters[index].feed(building.flat(index));
    feeder.feed(building.feeder());
  }
  const auto net_mj = [](Metering& metering) {
    metering.close_window();
    const auto energy = metering.total_energy().take();
    return static_cast<double>((energy[0] - energy[1]).count());
  };
  double sum = 0;
  for (Metering& meter : meters) sum += net_mj(meter);
  EXPECT_NEAR(net_mj(feeder) / sum, 1.0, 2e-3);
}

TEST(Building, AnOpenContactCarriesNoCurrentButHasVoltage) {
  Building building{building_of({"resistor:1000", "resistor:500"})};
  building.set_closed(0, false);
  building.advance(12'800);
  Metering flat{board_of(direct_front_end(6400)), {}};
  flat.feed(building.flat(0));
  EXPECT_EQ(flat.latest().phase[0].current.count(), 0);
  EXPECT_EQ(flat.total_energy().take()[0].count(), 0);
  EXPECT_GT(flat.latest().phase[0].voltage.count(), 220'000);
  Metering feeder{board_of(feeder_front_end(6400)), {}};
  feeder.feed(building.feeder());
  EXPECT_NEAR(static_cast<double>(feeder.latest().phase[0].active.count()), 500'000, 20'000);
  building.set_closed(0, true);
  building.set_extra_load(0, 200);
  building.advance(12'800);
  flat.feed(building.flat(0));
  EXPECT_NEAR(static_cast<double>(flat.latest().phase[0].active.count()), 1'200'000, 40'000);
}

TEST(Building, ABypassTakesCurrentFromTheLiveConductorOnly) {
  Building building{building_of({"resistor:2300", "resistor:2300"})};
  building.set_bypass(0, 0.75);
  building.advance(12'800);
  std::array<Metering, 2> flats{Metering{board_of(direct_front_end(6400)), {}},
                                Metering{board_of(direct_front_end(6400)), {}}};
  Metering feeder{board_of(feeder_front_end(6400)), {}};
  for (std::size_t index = 0; index < 2; ++index) flats[index].feed(building.flat(index));
  feeder.feed(building.feeder());
  const auto amperes = [](const quantity::Current& current) {
    return static_cast<double>(current.count()) / 1e6;
  };
  EXPECT_NEAR(amperes(flats[0].latest().phase[0].current), 2.5, 0.05);
  EXPECT_NEAR(amperes(flats[0].latest().neutral.current), 10, 0.2);
  EXPECT_NEAR(amperes(flats[1].latest().phase[0].current), 10, 0.2);
  EXPECT_NEAR(amperes(flats[1].latest().neutral.current), 10, 0.2);
  EXPECT_NEAR(amperes(feeder.latest().phase[0].current), 20, 0.4) << "what is stolen flows all the same";
}

TEST(Building, ADisturbanceDipsEveryFlat) {
  Building building{building_of({"resistor:1000", "family"})};
  building.disturb({building.now() + quantity::seconds(1), quantity::seconds(1), 0.0});
  Metering metering{board_of(direct_front_end(6400)), {}};
  building.advance(6400 + 5000);
  metering.feed(building.flat(1));
  EXPECT_EQ(metering.latest().frequency.count(), 0);
  EXPECT_LT(metering.latest().phase[0].voltage.count(), 1000);
  building.advance(6400);
  metering.feed(building.flat(1));
  EXPECT_NEAR(static_cast<double>(metering.latest().frequency.count()), 50'000, 60);
}

TEST(Building, KnowsItsTime) {
  Building building{building_of({"family"})};
  EXPECT_EQ(building.now().unix_ms(), noon_ms);
  building.advance(640);
  EXPECT_EQ(building.now().unix_ms(), noon_ms + 100);
}

TEST(Load, NamesWhatIsWrong) {
  struct Row {
    const char* text;
    const char* part;
  };
  for (const Row& row : {Row{"castle", "unknown load \"castle\"; expected flat"}, Row{"", "unknown load"},
                         Row{"profile:", "unknown load"}, Row{"resistor:many", "expected watts"},
                         Row{"resistor:-3", "expected watts"}, Row{"resistor:nan", "expected watts"},
                         Row{"profile:/nonexistent.csv", "/nonexistent.csv: cannot be opened"},
                         Row{"recording:/nonexistent.i16", "/nonexistent.i16: cannot be opened"}}) {
    const auto load = parse_load(row.text, {});
    ASSERT_FALSE(load.has_value()) << row.text;
    EXPECT_NE(load.error().find(row.part), std::string::npos) << load.error();
  }
}

TEST(Building, AFlatOfThreePhasesHasALoadOnEachAndTheFeederCarriesAll) {
  BuildingConfiguration configuration = building_of({"resistor:1000", "resistor:500"});
  for (const char* load : {"resistor:2000", "resistor:3000"})
    configuration.flats[0].other_loads.push_back(std::move(*parse_load(load, {})));
  configuration.flats[1].phase = 2;
  configuration.has_three_phase_feeder = true;
  Building building{std::move(configuration)};
  metrology::ThreePhaseMetering flat{board_of(direct_front_end(6400), 3), {}};
  metrology::ThreePhaseMetering feeder{board_of(feeder_front_end(6400), 3), {}};
  Metering on_phase_2{board_of(direct_front_end(6400)), {}};
  for (int n = 0; n < 20; ++n) {
    building.advance(640);
    flat.feed(building.three_phase_flat(0));
    on_phase_2.feed(building.flat(1));
    feeder.feed(building.three_phase_feeder());
  }
  const auto watts = [](const auto& metering, std::size_t phase) {
    return static_cast<double>(metering.latest().phase[phase].active.count()) / 1000;
  };
  const double unit = watts(flat, 0) / 1000;  // by how much the mains is above 230 V
  EXPECT_NEAR(unit, 1, 0.03);
  EXPECT_NEAR(watts(flat, 1), 2000 * unit, 4);
  EXPECT_NEAR(watts(flat, 2), 3000 * unit, 6);
  EXPECT_NEAR(watts(on_phase_2, 0), 500 * unit, 2);
  EXPECT_EQ(flat.latest().sequence, metrology::Sequence::forward);
  EXPECT_NEAR(static_cast<double>(flat.latest().phase[1].voltage_angle_millidegrees), 240'000, 50);
  EXPECT_EQ(flat.latest().faults.bits(), 0);
  EXPECT_NEAR(watts(feeder, 0), 1000 * unit, 8);
  EXPECT_NEAR(watts(feeder, 1), 2500 * unit, 20);
  EXPECT_NEAR(watts(feeder, 2), 3000 * unit, 20);
  EXPECT_NEAR(static_cast<double>(feeder.latest().neutral.current.count()) / 1e6,
              static_cast<double>(flat.latest().neutral.current.count()) / 1e6, 3)
      << "what the phases do not balance";
  building.set_closed(0, false);
  for (int n = 0; n < 10; ++n) {
    building.advance(640);
    flat.feed(building.three_phase_flat(0));
  }
  for (std::size_t phase = 0; phase < 3; ++phase) EXPECT_EQ(flat.latest().phase[phase].current.count(), 0);
}

}  // namespace
}  // namespace lk::sim
