// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "meter/metrology/metrology.hpp"
#include "meter/metrology/testing/synthetic.hpp"

namespace lk::metrology {
namespace {

// How many single-phase meters at 6.4 kHz one core carries in real time.
void BM_metrology(benchmark::State& state) {
  const auto samples =
      synthetic::sampled({.lag_degrees = 30, .frequency_hz = 50.1L, .harmonics = {{3, 0.03L, 0.2L, 1}}},
                         synthetic::calibration_24, 1);
  Metrology metrology{synthetic::calibration_24};
  for (auto _ : state) benchmark::DoNotOptimize(metrology.feed(samples));
  const auto seconds = static_cast<double>(state.iterations());
  state.counters["meters_per_core"] = benchmark::Counter(seconds, benchmark::Counter::kIsRate);
  state.counters["samples"] =
      benchmark::Counter(seconds * static_cast<double>(samples.size()), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_metrology);

}  // namespace
}  // namespace lk::metrology
