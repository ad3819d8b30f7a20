// SPDX-License-Identifier: Apache-2.0
// From a whole request to the whole answer of a meter.
#include <benchmark/benchmark.h>

#include "meter/core/testing/bench.hpp"

namespace {

void read(benchmark::State& state) {
  lk::meter::Bench bench;
  bench.draw(10);
  const std::size_t size_bytes = lk::modbus::read_request(
      bench.request, 1, lk::modbus::Function::read_holding_registers,
      static_cast<std::uint16_t>(state.range(0)), static_cast<std::uint16_t>(state.range(1)));
  const auto request = std::span{bench.request}.first(size_bytes);
  for ([[maybe_unused]] auto turn : state) {
    benchmark::DoNotOptimize(bench.meter->serve(request, bench.answer, bench.now));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read)
    ->Name("modbus_response")
    ->Args({0x0000, 40})
    ->Args({0x5000, 38})
    ->Args({0x6140, 40})
    ->Args({0x5300, 120});

}  // namespace
