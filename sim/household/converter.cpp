// SPDX-License-Identifier: Apache-2.0
#include "sim/household/converter.hpp"

#include <algorithm>
#include <cmath>

#include "sim/mains/random.hpp"

namespace lk::sim {

Converter::Converter(const FrontEnd& front_end, std::uint64_t seed)
    : voltage_gain_(
          static_cast<float>(static_cast<double>(front_end.calibration.voltage_microcounts_per_volt) / 1e6)),
      current_gain_(static_cast<float>(
          static_cast<double>(front_end.calibration.current_microcounts_per_ampere) / 1e6)),
      limit_(static_cast<float>((1U << (front_end.bits - 1)) - 1)),
      noise_(noise_length),
      voltage_offset_(seed_of(seed, 1) % noise_length),
      current_offset_(seed_of(seed, 2) % noise_length),
      neutral_offset_(seed_of(seed, 4) % noise_length) {
  Random random{seed_of(seed, 3)};
  for (float& value : noise_) value = static_cast<float>(front_end.noise_counts * random.normal());
}

void Converter::convert(std::span<const float> volts, std::span<const float> amperes,
                        std::span<const float> neutral_amperes, std::span<SampleSet> out) {
  const auto counts = [this](float value) {
    return static_cast<std::int32_t>(std::lrint(std::clamp(value, -limit_, limit_)));
  };
  for (std::size_t k = 0; k < out.size(); ++k) {
    const float voltage_noise = noise_[(voltage_offset_ + k) % noise_length];
    const float current_noise = noise_[(current_offset_ + k) % noise_length];
    const float neutral_noise = noise_[(neutral_offset_ + k) % noise_length];
    out[k] = {{{{counts(volts[k] * voltage_gain_ + voltage_noise),
                 counts(amperes[k] * current_gain_ + current_noise)}}},
              counts(neutral_amperes[k] * current_gain_ + neutral_noise)};
  }
  voltage_offset_ = (voltage_offset_ + out.size()) % noise_length;
  current_offset_ = (current_offset_ + out.size()) % noise_length;
  neutral_offset_ = (neutral_offset_ + out.size()) % noise_length;
}

}  // namespace lk::sim
