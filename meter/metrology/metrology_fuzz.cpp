// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "meter/metrology/metrology.hpp"

namespace {

using lk::metrology::Calibration;
using lk::metrology::Metrology;
using lk::metrology::Sample;

void require(bool holds) {
  if (!holds) std::abort();
}

// Each three bytes are one run: how long, and both channels' values (their sign alternating if the length is
// odd).
std::vector<Sample> samples_of(const std::uint8_t* data, std::size_t size) {
  std::vector<Sample> samples;
  for (std::size_t at = 0; at + 2 < size && samples.size() < 200'000; at += 3) {
    const std::size_t length = data[at];
    const std::int32_t shift = data[at] % 24;
    const auto voltage = static_cast<std::int32_t>(static_cast<std::int8_t>(data[at + 1])) * (1 << shift);
    const auto current = static_cast<std::int32_t>(static_cast<std::int8_t>(data[at + 2])) * (1 << shift);
    samples.insert(samples.end(), length, Sample{voltage, current});
  }
  return samples;
}

}  // namespace

// Any samples under any valid calibration are measured without overflow, in energies that are never negative
// and the same for any block size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 7) return 0;
  Calibration calibration;
  calibration.rate_hz = 4000 + ((static_cast<std::uint32_t>(data[0]) << 8U) | data[1]) % 12'001;
  calibration.voltage_microcounts_per_volt = std::int64_t{100'000} << (data[2] % 24);
  calibration.current_microcounts_per_ampere = std::int64_t{100'000} << (data[3] % 24);
  calibration.starting_current = lk::quantity::Current::of(data[4] * 1000);
  if (!lk::metrology::is_valid(calibration)) return 0;
  const std::size_t block = data[5] + std::size_t{1};
  const auto samples = samples_of(data + 6, size - 6);

  Metrology whole{calibration};
  Metrology parts{calibration};
  const std::uint32_t windows = whole.feed(samples);
  std::uint32_t part_windows = 0;
  for (std::size_t at = 0; at < samples.size(); at += block) {
    part_windows += parts.feed(std::span{samples}.subspan(at, std::min(block, samples.size() - at)));
  }
  require(windows == part_windows);
  whole.close_window();
  parts.close_window();
  const auto a = whole.take_energy();
  const auto b = parts.take_energy();
  require(a.import_active == b.import_active && a.export_active == b.export_active);
  require(a.import_active.count() >= 0 && a.export_active.count() >= 0);
  const auto& figures = whole.latest();
  require(figures.voltage.count() >= 0 && figures.current.count() >= 0 && figures.frequency.count() >= 0);
  require(figures.power_factor_e4 >= -10'000 && figures.power_factor_e4 <= 10'000);
  return 0;
}
