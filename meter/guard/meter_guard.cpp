// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/meter_guard.hpp"

#include <utility>

namespace lk::guard {
namespace {

metrology::Calibration calibration_of(const metrology::BoardCalibration& board, std::size_t phase) {
  return {.rate_hz = board.rate_hz,
          .voltage_microcounts_per_volt = board.voltage[phase].microcounts_per_volt,
          .current_microcounts_per_ampere = board.current[phase].microcounts_per_ampere};
}

}  // namespace

template <std::size_t phase_count>
MeterGuard<phase_count>::MeterGuard(const GuardSettings& settings,
                                    const metrology::BoardCalibration& calibration)
    : guard_(settings),
      is_looking_(settings.load.action != Action::off),
      has_neutral_(calibration.has_neutral),
      watches_([&]<std::size_t... phase>(std::index_sequence<phase...>) {
        return std::array<Watch, phase_count>{Watch{CycleSampler{calibration_of(calibration, phase)},
                                                    MaliciousLoad{recognition_of(settings)}}...};
      }(std::make_index_sequence<phase_count>{})) {}

template <std::size_t phase_count>
void MeterGuard<phase_count>::feed(std::span<const Set> sets, const LocalTime& time, quantity::Instant now) {
  if (!is_looking_) return;
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    Watch& watch = watches_[phase];
    for (const Set& set : sets) {
      const auto result = watch.sampler.feed(std::span{&set.phase[phase], 1});
      if (result.event == CycleSampler::Event::no_mains) watch.detector.interrupt();
      if (result.event != CycleSampler::Event::cycle) continue;
      if (const auto finding = watch.detector.take(watch.sampler.wave()))
        guard_.take(*finding, static_cast<std::uint8_t>(phase), time, now);
    }
  }
}

template <std::size_t phase_count>
void MeterGuard<phase_count>::take(Metering& metering, std::uint32_t window_count, quantity::Instant now) {
  while (const auto half_cycle = metering.half_cycles().take()) {
    HalfCycleVoltages voltages{.phase_count = static_cast<std::uint8_t>(phase_count)};
    for (std::size_t phase = 0; phase < phase_count; ++phase)
      voltages.voltage[phase] = half_cycle->voltage[phase];
    guard_.take(voltages, now);
  }
  if (window_count == 0) return;
  const metrology::WindowFigures<phase_count>& figures = metering.latest();
  Observation window{.phase_count = static_cast<std::uint8_t>(phase_count)};
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    const metrology::PhaseFigures& of = figures.phase[phase];
    window.phase[phase] = {of.voltage, of.current, of.active};
  }
  window.has_neutral = has_neutral_;
  window.neutral = figures.neutral.current;
  window.is_sequence_reversed = figures.sequence == metrology::Sequence::reversed;
  guard_.take(window, now);
}

template <std::size_t phase_count>
void MeterGuard<phase_count>::interrupt() {
  for (Watch& watch : watches_) watch.detector.interrupt();
}

template class MeterGuard<1>;
template class MeterGuard<3>;

}  // namespace lk::guard
