// SPDX-License-Identifier: Apache-2.0
// What the figures of a window tell about how the channels are connected. Each judgement is of one window;
// the meter waits for as many as it wants before it records a fault.
#pragma once

#include <cstdint>
#include <span>

#include "meter/metrology/set_figures.hpp"

namespace lk::metrology {

struct PhaseView {
  bool has_voltage = false;         // above half of the nominal
  bool has_current = false;         // above the starting current
  std::uint32_t voltage_angle = 0;  // 2^32 to the turn
  std::uint32_t lag_angle = 0;      // of the current behind its own voltage
  quantity::Current current;
};

// The order in which the phases' voltages follow; unknown where one is missing or they are not a third of a
// turn apart.
[[nodiscard]] Sequence sequence_of(std::span<const PhaseView> phases);

// Do the voltages a and b carry the same phase?
[[nodiscard]] bool is_doubled(const PhaseView& a, const PhaseView& b);

// Are currents at other phases' voltages? Two exchanged lag and lead by a third of a turn against each other;
// of a generator likewise, where all three are alike, for single-phase loads beside a generator may lag and
// lead so too. Three moved round all lag by the same third, which in a consumer no load does; export at a
// power factor of 0.8 and less does it: where `may_be_export` (the wiring was shown, or a generator is meant
// to be there), that is left alone.
[[nodiscard]] bool are_currents_mixed(std::span<const PhaseView> phases, bool may_be_export);

// Three currents within 25 degrees of their voltages, or of the opposite: so no wrong connection looks under
// any load of a consumer or a generator of power factor 0.7 and more.
[[nodiscard]] bool is_wiring_shown(std::span<const PhaseView> phases);

// Both channels of a phase as if each was of the other kind.
struct SwapView {
  quantity::Voltage nominal;
  quantity::Voltage voltage;             // as measured
  quantity::Voltage current_as_voltage;  // what the current channel's counts mean in the voltage channel
  quantity::Current voltage_as_current;  // and the other way round
  quantity::Current least_current;
};
// The current channel shows the nominal voltage, the voltage channel less than half but a current.
[[nodiscard]] bool is_swapped(const SwapView& view);

}  // namespace lk::metrology
