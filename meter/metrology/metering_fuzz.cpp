// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "meter/metrology/calibration_codec.hpp"
#include "meter/metrology/metering.hpp"

namespace {

using lk::metrology::BoardCalibration;
using lk::metrology::MeteringSettings;
using lk::metrology::Register;
using lk::metrology::SampleSet;
using lk::metrology::ThreePhaseMetering;

void require(bool holds) {
  if (!holds) std::abort();
}

// Each five bytes are one run: how long, and the values of the channels, their signs alternating if it is
// odd.
std::vector<SampleSet<3>> sets_of(std::span<const std::uint8_t> data) {
  std::vector<SampleSet<3>> sets;
  for (; data.size() >= 5 && sets.size() < 100'000; data = data.subspan(5)) {
    const int shift = data[0] % 24;
    const auto value = [&data, shift](std::size_t at) {
      return static_cast<std::int32_t>(static_cast<std::int8_t>(data[at])) * (1 << shift);
    };
    SampleSet<3> set;
    set.phase = {{{value(1), value(2)}, {value(2), value(3)}, {value(3), value(4)}}};
    set.neutral_count = value(4);
    for (std::size_t k = 0; k < data[0]; ++k) {
      sets.push_back(set);
      if (data[0] % 2 == 0) continue;
      for (auto& phase : set.phase) phase = {-phase.voltage_count, -phase.current_count};
    }
  }
  return sets;
}

// Any bytes decode to a refusal or to a calibration that writes the same again.
void decode(std::span<const std::uint8_t> data) {
  constexpr std::array<std::byte, 16> key{};
  (void)lk::metrology::decode(std::as_bytes(data), key);
}

}  // namespace

// Any samples under any checked calibration and settings are measured without overflow; registers only rise,
// and are the same for any block size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes{data, size};
  decode(bytes);
  if (size < 10) return 0;
  BoardCalibration board = lk::metrology::design_calibration(
      3, true, 4000 + ((static_cast<std::uint32_t>(data[0]) << 8U) | data[1]) % 12'001,
      std::int64_t{1'000'000} << (data[2] % 16), std::int64_t{1'000'000} << (data[3] % 20));
  board.current[0].delay_ns = (data[4] - 128) * 1500;
  board.current[1].curve_count = 1;
  board.current[1].curve[0] = {0, (data[5] - 128) * 390, (data[6] - 128) * 78'000};
  board.clock_ppb = (data[5] - 128) * 7000;
  MeteringSettings settings;
  settings.voltage_ratio = {data[7] * 30U + 1, 1};
  settings.current_ratio = {data[8] * 30U + 1, 1};
  settings.sum_mode = static_cast<lk::metrology::SumMode>(data[9] % 3);
  settings.in_one_direction = (data[9] & 4U) != 0;
  if (!lk::metrology::check(board) || !lk::metrology::is_valid(settings, board)) return 0;
  const std::size_t block = data[9] + std::size_t{1};
  const auto sets = sets_of(bytes.subspan(10));
  const auto whole = std::make_unique<ThreePhaseMetering>(board, settings);
  const auto parts = std::make_unique<ThreePhaseMetering>(board, settings);
  whole->set_temperature(data[4] * 1000 - 100'000);
  parts->set_temperature(data[4] * 1000 - 100'000);
  whole->feed(sets);
  std::array<std::int64_t, lk::metrology::register_count> before{};
  for (std::size_t at = 0; at < sets.size(); at += block) {
    parts->feed(std::span{sets}.subspan(at, std::min(block, sets.size() - at)));
    for (std::size_t index = 0; index < before.size(); ++index) {
      const std::int64_t now = parts->total_energy().whole(static_cast<Register>(index)).count();
      require(now >= before[index]);
      before[index] = now;
    }
  }
  for (std::size_t index = 0; index < before.size(); ++index) {
    require(whole->total_energy().whole(static_cast<Register>(index)).count() == before[index]);
  }
  for (const auto& phase : parts->latest().phase) {
    require(phase.voltage.count() >= 0 && phase.current.count() >= 0);
    require(phase.power_factor_e4 >= -10'000 && phase.power_factor_e4 <= 10'000);
  }
  return 0;
}
