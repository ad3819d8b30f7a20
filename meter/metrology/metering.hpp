// SPDX-License-Identifier: Apache-2.0
// Metrology of a whole meter: one phase with neutral, or three phases with neutral, in integers. Sample sets
// come in as raw counts at one fixed rate of 4 to 16 kHz; each is counted in energy exactly once. Every 10
// mains cycles (12 near 60 Hz, 200 ms without mains) a `WindowFigures` is ready; every half cycle an RMS of
// the last cycle. Not thread-safe, no heap. Why it is built so: docs/design/metrology.md.
//
//   sets ─┬─► WindowLock ───── where a window ends ────────────────┐
//         ├─► WindowSums per phase ◄─ reference wave ──────────────┼─► figures ─┬─► WindowFigures
//         ├─► WaveFold ── one mean cycle a channel ─► Spectrum ────┘            ├─► EnergyRegisters ─►
//         PulseOutput ├─► half cycles                                                       └─► faults └─►
//         ChannelWatch: clipped, stuck
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/metrology/board_calibration.hpp"
#include "meter/metrology/channel_watch.hpp"
#include "meter/metrology/element.hpp"
#include "meter/metrology/energy_registers.hpp"
#include "meter/metrology/half_cycle.hpp"
#include "meter/metrology/harmonics.hpp"
#include "meter/metrology/pulse_output.hpp"
#include "meter/metrology/sample_set.hpp"
#include "meter/metrology/set_figures.hpp"
#include "meter/metrology/settings.hpp"
#include "meter/metrology/wave_fold.hpp"
#include "meter/metrology/window_lock.hpp"
#include "meter/metrology/window_sums.hpp"

namespace lk::metrology {

template <std::size_t phase_count>
class Metering {
 public:
  static constexpr std::size_t channel_count = 2 * phase_count + 1;
  using Set = SampleSet<phase_count>;

  // Calibration and settings must be valid (`check`, `is_valid`) and the calibration one of `phase_count`
  // phases.
  Metering(const BoardCalibration& calibration, const MeteringSettings& settings);

  // Takes any number of sample sets, in order. Never blocks; returns how many windows were completed. To see
  // every window, feed no more than a tenth of a second at once.
  std::uint32_t feed(std::span<const Set> sets);
  // Ends the window under way at once, wherever in a cycle it is, so that its energy can be taken: before a
  // power cut, or at the end of a recording. Returns whether there was anything in it.
  bool close_window();
  // The body knows that `set_count` sample sets are missing here (an overrun of its buffers). Their time
  // passes; no energy is made up for them.
  void note_lost(std::uint32_t set_count);
  // The temperature of the board in 1/1000 °C; −60 to 125 °C. Its curves are used from the next window's end
  // on.
  void set_temperature(std::int32_t millidegrees);
  // Whose energy counts from the next window's end on, where there is a sensor in the neutral.
  void set_neutral_policy(NeutralPolicy policy) { settings_.neutral_policy = policy; }
  // Whether export counts as import, and the constant of the test output (1 to 1 000 000), from the next
  // window's end on.
  void set_in_one_direction(bool is_set) { settings_.in_one_direction = is_set; }
  void set_pulses_per_kwh(std::uint32_t count) { pulses_.set_constant(count); }
  // The body measures by the design's calibration, because the stored one was refused.
  void note_default_calibration() { is_default_calibration_ = true; }

  // What it measures with.
  [[nodiscard]] BoardCalibration calibration() const;
  [[nodiscard]] bool has_neutral() const { return calibration_.has_neutral; }
  // Figures of the latest complete window; all zero before the first.
  [[nodiscard]] const WindowFigures<phase_count>& latest() const { return latest_; }
  // Harmonic `order` (0 to 21; 0 is the direct part) of a channel (sample_set.hpp) in the latest window, its
  // angle corrected as the calibration says. Zero where harmonics are off or the window was not whole.
  [[nodiscard]] Harmonic harmonic(std::size_t channel, std::size_t order) const;
  // The phase whose fundamental voltage rises through zero where the axis of the angles begins.
  [[nodiscard]] std::size_t axis_phase() const { return axis_phase_; }

  // Energies of each phase, and of all together by the sum mode.
  [[nodiscard]] EnergyRegisters& phase_energy(std::size_t phase) { return phase_energy_[phase]; }
  [[nodiscard]] EnergyRegisters& total_energy() { return total_energy_; }
  // Pulses of the test output since the last call: one per 1/pulses_per_kwh of active energy, both
  // directions.
  [[nodiscard]] std::uint32_t take_pulses() { return pulses_.take(); }
  // RMS over one cycle, each half cycle.
  [[nodiscard]] HalfCycles<phase_count>& half_cycles() { return half_cycles_; }

 private:
  static constexpr std::size_t neutral = phase_count;  // its place among the elements
  static constexpr std::size_t element_count = phase_count + 1;
  using Pairs = std::array<Pair, element_count>;
  using Results = std::array<ElementResult, element_count>;
  // A running Σx² (or Σx) of a channel, at the last half-cycle boundaries.
  struct Running {
    std::uint64_t carried = 0;  // of the windows before
    std::uint64_t boundary = 0;
    std::uint64_t half = 0;  // of the half cycle before the latest
  };

  [[nodiscard]] std::size_t samples_to_half_turn() const;
  void accumulate(std::span<const Set> sets);
  void end_half_cycle();
  [[nodiscard]] std::int64_t cycle_square(std::size_t channel, std::int64_t sum, std::int32_t last_count);
  void close_at(std::uint32_t fraction_q16);
  void learn_level();
  void close_here();
  void conclude(const WindowLock::Window& window);
  void begin_window();
  [[nodiscard]] Offset offset_of(std::size_t element, const WindowLock::Window& window) const;
  [[nodiscard]] quantity::Frequency frequency_of(const WindowLock::Window& window) const;
  [[nodiscard]] std::array<Sample, element_count> samples_of(const Set& set) const;
  [[nodiscard]] std::int64_t slip_of(const WindowLock::Window& window) const;
  void find_spectra(bool is_whole, std::int64_t slip_q16);
  void publish(const WindowLock::Window& window, const Results& results);
  void publish_neutral(const ElementResult& result);
  void count_energy(const Results& results);
  void judge(const WindowLock::Window& window, const Results& results);
  [[nodiscard]] bool is_stuck(std::size_t channel) const;
  void align(const FundamentalPhasor& axis, std::int64_t slip_q16);
  void choose_axis();
  [[nodiscard]] std::int32_t thd_e4(std::size_t channel, std::uint32_t noise_q8) const;
  [[nodiscard]] const VoltageCalibration& voltage_calibration(std::size_t element) const {
    return calibration_.voltage[element == neutral ? 0 : element];
  }
  [[nodiscard]] const CurrentCalibration& current_calibration(std::size_t element) const {
    return element == neutral && calibration_.has_neutral ? calibration_.neutral
                                                          : calibration_.current[element % phase_count];
  }
  [[nodiscard]] std::size_t used_elements() const {
    return calibration_.has_neutral ? element_count : phase_count;
  }

  // A BoardCalibration without the phases that are not there.
  struct Board {
    bool has_neutral;
    std::uint32_t rate_hz;
    std::int32_t clock_ppb;
    std::int32_t full_scale_count;
    std::int32_t reference_millidegrees;
    std::array<VoltageCalibration, phase_count> voltage;
    std::array<CurrentCalibration, phase_count> current;
    CurrentCalibration neutral;

    explicit Board(const BoardCalibration& from);
  };

  Board calibration_;
  MeteringSettings settings_;
  std::array<Element, element_count> elements_;
  std::array<Correction, element_count> corrections_{};
  WindowLock lock_;
  std::array<WindowSums, element_count> sums_{};
  std::array<Offset, element_count> offsets_{};  // of the last whole window
  bool has_offsets_ = false;
  WaveFold<channel_count> fold_;
  std::array<ChannelWatch, channel_count> watch_{};
  std::array<Spectrum, channel_count> spectra_{};
  std::array<Running, 2 * phase_count> running_{};

  std::uint32_t phase_ = 0;  // of the reference wave at the next sample
  std::uint32_t step_;
  Set previous_{};  // the set before the last one taken
  Set last_{};
  std::size_t axis_phase_ = 0;
  std::int32_t temperature_difference_millikelvin_ = 0;
  quantity::Power least_counted_;  // primary: what the creep gate lets through

  WindowFigures<phase_count> latest_;
  std::array<EnergyRegisters, phase_count> phase_energy_{};
  EnergyRegisters total_energy_;
  PulseOutput pulses_;
  HalfCycles<phase_count> half_cycles_;
  quantity::Voltage least_half_cycle_;  // of the axis in this window
  quantity::Voltage most_half_cycle_;
  std::uint64_t sample_count_ = 0;
  std::uint32_t window_count_ = 0;
  std::uint32_t steady_halves_ = 0;  // half cycles since the reference wave last jumped
  bool is_wiring_shown_ = false;     // currents were once seen at their own voltages
  bool is_aligned_ = false;          // the reference wave follows the axis
  bool is_default_calibration_ = false;
  bool has_lost_ = false;
};

extern template class Metering<1>;
extern template class Metering<3>;

using SinglePhaseMetering = Metering<1>;
using ThreePhaseMetering = Metering<3>;

}  // namespace lk::metrology
