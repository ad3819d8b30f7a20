// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/harmonics.hpp"

#include <algorithm>

#include "meter/metrology/sine.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

constexpr std::size_t quarter = wave_points / 4;
constexpr std::uint32_t point_phase = (std::uint64_t{1} << 32U) / wave_points;

// One quarter of a wave, split by how it mirrors at half a turn (even: cosines, odd: sines) and at a quarter
// (sum and difference). Harmonics of even order live in the one mirror image, those of odd order in the
// other.
struct Quarter {
  std::array<std::int32_t, quarter + 1> cosines{};
  std::array<std::int32_t, quarter + 1> sines{};
};

Quarter folded(Wave wave, bool is_odd_order) {
  // Four points of full scale add up within 32 bits; what interpolation draws beyond full scale is cut off.
  static constexpr std::int32_t most = (1 << 29) - 1;
  const auto x = [&wave](std::size_t n) { return std::clamp<std::int32_t>(wave[n], -most, most); };
  Quarter out;
  const std::int32_t sign = is_odd_order ? -1 : 1;
  out.cosines[0] = x(0) + sign * x(2 * quarter);
  for (std::size_t n = 1; n < quarter; ++n) {
    const std::size_t mirrored = 2 * quarter - n;
    const std::int32_t even = x(n) + x(wave_points - n);
    const std::int32_t odd = x(n) - x(wave_points - n);
    out.cosines[n] = even + sign * (x(mirrored) + x(wave_points - mirrored));
    out.sines[n] = odd - sign * (x(mirrored) - x(wave_points - mirrored));
  }
  out.cosines[quarter] = x(quarter) + x(3 * quarter);
  out.sines[quarter] = x(quarter) - x(3 * quarter);
  return out;
}

static_assert(sine_amplitude == 32'767 && wave_points == 128, "what phasor_of divides by");

Phasor phasor_of(const Quarter& wave, std::uint32_t order) {
  std::int64_t real = 0;
  std::int64_t imaginary = 0;
  std::uint32_t phase = 0;
  for (std::size_t n = 0; n <= quarter; ++n) {
    real += std::int64_t{wave.cosines[n]} * cosine(phase);
    imaginary -= std::int64_t{wave.sines[n]} * sine(phase);
    phase += order * point_phase;
  }
  // By 32 767 = 2^15 / (1 + 2^-15 + …), and by half the points, or by all of them for the mean.
  const unsigned shift = order == 0 ? 22 : 21;
  const auto divided = [shift](std::int64_t sum) {
    return static_cast<std::int32_t>((sum + (sum >> 15U)) >> shift);
  };
  return {divided(real), divided(imaginary)};
}

}  // namespace

Spectrum spectrum_of(Wave wave) {
  const Quarter of_even = folded(wave, false);
  const Quarter of_odd = folded(wave, true);
  Spectrum spectrum;
  for (std::uint32_t order = 0; order <= highest_harmonic; ++order) {
    spectrum[order] = phasor_of(order % 2 == 0 ? of_even : of_odd, order);
  }
  return spectrum;
}

// The polynomial through four points is short by ω⁴/24 · (1+d)d(1−d)(2−d) of a wave of ω a sample, less a
// twelfth of ω² of that.
HarmonicGains gains_of(std::int32_t loss_q24, std::uint32_t step, std::int64_t slip_q16) {
  constexpr std::int64_t one_q16 = 65'536;
  constexpr std::uint64_t two_pi_q16 = 411'775;
  constexpr std::int64_t sixth_of_pi_squared_q16 = 107'804;
  HarmonicGains gains{one_q16};
  for (std::uint32_t order = 1; order <= highest_harmonic; ++order) {
    const auto omega = static_cast<std::int64_t>(std::uint64_t{step} * order * two_pi_q16 >> 32U);
    const std::int64_t square = omega * omega >> 16U;
    const std::int64_t fourth = square * square >> 16U;
    const std::int64_t short_by = (fourth * loss_q24 / 24 >> 24U) * (one_q16 - square / 12) >> 16U;
    std::int64_t gain = one_q16 * one_q16 / (one_q16 - std::clamp<std::int64_t>(short_by, 0, one_q16 / 2));
    const std::int64_t slip = slip_q16 * order;
    if (slip > -one_q16 / 2 && slip < one_q16 / 2) {
      gain += gain * ((slip * slip >> 16U) * sixth_of_pi_squared_q16 >> 16U) >> 16U;
    }
    gains[order] = static_cast<std::int32_t>(gain);
  }
  return gains;
}

void apply(const HarmonicGains& gains, Spectrum& spectrum) {
  for (std::size_t order = 1; order <= highest_harmonic; ++order) {
    const auto scaled = [gain = gains[order]](std::int32_t part) {
      return static_cast<std::int32_t>((std::int64_t{part} * gain) >> 16U);
    };
    spectrum[order] = {scaled(spectrum[order].real), scaled(spectrum[order].imaginary)};
  }
}

std::int32_t distortion_e4(const Spectrum& spectrum, std::uint64_t noise_square) {
  const auto square_of = [](const Phasor& phasor) {
    return static_cast<std::uint64_t>(std::int64_t{phasor.real} * phasor.real +
                                      std::int64_t{phasor.imaginary} * phasor.imaginary);
  };
  std::uint64_t sum = 0;
  for (std::size_t order = 2; order <= highest_harmonic; ++order) sum += square_of(spectrum[order]);
  sum -= std::min(sum, noise_square);
  const std::uint64_t first = square_root(square_of(spectrum[1]));
  if (first == 0) return 0;
  return static_cast<std::int32_t>(
      std::min<std::uint64_t>(1'000'000, (std::uint64_t{square_root(sum)} * 10'000 + first / 2) / first));
}

}  // namespace lk::metrology
