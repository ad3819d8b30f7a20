// SPDX-License-Identifier: Apache-2.0
// One calibrated unit on the simulated bench: what its metrology makes of a load, beside what the load
// exactly was.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "meter/metrology/metering.hpp"
#include "sim/front_end/front_end.hpp"
#include "sim/reference/load.hpp"

namespace lk::bench {

// A unit as it leaves the factory.
struct CalibratedUnit {
  sim::FrontEndUnit front_end;
  metrology::BoardCalibration calibration;
};

// Draws unit `index` of `seed` and calibrates it with the three load points of `latchkey calibrate`. Throws
// std::runtime_error where it is refused.
[[nodiscard]] CalibratedUnit make_unit(const sim::FrontEndType& type, std::uint64_t seed, std::size_t index,
                                       const std::array<double, 3>& load_point_amperes);

struct Run {
  sim::Load load;
  metrology::MeteringSettings settings;
  double temperature_c = sim::reference_temperature_c;
  double seconds = 4;  // counted, after settling; rounded up to an even number of windows
  std::uint64_t noise_seed = 1;
};

// Measured beside exact, of the counted windows.
struct Pair {
  double measured = 0;
  double exact = 0;
};

struct Observation {
  Pair active;                  // J, all phases, import positive
  Pair reactive;                // var·s, inductive positive
  std::array<Pair, 3> voltage;  // RMS
  std::array<Pair, 3> current;
  Pair neutral;
  std::array<Pair, 3> voltage_thd;  // share
  std::array<Pair, 3> current_thd;
  double frequency_error_hz = 0;  // of the worst window
  std::uint32_t pulses = 0;
  std::string fault;  // what else went wrong: windows that were not whole, faults that metrology saw
};

[[nodiscard]] Observation observe(const CalibratedUnit& unit, const Run& run);

// From power-up with the load on: seconds until the first pulse, at most `seconds_most`.
struct PulseRun {
  double first_pulse_s = 0;  // 0: none
  std::uint32_t pulses = 0;
  double active_j = 0;  // in all registers of active energy
};
[[nodiscard]] PulseRun count_pulses(const CalibratedUnit& unit, const Run& run, double seconds_most,
                                    bool stop_at_first);

}  // namespace lk::bench
