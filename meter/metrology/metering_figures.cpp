// SPDX-License-Identifier: Apache-2.0
// The second half of Metering: from the elements' results to what is shown, counted and judged.
#include <algorithm>

#include "meter/metrology/fault_judge.hpp"
#include "meter/metrology/metering.hpp"
#include "meter/metrology/rotation.hpp"

namespace lk::metrology {
namespace {

using quantity::Current;
using quantity::Power;
using quantity::Voltage;

Wide absolute(Wide value) {
  return value.is_negative() ? -value : value;
}

Quadrant quadrant_of(Power active, Power reactive) {
  if (active.count() == 0 && reactive.count() == 0) return 0;
  if (active.count() >= 0) return reactive.count() >= 0 ? 1 : 4;
  return reactive.count() >= 0 ? 2 : 3;
}

// The energies of one window that count.
struct Counted {
  Wide active;    // signed
  Wide reactive;  // signed
  Wide apparent;  // not negative
};

// Turning a current round is undone as a whole: an inductive load stays one.
Counted as_import(const Counted& counted) {
  if (!counted.active.is_negative()) return counted;
  return {-counted.active, -counted.reactive, counted.apparent};
}

void add_to(EnergyRegisters& registers, const Counted& counted) {
  const bool is_export = counted.active.is_negative();
  registers.add(is_export ? Register::active_export : Register::active_import, absolute(counted.active));
  registers.add(is_export ? Register::apparent_export : Register::apparent_import, counted.apparent);
  const bool is_inductive = !counted.reactive.is_negative();
  const Register import_quadrant = is_inductive ? Register::reactive_q1 : Register::reactive_q4;
  const Register export_quadrant = is_inductive ? Register::reactive_q2 : Register::reactive_q3;
  registers.add(is_export ? export_quadrant : import_quadrant, absolute(counted.reactive));
}

// The starting current starts; noise that is 60 % of it does not.
bool is_above_start(Current current, const MeteringSettings& settings) {
  constexpr std::int64_t percent = 60;
  return current.count() * 100 >= settings.starting_current.count() * percent;
}

Counted counted_of(const ElementResult& result, const MeteringSettings& settings, Power least) {
  if (!is_above_start(result.terminal_current, settings)) return {};
  Counted counted;
  const bool is_active = magnitude(result.active.count()) >= magnitude(least.count());
  const bool is_reactive = magnitude(result.reactive.count()) >= magnitude(least.count());
  if (is_active) counted.active = result.active_energy;
  if (is_reactive) counted.reactive = result.reactive_energy;
  if (is_active || is_reactive) counted.apparent = result.apparent_energy;
  return counted;
}

PhaseFigures figures_of(const ElementResult& result, const MeteringSettings& settings, Power least) {
  PhaseFigures out;
  out.voltage = result.voltage;
  out.fundamental_voltage = result.fundamental_voltage;
  if (!is_above_start(result.terminal_current, settings)) return out;
  out.current = result.current;
  out.fundamental_current = result.fundamental_current;
  out.active = result.active;
  out.reactive = result.reactive;
  out.apparent = result.apparent;
  out.fundamental_active = result.fundamental_active;
  out.power_factor_e4 = power_factor(out.active.count(), out.apparent.count());
  out.quadrant = quadrant_of(out.active, out.reactive);
  out.current_angle_millidegrees = signed_millidegrees(result.lag_angle);
  out.counts = magnitude(out.active.count()) >= magnitude(least.count()) ||
               magnitude(out.reactive.count()) >= magnitude(least.count());
  return out;
}

TotalFigures total_of(std::span<const PhaseFigures> phases) {
  TotalFigures total;
  for (const PhaseFigures& phase : phases) {
    total.active += phase.active;
    total.reactive += phase.reactive;
    total.apparent += phase.apparent;
    total.fundamental_active += phase.fundamental_active;
  }
  total.power_factor_e4 = power_factor(total.active.count(), total.apparent.count());
  total.quadrant = quadrant_of(total.active, total.reactive);
  return total;
}

// What noise alone gives in the squares of 20 harmonics: each has four parts in n of its square.
std::uint64_t noise_in_harmonics(std::uint32_t noise_q8, std::uint32_t window_samples) {
  return window_samples == 0 ? 0 : std::uint64_t{noise_q8} * noise_q8 * 5 / window_samples;
}

bool is_larger_by(Power candidate, Power other, std::uint8_t percent) {
  return magnitude(candidate.count()) > magnitude(other.count()) / 100 * (100U + percent);
}

}  // namespace

template <std::size_t phase_count>
void Metering<phase_count>::publish(const WindowLock::Window& window, const Results& results) {
  latest_ = {};
  latest_.frequency = frequency_of(window);
  latest_.is_whole = window.is_whole;
  latest_.cycles = static_cast<std::uint8_t>(window.is_whole ? window.cycles : 0);
  latest_.window_samples = static_cast<std::uint32_t>((sums_[0].weight_q16 + whole_q16 / 2) / whole_q16);
  latest_.end_sample = sample_count_;
  std::uint32_t zero_angle = 0;
  bool has_zero = false;
  for (std::size_t p = 0; p < phase_count; ++p) {
    PhaseFigures& phase = latest_.phase[p];
    phase = figures_of(results[p], settings_, least_counted_);
    if (!has_zero && phase.fundamental_voltage.count() > 10'000) {
      zero_angle = results[p].voltage_angle;
      has_zero = true;
    }
    phase.voltage_angle_millidegrees = has_zero ? millidegrees(results[p].voltage_angle - zero_angle + 6) : 0;
    phase.voltage_thd_e4 =
        distortion_e4(spectra_[voltage_channel(p)],
                      noise_in_harmonics(calibration_.voltage[p].noise_q8, latest_.window_samples));
    if (phase.current.count() > 0) {
      phase.current_thd_e4 =
          distortion_e4(spectra_[current_channel(p)],
                        noise_in_harmonics(calibration_.current[p].noise_q8, latest_.window_samples));
    }
  }
  if (calibration_.has_neutral) publish_neutral(results[neutral]);
  latest_.total = total_of(latest_.phase);
}

template <std::size_t phase_count>
void Metering<phase_count>::publish_neutral(const ElementResult& result) {
  if (!is_above_start(result.terminal_current, settings_)) return;
  NeutralFigures& out = latest_.neutral;
  out.current = result.current;
  out.fundamental_current = result.fundamental_current;
  out.active = result.active;
  out.current_thd_e4 =
      distortion_e4(spectra_[neutral_channel(phase_count)],
                    noise_in_harmonics(calibration_.neutral.noise_q8, latest_.window_samples));
  out.is_charged = phase_count == 1 && settings_.neutral_policy == NeutralPolicy::larger &&
                   is_larger_by(result.active, latest_.phase[0].active, settings_.neutral_difference_percent);
}

// Only ever adds: a register has no way back.
template <std::size_t phase_count>
void Metering<phase_count>::count_energy(const Results& results) {
  const bool each_as_import = settings_.in_one_direction || settings_.sum_mode == SumMode::absolute;
  Counted net;
  Wide pulsed;
  const auto add_total = [this, &pulsed](const Counted& counted) {
    add_to(total_energy_, counted);
    pulsed = pulsed + absolute(counted.active);
  };
  for (std::size_t p = 0; p < phase_count; ++p) {
    const bool is_neutral_charged = latest_.neutral.is_charged;
    const std::size_t current = is_neutral_charged ? neutral_channel(phase_count) : current_channel(p);
    // A channel that stands still tells nothing: what its window leaves of the other's cycles is no energy.
    const bool is_sound = !is_stuck(voltage_channel(p)) && !is_stuck(current);
    const Counted counted =
        is_sound ? counted_of(results[is_neutral_charged ? neutral : p], settings_, least_counted_)
                 : Counted{};
    add_to(phase_energy_[p], settings_.in_one_direction ? as_import(counted) : counted);
    if (settings_.sum_mode != SumMode::arithmetic) {
      add_total(each_as_import ? as_import(counted) : counted);
      continue;
    }
    net = {net.active + counted.active, net.reactive + counted.reactive, net.apparent + counted.apparent};
  }
  if (settings_.sum_mode == SumMode::arithmetic) add_total(each_as_import ? as_import(net) : net);
  pulses_.add(pulsed, latest_.window_samples);
}

template <std::size_t phase_count>
bool Metering<phase_count>::is_stuck(std::size_t channel) const {
  const std::uint32_t quarter_cycle = (std::uint32_t{1} << 30U) / step_;
  return watch_[channel].is_stuck(latest_.window_samples, quarter_cycle, calibration_.full_scale_count);
}

template <std::size_t phase_count>
void Metering<phase_count>::judge(const WindowLock::Window& window, const Results& results) {
  Faults& faults = latest_.faults;
  const std::size_t used_channels = 2 * phase_count + (calibration_.has_neutral ? 1U : 0U);
  for (std::size_t channel = 0; channel < used_channels; ++channel) {
    if (watch_[channel].is_clipped()) faults.set(Fault::clipped, channel);
    if (is_stuck(channel)) faults.set(Fault::stuck, channel);
  }
  const Ratio& ratio = settings_.voltage_ratio;
  const Voltage nominal = Voltage::of(settings_.nominal_voltage.count() * ratio.primary / ratio.secondary);
  const Current least = std::max(settings_.starting_current, Current::of(1000));
  std::array<PhaseView, phase_count> views;
  for (std::size_t p = 0; p < phase_count; ++p) {
    const ElementResult& result = results[p];
    views[p] = {result.voltage.count() * 2 > nominal.count(), result.terminal_current > least,
                result.voltage_angle, result.lag_angle, result.terminal_current};
    const Wide volts_of_current =
        multiply(result.terminal_current.count(), calibration_.current[p].microcounts_per_ampere);
    const std::int64_t terminal_millivolts =
        divide_rounded(multiply(result.voltage.count(), std::int64_t{ratio.secondary}), ratio.primary);
    const Wide amperes_of_voltage =
        multiply(terminal_millivolts * 1000, calibration_.voltage[p].microcounts_per_volt);
    const SwapView swap = {
        settings_.nominal_voltage, Voltage::of(terminal_millivolts),
        Voltage::of(divide_rounded(volts_of_current,
                                   static_cast<std::uint64_t>(calibration_.voltage[p].microcounts_per_volt)) /
                    1000),
        Current::of(divide_rounded(
            amperes_of_voltage, static_cast<std::uint64_t>(calibration_.current[p].microcounts_per_ampere))),
        least};
    if (is_swapped(swap)) {
      faults.set(Fault::swapped, voltage_channel(p));
    } else if (views[p].has_current && result.voltage.count() * 10 < nominal.count()) {
      faults.set(Fault::voltage_dead, voltage_channel(p));
    }
    for (std::size_t other = 0; other < p; ++other) {
      if (window.is_whole && is_doubled(views[other], views[p]))
        faults.set(Fault::voltage_doubled, voltage_channel(p));
    }
  }
  if (window.is_whole) latest_.sequence = sequence_of(views);
  is_wiring_shown_ = is_wiring_shown_ || (window.is_whole && is_wiring_shown(views));
  if (window.is_whole && are_currents_mixed(views, is_wiring_shown_ || settings_.expects_export))
    faults.set(Fault::currents_mixed, current_channel(0));
  // A cycle that is off by 100 µs or a sample, between others that are not, while the voltage keeps its size.
  const std::int64_t jump_limit_q16 =
      std::max<std::int64_t>(whole_q16 * 4 / 5, calibration_.rate_hz * whole_q16 / 10'000);
  const bool is_steady = least_half_cycle_.count() * 10 > most_half_cycle_.count() * 9;
  if (has_lost_ || (window.is_whole && is_steady && lock_.longest_jump_q16() > jump_limit_q16)) {
    faults.set(Fault::samples_lost, voltage_channel(axis_phase_));
  }
  if (is_default_calibration_) faults.set(Fault::calibration);
}

template void Metering<1>::publish(const WindowLock::Window&, const Results&);
template void Metering<1>::publish_neutral(const ElementResult&);
template void Metering<1>::count_energy(const Results&);
template bool Metering<1>::is_stuck(std::size_t) const;
template bool Metering<3>::is_stuck(std::size_t) const;
template void Metering<1>::judge(const WindowLock::Window&, const Results&);
template void Metering<3>::publish(const WindowLock::Window&, const Results&);
template void Metering<3>::publish_neutral(const ElementResult&);
template void Metering<3>::count_energy(const Results&);
template void Metering<3>::judge(const WindowLock::Window&, const Results&);

}  // namespace lk::metrology
