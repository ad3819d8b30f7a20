// SPDX-License-Identifier: Apache-2.0
// How fast metering is on a PC, next to what others do with the same samples. The peers are written here from
// what they are described to do; floating point is theirs alone.
#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "meter/metrology/metering.hpp"
#include "meter/metrology/testing/scene.hpp"

namespace lk::metrology {
namespace {

constexpr std::uint32_t rate_hz = 8000;

template <std::size_t phases>
std::vector<SampleSet<phases>> one_second() {
  auto scene = synthetic::balanced<phases>({.lag_degrees = 30, .harmonics = {{3, 0.03L, 0.2L, 1}}});
  scene.neutral = synthetic::Signal{};
  return synthetic::sampled(scene, synthetic::board_24(phases), 1);
}

void count_sets(benchmark::State& state) {
  state.counters["ns_per_set"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * rate_hz * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <std::size_t phases, bool with_harmonics>
void metering(benchmark::State& state) {
  const auto sets = one_second<phases>();
  MeteringSettings settings;
  settings.with_harmonics = with_harmonics;
  Metering<phases> meter{synthetic::board_24(phases), settings};
  for (auto _ : state) benchmark::DoNotOptimize(meter.feed(sets));
  count_sets(state);
}
void BM_one_phase_plain(benchmark::State& state) {
  metering<1, false>(state);
}
void BM_one_phase_full(benchmark::State& state) {
  metering<1, true>(state);
}
void BM_three_phase_plain(benchmark::State& state) {
  metering<3, false>(state);
}
void BM_three_phase_full(benchmark::State& state) {
  metering<3, true>(state);
}
BENCHMARK(BM_one_phase_plain);
BENCHMARK(BM_one_phase_full);
BENCHMARK(BM_three_phase_plain);
BENCHMARK(BM_three_phase_full);

// What EmonLibCM does with each pair: remove a tracked offset, interpolate the voltage for the phase shift,
// add up three squares and products; every ten cycles' worth of samples RMS, power and PF, in 32- and 64-bit
// integers and single precision. No fundamental, no reactive power, no locked window.
void BM_peer_sums_of_one_pair(benchmark::State& state) {
  const auto sets = one_second<1>();
  std::int64_t sum_v = 0;
  std::int64_t sum_i = 0;
  std::int64_t sum_vv = 0;
  std::int64_t sum_ii = 0;
  std::int64_t sum_vi = 0;
  std::int32_t last_v = 0;
  std::uint32_t count = 0;
  float watts = 0;
  float factor = 0;
  const float x = 0.93F;
  const float y = 0.05F;
  for (auto _ : state) {
    for (const auto& set : sets) {
      const std::int32_t v = set.phase[0].voltage_count;
      const std::int32_t i = set.phase[0].current_count;
      const auto shifted =
          static_cast<std::int32_t>(x * static_cast<float>(v) + y * static_cast<float>(last_v));
      sum_v += v;
      sum_i += i;
      sum_vv += std::int64_t{v} * v;
      sum_ii += std::int64_t{i} * i;
      sum_vi += std::int64_t{shifted} * i;
      last_v = v;
      if (++count < rate_hz / 5) continue;
      const auto n = static_cast<float>(count);
      const auto mean = [n](std::int64_t sum) { return static_cast<float>(sum) / n; };
      const float v_rms = std::sqrt(mean(sum_vv) - mean(sum_v) * mean(sum_v));
      const float i_rms = std::sqrt(mean(sum_ii) - mean(sum_i) * mean(sum_i));
      watts = mean(sum_vi) - mean(sum_v) * mean(sum_i);
      factor = watts / (v_rms * i_rms);
      sum_v = sum_i = sum_vv = sum_ii = sum_vi = 0;
      count = 0;
    }
    benchmark::DoNotOptimize(factor);
  }
  count_sets(state);
}
BENCHMARK(BM_peer_sums_of_one_pair);

// The same quantities as ours in double precision, as one writes them down: RMS, P, and harmonics 1 to 21 of
// every channel by correlation with sines and cosines from tables, on a window of a fixed 10 cycles.
template <std::size_t phases>
void plain_doubles(benchmark::State& state) {
  constexpr std::size_t channels = 2 * phases + 1;
  constexpr std::size_t cycle = rate_hz / 50;
  const auto sets = one_second<phases>();
  std::array<double, cycle> cosines{};
  for (std::size_t k = 0; k < cycle; ++k) {
    cosines[k] = std::cos(2 * std::numbers::pi * static_cast<double>(k) / cycle);
  }
  struct Sums {
    double mean = 0;
    double square = 0;
    std::array<double, highest_harmonic> real{};
    std::array<double, highest_harmonic> imaginary{};
  };
  for (auto _ : state) {
    std::array<Sums, channels> sums{};
    std::array<double, phases> power{};
    std::size_t place = 0;
    std::size_t count = 0;
    double result = 0;
    for (const auto& set : sets) {
      std::array<double, channels> values{};
      for (std::size_t p = 0; p < phases; ++p) {
        values[2 * p] = set.phase[p].voltage_count / 12'000.0;
        values[2 * p + 1] = set.phase[p].current_count / 50'000.0;
        power[p] += values[2 * p] * values[2 * p + 1];
      }
      values[channels - 1] = set.neutral_count / 50'000.0;
      for (std::size_t c = 0; c < channels; ++c) {
        sums[c].mean += values[c];
        sums[c].square += values[c] * values[c];
        std::size_t angle = 0;
        for (std::size_t h = 0; h < highest_harmonic; ++h) {
          angle = (angle + place) % cycle;
          sums[c].real[h] += values[c] * cosines[angle];
          sums[c].imaginary[h] += values[c] * cosines[(angle + 3 * cycle / 4) % cycle];
        }
      }
      place = (place + 1) % cycle;
      if (++count < 10 * cycle) continue;
      for (const Sums& of : sums) {
        result += std::sqrt(of.square / static_cast<double>(count)) + std::hypot(of.real[0], of.imaginary[0]);
      }
      sums = {};
      count = 0;
    }
    benchmark::DoNotOptimize(result);
    benchmark::DoNotOptimize(power);
  }
  count_sets(state);
}
void BM_peer_doubles_one_phase(benchmark::State& state) {
  plain_doubles<1>(state);
}
void BM_peer_doubles_three_phase(benchmark::State& state) {
  plain_doubles<3>(state);
}
BENCHMARK(BM_peer_doubles_one_phase);
BENCHMARK(BM_peer_doubles_three_phase);

}  // namespace
}  // namespace lk::metrology
