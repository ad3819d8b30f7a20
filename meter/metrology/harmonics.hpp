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

// What to multiply each harmonic with, in 1/65 536, to give back what the wave lost: by interpolation
// (`loss_q24`, see WaveFold) between samples that are `step` of the reference wave apart (2^32 to the turn),
// and by a reference that slipped over the window. The same for all channels.
using HarmonicGains = std::array<std::int32_t, highest_harmonic + 1>;
[[nodiscard]] HarmonicGains gains_of(std::int32_t loss_q24, std::uint32_t step, std::int64_t slip_q16);
void apply(const HarmonicGains& gains, Spectrum& spectrum);

// The harmonics from the second on together, in 1/10 000 of the first; `noise_square`: what noise alone gives
// in the sum of their squares, in 1/4096 count².
[[nodiscard]] std::int32_t distortion_e4(const Spectrum& spectrum, std::uint64_t noise_square);

}  // namespace lk::metrology
