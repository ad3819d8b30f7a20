// SPDX-License-Identifier: Apache-2.0
// Harmonics 0 to 21 of one channel, from the wave of a window folded onto one cycle of 128 points.
//
// Folding whole cycles keeps exactly what a Fourier transform of the window has at the harmonics and drops
// the rest, so that 128 points are transformed instead of some two thousand samples.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lk::metrology {

inline constexpr std::size_t wave_points = 128;
inline constexpr std::size_t highest_harmonic = 21;

// One cycle, averaged over the window, in 1/64 count; point 0 is where the fundamental voltage of the first
// phase that is there rises through zero. All channels share one axis.
using Wave = std::span<const std::int32_t, wave_points>;

// A harmonic as a phasor of peak value: Re(z · e^{jhθ}), in 1/64 count.
struct Phasor {
  std::int32_t real = 0;
  std::int32_t imaginary = 0;
};
using Spectrum = std::array<Phasor, highest_harmonic + 1>;

// A harmonic in units.
struct Harmonic {
  std::int64_t rms = 0;                 // mV or µA
  std::int32_t share_e4 = 0;            // of the fundamental, in 1/10 000
  std::int32_t angle_millidegrees = 0;  // against the axis of the wave: 0 to 359 999
};

[[nodiscard]] Spectrum spectrum_of(Wave wave);

}  // namespace lk::metrology
