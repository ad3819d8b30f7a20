// SPDX-License-Identifier: Apache-2.0
// One measuring element, a voltage with a current: from a window's sums to its figures and energies,
// corrected as the calibration says.
//
// Phase is corrected here, once a window, not in the samples: each harmonic of the product is turned by its
// own angle, so the correction may follow current, temperature and frequency, adds no filter to the signal,
// and costs nothing a sample. docs/design/metrology.md argues it.
#pragma once

#include <cstdint>

#include "meter/metrology/board_calibration.hpp"
#include "meter/metrology/harmonics.hpp"
#include "meter/metrology/scale.hpp"
#include "meter/metrology/settings.hpp"
#include "meter/metrology/trim.hpp"
#include "meter/metrology/window_means.hpp"

namespace lk::metrology {

// A fundamental as A·(cos a, sin a) for A cos(θ + a), θ the reference wave; in 2^-20 count.
struct FundamentalPhasor {
  std::int64_t real = 0;
  std::int64_t imaginary = 0;
};

// The sums of one element without direct parts, in counts.
struct Pair {
  std::int64_t voltage_square = 0;  // Σ, of the alternating part
  std::int64_t current_square = 0;  // Σ, with the direct part where the sensor sees it
  std::int64_t product = 0;         // Σ
  FundamentalPhasor voltage;
  FundamentalPhasor current;
  std::int64_t weight_q16 = 0;  // samples, not 0
};
[[nodiscard]] Pair pair_of(const WindowSums& sums, const Offset& offset);

// What held during the window.
struct Conditions {
  bool has_mains = false;
  quantity::Frequency frequency;  // 0 where unknown
  std::int64_t slip_q16 = 0;      // how far the reference wave ran ahead, in 1/65 536 turn
  std::int32_t temperature_difference_millikelvin = 0;
};

// By which angle the counts of the current lead the current, relative to the voltage, in 2^-32 turn: at
// harmonic h it is lead / h − delay · h.
struct PhaseError {
  std::int64_t lead = 0;
  std::int64_t delay = 0;
  [[nodiscard]] std::uint32_t at(std::uint32_t order) const {
    return static_cast<std::uint32_t>(lead / order - delay * order);
  }
};

struct Correction {
  TrimQ40 voltage = 0;
  TrimQ40 current = 0;
  PhaseError phase;
};

// What turning the harmonics above the first changes, in 2^-13 count².
struct HarmonicChange {
  std::int64_t product_q13 = 0;  // in the mean product of voltage and current
  std::int64_t square_q13 = 0;   // in the current's mean square
};

struct ElementResult {
  quantity::Voltage voltage;
  quantity::Current current;
  quantity::Power active;
  quantity::Power reactive;
  quantity::Power apparent;
  quantity::Power fundamental_active;
  quantity::Voltage fundamental_voltage;
  quantity::Current fundamental_current;
  std::uint32_t voltage_angle = 0;  // 2^32 to the turn, against the reference wave
  std::uint32_t lag_angle = 0;      // of the current behind the voltage
  quantity::Current terminal_current;
  Wide active_energy;    // 2^-64 mJ, signed
  Wide reactive_energy;  // signed
  Wide apparent_energy;  // never negative
};

class Element {
 public:
  // Both calibrations are of a valid board.
  Element(const BoardCalibration& board, const VoltageCalibration& voltage, const CurrentCalibration& current,
          const MeteringSettings& settings);

  // What is to be corrected in this window, by its current, temperature and frequency.
  [[nodiscard]] Correction correction(const Pair& pair, const VoltageCalibration& voltage,
                                      const CurrentCalibration& current, const Conditions& conditions) const;
  // The figures. `harmonics` is what `turn_harmonics` changed, nothing without harmonics.
  [[nodiscard]] ElementResult measure(const Pair& pair, const VoltageCalibration& voltage,
                                      const CurrentCalibration& current, const Conditions& conditions,
                                      const Correction& correction, const HarmonicChange& harmonics) const;

  // A root-mean-square or peak in counts · 2^-fraction_bits, as mV or µA (primary), trimmed.
  [[nodiscard]] std::int64_t voltage_of(std::int64_t count, int fraction_bits, TrimQ40 trim) const;
  [[nodiscard]] std::int64_t current_of(std::int64_t count, int fraction_bits, TrimQ40 trim) const;

 private:
  [[nodiscard]] std::int64_t terminal_current(const Pair& pair, const CurrentCalibration& current) const;

  Scale voltage_;  // counts to mV, primary
  Scale current_;  // counts to µA at the terminals
  Scale primary_current_;
  Scale power_;   // counts² to mW, primary
  Scale energy_;  // counts² of one sample to mJ
  std::uint64_t rate_millihertz_;
  std::uint32_t nominal_frequency_hz_;
};

// A phasor's RMS in counts · 2^-fraction_bits, with as many of them as there is room for; given back what a
// slipping reference took.
struct Root {
  std::int64_t value = 0;
  int fraction_bits = 0;
};
[[nodiscard]] Root rms_of(const FundamentalPhasor& phasor, std::int64_t slip_q16);

// Turns the harmonics of a current to where they belong, and takes off what a leading sensor passes too much
// of them.
[[nodiscard]] HarmonicChange turn_harmonics(const Spectrum& voltage, Spectrum& current,
                                            const PhaseError& phase);

}  // namespace lk::metrology
