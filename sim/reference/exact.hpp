// SPDX-License-Identifier: Apache-2.0
// What a waveform is, by its formula in long double: the reference that a meter's figures are held against.
// It is never another measurement. Pure functions; phases count from 0.
#pragma once

#include <cstddef>

#include "sim/front_end/waveform.hpp"

namespace lk::sim {

// Over all time, watts and (of the fundamental, inductive positive, IEC 62053-24) vars.
[[nodiscard]] long double active_power(const Waveform& waveform, std::size_t phase);
[[nodiscard]] long double reactive_power(const Waveform& waveform, std::size_t phase);
// Joules of the time from `from_s` on, `duration_s` long: every product of two lines is integrated, so that
// it is right for any piece of a sub-harmonic or unsynchronised signal.
[[nodiscard]] long double active_energy(const Waveform& waveform, std::size_t phase, long double from_s,
                                        long double duration_s);

// RMS of a channel; without its direct part where `alternating` is set.
[[nodiscard]] long double rms(const Waveform& waveform, std::size_t channel, bool alternating = false);
// Root of the squares of the harmonics 2 to `order_most` as a share of the fundamental.
[[nodiscard]] long double distortion(const Waveform& waveform, std::size_t channel, int order_most);
// RMS of the line at `order`, 0 where there is none.
[[nodiscard]] long double harmonic(const Waveform& waveform, std::size_t channel, int order);

}  // namespace lk::sim
