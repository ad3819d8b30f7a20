// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "meter/guard/cycle_wave.hpp"
#include "meter/guard/malicious_load.hpp"

namespace {

using namespace lk::guard;  // NOLINT(google-build-using-namespace): this file is the program

void require(bool holds) {
  if (!holds) std::abort();
}

std::int32_t signed_of(std::uint8_t byte) {
  return static_cast<std::int8_t>(byte);
}

// Sharp, flat or jagged, to the ends of the range.
CycleWave cycle_of(std::span<const std::uint8_t, 4> bytes) {
  CycleWave wave;
  for (std::size_t k = 0; k < point_count; ++k) {
    const std::int32_t half = k < point_count / 2 ? 1 : -1;
    const std::int32_t jag = signed_of(bytes[2]) * static_cast<std::int32_t>(k * bytes[3] % 256);
    wave.voltage[k] = static_cast<std::int16_t>(half * (bytes[0] == 0 ? 0 : 11'500 + bytes[0] * 20));
    wave.current[k] = static_cast<std::int16_t>(
        std::clamp<std::int32_t>(half * signed_of(bytes[1]) * 256 + jag, -32'767, 32'767));
  }
  return wave;
}

}  // namespace

// Any samples make cycles, and any cycles are judged, without overflow; what is found is in range.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  RecognitionParameters parameters;
  parameters.nominal = lk::quantity::Voltage::of(50'000 + data[0] * 1764);
  parameters.least = lk::quantity::Power::of(30'000 << (data[1] % 10));
  if (!is_valid(parameters)) return 0;
  lk::metrology::Calibration calibration;
  calibration.rate_hz = 4000 + data[2] * 47;
  calibration.voltage_microcounts_per_volt = std::int64_t{100'000} << (data[3] % 24);
  calibration.current_microcounts_per_ampere = std::int64_t{100'000} << (data[4] % 24);
  CycleSampler sampler{calibration};
  MaliciousLoad load{parameters};
  const auto take = [&](const CycleWave& wave) {
    const auto finding = load.take(wave);
    if (!finding) return;
    require(finding->power >= parameters.least);
    require(finding->rest_e3 >= 0 && finding->rest_e3 <= 1000);
  };
  for (std::size_t at = 5; at + 4 <= size; at += 4) {
    const std::span<const std::uint8_t, 4> bytes{data + at, 4};
    // Each four bytes last some cycles, and some samples of the same size.
    const std::uint32_t count = 1U + bytes[3] % 64U;
    for (std::uint32_t n = 0; n < count; ++n) {
      take(cycle_of(bytes));
      const lk::metrology::Sample sample{signed_of(bytes[0]) * (1 << (bytes[2] % 24)),
                                         signed_of(bytes[1]) * (1 << (bytes[2] % 24))};
      const auto result = sampler.feed(std::span{&sample, 1});
      require(result.consumed_count == 1);
      if (result.event == CycleSampler::Event::cycle) take(sampler.wave());
      if (result.event == CycleSampler::Event::no_mains) load.interrupt();
    }
  }
  return 0;
}
