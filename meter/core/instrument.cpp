// SPDX-License-Identifier: Apache-2.0
#include "meter/core/instrument.hpp"

namespace lk::meter {

template <std::size_t phase_count>
PhaseInstrument<phase_count>::PhaseInstrument(const Measuring& measuring, const guard::GuardSettings& guard)
    : metering_(measuring.board, measuring.settings), guard_(guard, measuring.board) {
  if (measuring.is_calibration_refused) metering_.note_default_calibration();
}

template <std::size_t phase_count>
std::uint32_t PhaseInstrument<phase_count>::feed(std::span<const Set> sets, const guard::LocalTime& time,
                                                 quantity::Instant now) {
  guard_.feed(sets, time, now);
  const std::uint32_t window_count = metering_.feed(sets);
  guard_.take(metering_, window_count, now);
  return window_count;
}

template <std::size_t phase_count>
void PhaseInstrument<phase_count>::set_guard(const guard::GuardSettings& settings) {
  guard_ = guard::MeterGuard<phase_count>{settings, metering_.calibration()};
}

template class PhaseInstrument<1>;
template class PhaseInstrument<3>;

}  // namespace lk::meter
