// SPDX-License-Identifier: Apache-2.0
// The converter of a meter: volts and amperes become counts, with noise and a limited width. The noise is
// white over 8 192 samples and then repeats; it depends only on the seed and on the sample's number.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/household/building.hpp"

namespace lk::sim {

template <std::size_t phase_count>
class Converter {
 public:
  // What a phase's two channels see.
  struct Wave {
    std::span<const float> volts;
    std::span<const float> amperes;  // as the live conductor's sensor sees them
  };

  Converter(const FrontEnd& front_end, std::uint64_t seed);

  // All of one length; `neutral_amperes` as the neutral's sensor sees them. Counts from the first sample it
  // was ever given.
  void convert(const std::array<Wave, phase_count>& waves, std::span<const float> neutral_amperes,
               std::span<metrology::SampleSet<phase_count>> out);

 private:
  static constexpr std::size_t noise_length = 8192;
  static constexpr std::size_t channel_count = 2 * phase_count + 1;

  float voltage_gain_;
  float current_gain_;
  float limit_;
  std::vector<float> noise_;
  std::array<std::size_t, channel_count> offsets_{};  // into the noise
};

extern template class Converter<1>;
extern template class Converter<3>;

}  // namespace lk::sim
