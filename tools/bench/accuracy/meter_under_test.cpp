// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/accuracy/meter_under_test.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

#include "sim/mains/random.hpp"
#include "sim/reference/exact.hpp"
#include "tools/latchkey/calibrate/simulated_bench.hpp"

namespace lk::bench {
namespace {

using metrology::Register;

constexpr std::size_t block_size = 256;  // a window is never shorter, so none is missed
constexpr int settling_windows = 5;

// The converter of one unit, feeding its metrology.
template <std::size_t phase_count>
class Bench {
 public:
  using Set = metrology::SampleSet<phase_count>;

  Bench(const CalibratedUnit& unit, const Run& run)
      : waveform_(sim::waveform_of(run.load)),
        front_end_(unit.front_end, waveform_, run.temperature_c, sim::seed_of(run.noise_seed, 77)),
        metering_(unit.calibration, run.settings) {
    if (!metrology::is_valid(run.settings, unit.calibration))
      throw std::logic_error("settings that do not fit");
    metering_.set_temperature(static_cast<std::int32_t>(std::lround(run.temperature_c * 1000)));
  }

  // Returns how many windows were completed.
  std::uint32_t step() {
    front_end_.sample(counts_);
    for (std::size_t k = 0; k < block_size; ++k) {
      for (std::size_t phase = 0; phase < phase_count; ++phase) {
        sets_[k].phase[phase] = {counts_[k][sim::voltage_channel(phase)],
                                 counts_[k][sim::current_channel(phase)]};
      }
      sets_[k].neutral_count = counts_[k][sim::neutral_channel];
    }
    samples_ += block_size;
    return metering_.feed(sets_);
  }
  void step_window() {
    for (std::uint64_t limit = samples_ + 16'000; samples_ < limit;) {
      if (step() > 0) return;
    }
    throw std::logic_error("metrology completed no window in 16 000 samples");
  }

  [[nodiscard]] double seconds() const {
    return static_cast<double>(samples_) * static_cast<double>(front_end_.seconds_per_sample());
  }
  [[nodiscard]] const sim::Waveform& waveform() const { return waveform_; }
  [[nodiscard]] metrology::Metering<phase_count>& metering() { return metering_; }

 private:
  sim::Waveform waveform_;
  sim::FrontEnd front_end_;
  metrology::Metering<phase_count> metering_;
  std::array<sim::Counts, block_size> counts_{};
  std::array<Set, block_size> sets_{};
  std::uint64_t samples_ = 0;
};

double at(const metrology::Energies& energies, Register which) {
  return static_cast<double>(energies[static_cast<std::size_t>(which)].count()) / 1000;
}

double active_of(const metrology::Energies& energies) {
  return at(energies, Register::active_import) - at(energies, Register::active_export);
}

double reactive_of(const metrology::Energies& energies) {
  return at(energies, Register::reactive_q1) + at(energies, Register::reactive_q2) -
         at(energies, Register::reactive_q3) - at(energies, Register::reactive_q4);
}

// Means of squares (RMS) and of shares over windows.
template <std::size_t phase_count>
class Figures {
 public:
  void add(const metrology::WindowFigures<phase_count>& window, double frequency_hz) {
    for (std::size_t phase = 0; phase < phase_count; ++phase) {
      const metrology::PhaseFigures& figures = window.phase[phase];
      add_square(voltage_[phase], static_cast<double>(figures.voltage.count()) / 1e3);
      add_square(current_[phase], static_cast<double>(figures.current.count()) / 1e6);
      voltage_thd_[phase] += figures.voltage_thd_e4 / 1e4;
      current_thd_[phase] += figures.current_thd_e4 / 1e4;
    }
    add_square(neutral_, static_cast<double>(window.neutral.current.count()) / 1e6);
    const double error = static_cast<double>(window.frequency.count()) / 1e3 - frequency_hz;
    if (std::abs(error) > std::abs(frequency_error_hz_)) frequency_error_hz_ = error;
    if (!window.is_whole) ++broken_;
    fault_bits_ |= window.faults.bits();
    ++count_;
  }

  void conclude(const sim::Waveform& waveform, Observation& observation) const {
    for (std::size_t phase = 0; phase < phase_count; ++phase) {
      const std::size_t v = sim::voltage_channel(phase);
      const std::size_t i = sim::current_channel(phase);
      // A transformer shows no direct current, and no meter behind it can.
      observation.voltage[phase] = {root(voltage_[phase]), static_cast<double>(sim::rms(waveform, v))};
      observation.current[phase] = {root(current_[phase]), static_cast<double>(sim::rms(waveform, i, true))};
      observation.voltage_thd[phase] = {voltage_thd_[phase] / count_,
                                        static_cast<double>(sim::distortion(waveform, v, 21))};
      observation.current_thd[phase] = {current_thd_[phase] / count_,
                                        static_cast<double>(sim::distortion(waveform, i, 21))};
    }
    observation.neutral = {root(neutral_),
                           static_cast<double>(sim::rms(waveform, sim::neutral_channel, true))};
    observation.frequency_error_hz = frequency_error_hz_;
    if (broken_ > 0) observation.fault += std::to_string(broken_) + " windows not of whole cycles; ";
    if (fault_bits_ != 0) observation.fault += "fault code " + std::to_string(fault_bits_) + "; ";
  }

 private:
  static void add_square(double& sum, double value) { sum += value * value; }
  [[nodiscard]] double root(double square_sum) const { return std::sqrt(square_sum / count_); }

  std::array<double, phase_count> voltage_{};
  std::array<double, phase_count> current_{};
  std::array<double, phase_count> voltage_thd_{};
  std::array<double, phase_count> current_thd_{};
  double neutral_ = 0;
  double frequency_error_hz_ = 0;
  int count_ = 0;
  int broken_ = 0;
  std::uint16_t fault_bits_ = 0;
};

// A window has a known number of cycles of the true mains, so its true time is known exactly and the
// reference is the exact energy of that time.
template <std::size_t phase_count>
Observation observe_as(const CalibratedUnit& unit, const Run& run) {
  Bench<phase_count> bench{unit, run};
  auto& metering = bench.metering();
  for (int window = 0; window < settling_windows; ++window) bench.step_window();
  static_cast<void>(metering.total_energy().take());
  static_cast<void>(metering.take_pulses());

  const long double frequency_hz = bench.waveform().frequency_hz;
  Observation observation;
  Figures<phase_count> figures;
  std::uint64_t cycles = 0;
  const auto windows = 2 * static_cast<int>(std::ceil(run.seconds / 0.4));
  for (int window = 0; window < windows; ++window) {
    bench.step_window();
    const auto& latest = metering.latest();
    figures.add(latest, static_cast<double>(frequency_hz));
    const metrology::Energies energies = metering.total_energy().take();
    observation.active.measured += active_of(energies);
    observation.reactive.measured += reactive_of(energies);
    cycles += latest.cycles;
  }
  figures.conclude(bench.waveform(), observation);
  const long double duration_s = static_cast<long double>(cycles) / frequency_hz;
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    observation.active.exact +=
        static_cast<double>(sim::active_energy(bench.waveform(), phase, 0, duration_s));
    observation.reactive.exact +=
        static_cast<double>(sim::reactive_power(bench.waveform(), phase) * duration_s);
  }
  observation.pulses = metering.take_pulses();
  return observation;
}

template <std::size_t phase_count>
PulseRun count_pulses_as(const CalibratedUnit& unit, const Run& run, double seconds_most,
                         bool stop_at_first) {
  Bench<phase_count> bench{unit, run};
  PulseRun result;
  while (bench.seconds() < seconds_most) {
    static_cast<void>(bench.step());
    const std::uint32_t pulses = bench.metering().take_pulses();
    if (pulses == 0) continue;
    if (result.pulses == 0) result.first_pulse_s = bench.seconds();
    result.pulses += pulses;
    if (stop_at_first) break;
  }
  const metrology::Energies energies = bench.metering().total_energy().take();
  result.active_j = at(energies, Register::active_import) + at(energies, Register::active_export);
  return result;
}

}  // namespace

CalibratedUnit make_unit(const sim::FrontEndType& type, std::uint64_t seed, std::size_t index,
                         const std::array<double, 3>& load_point_amperes) {
  CalibratedUnit unit{sim::draw_unit(type, sim::seed_of(seed, index)), {}};
  const auto points = tools::measure(unit.front_end, {.amperes = load_point_amperes});
  if (!points) throw std::runtime_error("unit " + std::to_string(index + 1) + ": " + points.error());
  const auto calibration = tools::calibrate(tools::design_of(type), *points);
  if (!calibration)
    throw std::runtime_error("unit " + std::to_string(index + 1) + ": " + calibration.error());
  unit.calibration = *calibration;
  return unit;
}

Observation observe(const CalibratedUnit& unit, const Run& run) {
  return unit.front_end.type.phase_count == 1 ? observe_as<1>(unit, run) : observe_as<3>(unit, run);
}

PulseRun count_pulses(const CalibratedUnit& unit, const Run& run, double seconds_most, bool stop_at_first) {
  return unit.front_end.type.phase_count == 1 ? count_pulses_as<1>(unit, run, seconds_most, stop_at_first)
                                              : count_pulses_as<3>(unit, run, seconds_most, stop_at_first);
}

}  // namespace lk::bench
