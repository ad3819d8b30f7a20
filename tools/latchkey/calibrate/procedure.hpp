// SPDX-License-Identifier: Apache-2.0
// From one to three load points of a factory's bench to the calibration of one board. The first point (rated
// voltage, basic current) gives gain, phase, offset and noise of every channel and the clock; every point
// gives one point of the current sensors' curves, so that the second (a small current) and third (a large
// one) take out what a transformer changes over current. The temperature curve is the design's: one bench has
// one temperature.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <vector>

#include "meter/metrology/board_calibration.hpp"
#include "tools/latchkey/calibrate/capture.hpp"

namespace lk::tools {

inline constexpr std::size_t load_points_most = 3;

// What the board was designed to be, the same for all units of a type.
struct Design {
  unsigned phase_count = 1;
  bool has_neutral = true;
  bool has_shunts = false;  // the phases' sensors see direct current; the neutral's is a transformer
  std::uint32_t rate_hz = 8000;
  std::int32_t full_scale_count = 8'388'607;
  double counts_per_volt = 0;
  double counts_per_ampere = 0;
  double tolerance_percent = 10;  // a gain further off its design than this is a fault of the board
  double lead_degrees_most = 8;   // a phase beyond this, too
  double nominal_frequency_hz = 50;
  // Means of the type; ΔT from the temperature of the first point.
  double voltage_ppm_per_k = 0;
  double current_ppm_per_k = 0;
  double ppm_per_k2 = 0;
  double lead_microdegrees_per_k = 0;
};

// What the reference standard says of a load point.
struct ReferenceFigures {
  double frequency_hz = 50;
  double temperature_c = 23;
  std::array<double, 3> voltage_v{};
  std::array<double, 3> current_a{};
  std::array<double, 3> lag_degrees{};  // of each current behind its voltage
  double neutral_a = 0;                 // 0: the neutral sensor is not in the circuit of this point
  double neutral_lag_degrees = 0;       // behind the voltage of the first phase
};

struct LoadPoint {
  std::string name;
  ReferenceFigures reference;
  Capture measured;
};

// Says what is wrong (which point, which channel, what to look at) where the points do not fit the design.
[[nodiscard]] std::expected<metrology::BoardCalibration, std::string> calibrate(
    const Design& design, const std::vector<LoadPoint>& points);

}  // namespace lk::tools
