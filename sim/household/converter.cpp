// SPDX-License-Identifier: Apache-2.0
#include "sim/household/converter.hpp"

#include <algorithm>
#include <cmath>

#include "sim/mains/random.hpp"

namespace lk::sim {
namespace {

// Which draw of the seed shifts a channel's noise: voltage and current of phase 1, the neutral, then the
// other phases.
constexpr std::uint64_t draw_of(std::size_t channel, std::size_t channel_count) {
  constexpr std::uint64_t neutral = 4;
  constexpr std::uint64_t first_of_others = 5;
  if (channel < 2) return channel + 1;
  return channel == channel_count - 1 ? neutral : first_of_others + channel - 2;
}

}  // namespace

template <std::size_t phase_count>
Converter<phase_count>::Converter(const FrontEnd& front_end, std::uint64_t seed)
    : voltage_gain_(
          static_cast<float>(static_cast<double>(front_end.calibration.voltage_microcounts_per_volt) / 1e6)),
      current_gain_(static_cast<float>(
          static_cast<double>(front_end.calibration.current_microcounts_per_ampere) / 1e6)),
      limit_(static_cast<float>((1U << (front_end.bits - 1)) - 1)),
      noise_(noise_length) {
  for (std::size_t channel = 0; channel < channel_count; ++channel)
    offsets_[channel] = seed_of(seed, draw_of(channel, channel_count)) % noise_length;
  Random random{seed_of(seed, 3)};
  for (float& value : noise_) value = static_cast<float>(front_end.noise_counts * random.normal());
}

template <std::size_t phase_count>
void Converter<phase_count>::convert(const std::array<Wave, phase_count>& waves,
                                     std::span<const float> neutral_amperes,
                                     std::span<metrology::SampleSet<phase_count>> out) {
  const auto counts = [this](float value, std::size_t channel, std::size_t k) {
    const float noisy = value + noise_[(offsets_[channel] + k) % noise_length];
    return static_cast<std::int32_t>(std::lrint(std::clamp(noisy, -limit_, limit_)));
  };
  for (std::size_t k = 0; k < out.size(); ++k) {
    for (std::size_t p = 0; p < phase_count; ++p) {
      out[k].phase[p] = {counts(waves[p].volts[k] * voltage_gain_, 2 * p, k),
                         counts(waves[p].amperes[k] * current_gain_, 2 * p + 1, k)};
    }
    out[k].neutral_count = counts(neutral_amperes[k] * current_gain_, channel_count - 1, k);
  }
  for (std::size_t& offset : offsets_) offset = (offset + out.size()) % noise_length;
}

template class Converter<1>;
template class Converter<3>;

}  // namespace lk::sim
