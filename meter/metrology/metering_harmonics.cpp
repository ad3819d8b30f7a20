// SPDX-License-Identifier: Apache-2.0
// The harmonics of the latest window.
#include <algorithm>

#include "assert/assert.hpp"
#include "meter/metrology/metering.hpp"
#include "meter/metrology/rotation.hpp"

namespace lk::metrology {

template <std::size_t phase_count>
void Metering<phase_count>::find_spectra(bool is_whole, std::int64_t slip_q16) {
  if (!settings_.with_harmonics || !fold_.finish(is_whole)) {
    spectra_ = {};
    return;
  }
  const HarmonicGains gains = gains_of(fold_.loss_q24(), step_, slip_q16);
  for (std::size_t channel = 0; channel < 2 * used_elements() - (calibration_.has_neutral ? 1U : 0U);
       ++channel) {
    spectra_[channel] = spectrum_of(fold_.wave(channel));
    apply(gains, spectra_[channel]);
  }
}

template <std::size_t phase_count>
Harmonic Metering<phase_count>::harmonic(std::size_t channel, std::size_t order) const {
  ensure(channel < channel_count && order <= highest_harmonic);
  const std::size_t e = channel / 2;
  const bool is_voltage = e < phase_count && channel % 2 == 0;
  const auto rms = [&](const Phasor& phasor) {
    // The direct part is its own RMS: a phasor's would be smaller by √2.
    const Root root = rms_of({std::int64_t{phasor.real} << 14U, std::int64_t{phasor.imaginary} << 14U}, 0);
    return is_voltage ? elements_[e].voltage_of(root.value, root.fraction_bits, corrections_[e].voltage)
                      : elements_[e].current_of(root.value, root.fraction_bits, corrections_[e].current);
  };
  const Phasor& phasor = spectra_[channel][order];
  Harmonic out;
  out.rms = rms(phasor);
  if (order == 0) out.rms = divide_rounded(multiply(out.rms, std::int64_t{1'414'213'562}), 1'000'000'000);
  const std::int64_t fundamental = rms(spectra_[channel][1]);
  if (fundamental > 0) {
    out.share_e4 = static_cast<std::int32_t>(std::min<std::int64_t>(
        1'000'000,
        divide_rounded(multiply(out.rms, std::int64_t{10'000}), static_cast<std::uint64_t>(fundamental))));
  }
  out.angle_millidegrees = millidegrees(angle_of(phasor.real, phasor.imaginary));
  return out;
}

template void Metering<1>::find_spectra(bool, std::int64_t);
template void Metering<3>::find_spectra(bool, std::int64_t);
template Harmonic Metering<1>::harmonic(std::size_t, std::size_t) const;
template Harmonic Metering<3>::harmonic(std::size_t, std::size_t) const;

}  // namespace lk::metrology
