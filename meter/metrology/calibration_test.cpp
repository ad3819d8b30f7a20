// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "meter/metrology/calibration_codec.hpp"
#include "meter/metrology/settings.hpp"

namespace lk::metrology {
namespace {

constexpr std::array<std::byte, 16> key = {std::byte{1}, std::byte{2}, std::byte{3}};

BoardCalibration example() {
  BoardCalibration board = design_calibration(3, true, 8000, 12'000'000'000, 50'000'000'000);
  board.clock_ppb = -12'345;
  board.voltage[1] = {12'100'000'000, -300, 77, {25'000, -40}};
  CurrentCalibration& current = board.current[2];
  current.offset_q8 = 900;
  current.drift = {-30'000, 12};
  current.delay_ns = -1500;
  current.lead_microdegrees_per_kelvin = 80;
  current.curve_count = 3;
  current.curve = {{{250, 1200, 90'000}, {5000, 100, 60'000}, {100'000, -300, 30'000}, {}}};
  current.sees_direct_current = true;
  return board;
}

TEST(Calibration, ComesBackFromItsBytes) {
  const CalibrationBytes bytes = encode(example(), key);
  const auto back = decode(bytes, key);
  ASSERT_TRUE(back);
  EXPECT_EQ(encode(*back, key), bytes);
  EXPECT_EQ(back->voltage[1].microcounts_per_volt, 12'100'000'000);
  EXPECT_EQ(back->current[2].curve[1].lead_microdegrees, 60'000);
  EXPECT_TRUE(back->current[2].sees_direct_current);
  EXPECT_EQ(std::to_integer<char>(bytes[0]), 'L');
}

TEST(Calibration, EveryChangedBitIsSeen) {
  const CalibrationBytes bytes = encode(example(), key);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    CalibrationBytes changed = bytes;
    changed[at] ^= std::byte{0x10};
    EXPECT_FALSE(decode(changed, key)) << at;
  }
  auto other_key = key;
  other_key[15] = std::byte{9};
  EXPECT_EQ(decode(bytes, other_key).error(), CalibrationError::seal);
  EXPECT_EQ(decode(std::span{bytes}.first(451), key).error(), CalibrationError::format);
  EXPECT_EQ(decode({}, key).error(), CalibrationError::format);
}

TEST(Calibration, RefusesWhatIsAbsurd) {
  struct Row {
    std::string name;
    std::function<void(BoardCalibration&)> change;
    CalibrationError error;
  };
  const std::vector<Row> rows = {
      {"two phases", [](auto& b) { b.phase_count = 2; }, CalibrationError::phase_count},
      {"slow", [](auto& b) { b.rate_hz = 3999; }, CalibrationError::rate},
      {"fast", [](auto& b) { b.rate_hz = 16'001; }, CalibrationError::rate},
      {"clock", [](auto& b) { b.clock_ppb = 1'000'001; }, CalibrationError::rate},
      {"full scale", [](auto& b) { b.full_scale_count = 8'388'608; }, CalibrationError::rate},
      {"no gain", [](auto& b) { b.voltage[2].microcounts_per_volt = 0; }, CalibrationError::gain},
      {"negative gain", [](auto& b) { b.current[0].microcounts_per_ampere = -5; }, CalibrationError::gain},
      {"a gain that makes 1 W of 1 kW", [](auto& b) { b.voltage[0].microcounts_per_volt *= 1000; },
       CalibrationError::gain},
      {"a gain that makes 1 MW of 1 kW", [](auto& b) { b.current[1].microcounts_per_ampere /= 1000; },
       CalibrationError::gain},
      {"neutral's gain", [](auto& b) { b.neutral.microcounts_per_ampere = 1; }, CalibrationError::gain},
      {"curve's gain", [](auto& b) { b.current[2].curve[0].gain_ppm = 50'001; }, CalibrationError::gain},
      {"offset", [](auto& b) { b.voltage[0].offset_q8 = 8'388'607 * 65; }, CalibrationError::offset},
      {"noise", [](auto& b) { b.current[0].noise_q8 = 0xFFFF'FFFF; }, CalibrationError::noise},
      {"lead", [](auto& b) { b.current[2].curve[2].lead_microdegrees = 10'000'001; },
       CalibrationError::phase},
      {"delay", [](auto& b) { b.current[0].delay_ns = -200'001; }, CalibrationError::phase},
      {"drift", [](auto& b) { b.voltage[1].drift.first_ppb_per_kelvin = 1'000'001; },
       CalibrationError::drift},
      {"reference temperature", [](auto& b) { b.reference_millidegrees = 90'000; }, CalibrationError::drift},
      {"too many points", [](auto& b) { b.current[0].curve_count = 5; }, CalibrationError::curve},
      {"points that fall", [](auto& b) { b.current[2].curve[1].milliamperes = 250; },
       CalibrationError::curve},
  };
  EXPECT_TRUE(check(example()));
  for (const Row& row : rows) {
    BoardCalibration board = example();
    row.change(board);
    const auto checked = check(board);
    ASSERT_FALSE(checked) << row.name;
    EXPECT_EQ(checked.error(), row.error) << row.name;
  }
}

TEST(MeteringSettings, RefusesWhatIsOutOfRange) {
  const BoardCalibration board = example();
  const std::vector<std::function<void(MeteringSettings&)>> changes = {
      [](auto& s) { s.nominal_frequency_hz = 55; },
      [](auto& s) { s.nominal_voltage = {}; },
      [](auto& s) { s.starting_current = quantity::Current::of(-1); },
      [](auto& s) { s.creep_percent = 61; },
      [](auto& s) { s.pulses_per_kwh = 0; },
      [](auto& s) { s.voltage_ratio = {1, 0}; },
      [](auto& s) { s.current_ratio = {1, 2}; },
      [](auto& s) {
        s.voltage_ratio = {1'000'000, 1};
        s.current_ratio = {1'000'000, 1};
      },
  };
  EXPECT_TRUE(is_valid(MeteringSettings{}, board));
  for (std::size_t index = 0; index < changes.size(); ++index) {
    MeteringSettings settings;
    changes[index](settings);
    EXPECT_FALSE(is_valid(settings, board)) << index;
  }
}

}  // namespace
}  // namespace lk::metrology
