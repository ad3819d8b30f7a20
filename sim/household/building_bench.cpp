// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <vector>

#include "meter/metrology/metering.hpp"
#include "sim/household/building.hpp"

namespace lk::sim {
namespace {

constexpr std::size_t flat_count = 12;
constexpr std::uint32_t rate_hz = 6400;
constexpr std::size_t block = 640;

Building make_building() {
  BuildingConfiguration configuration;
  configuration.start = quantity::Instant::of(1'750'060'800'000);
  configuration.feeder_front_end = feeder_front_end(rate_hz);
  for (std::size_t index = 0; index < flat_count; ++index) {
    configuration.flats.push_back({.load = std::move(*parse_load("flat", {.seed = index})),
                                   .front_end = direct_front_end(rate_hz),
                                   .seed = index});
  }
  return Building{std::move(configuration)};
}

void report(benchmark::State& state) {
  const auto blocks = static_cast<double>(state.iterations());
  state.counters["times_real_time"] =
      benchmark::Counter(blocks * block / rate_hz, benchmark::Counter::kIsRate);
  state.counters["samples"] =
      benchmark::Counter(blocks * block * (flat_count + 1), benchmark::Counter::kIsRate);
}

// Twelve flats and a feeder: how many times faster than real time a core simulates them.
void BM_building(benchmark::State& state) {
  Building building = make_building();
  for (auto _ : state) {
    building.advance(block);
    benchmark::DoNotOptimize(building.feeder().data());
  }
  report(state);
}
BENCHMARK(BM_building);

// The same with metrology behind each of the thirteen converters.
void BM_building_and_metrology(benchmark::State& state) {
  Building building = make_building();
  using Metering = metrology::SinglePhaseMetering;
  std::vector<Metering> meters(flat_count, Metering{board_of(direct_front_end(rate_hz)), {}});
  Metering feeder{board_of(feeder_front_end(rate_hz)), {}};
  for (auto _ : state) {
    building.advance(block);
    for (std::size_t index = 0; index < flat_count; ++index) meters[index].feed(building.flat(index));
    feeder.feed(building.feeder());
    benchmark::DoNotOptimize(feeder.latest());
  }
  report(state);
}
BENCHMARK(BM_building_and_metrology);

}  // namespace
}  // namespace lk::sim
