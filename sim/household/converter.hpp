// SPDX-License-Identifier: Apache-2.0
// The converter of a meter: volts and amperes become counts, with noise and a limited width. The noise is
// white over 8 192 samples and then repeats; it depends only on the seed and on the sample's number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/household/building.hpp"

namespace lk::sim {

class Converter {
 public:
  Converter(const FrontEnd& front_end, std::uint64_t seed);

  // All of one length; `amperes` as the live conductor's sensor sees them, `neutral_amperes` as the
  // neutral's. Counts from the first sample it was ever given.
  void convert(std::span<const float> volts, std::span<const float> amperes,
               std::span<const float> neutral_amperes, std::span<SampleSet> out);

 private:
  static constexpr std::size_t noise_length = 8192;

  float voltage_gain_;
  float current_gain_;
  float limit_;
  std::vector<float> noise_;
  std::size_t voltage_offset_;
  std::size_t current_offset_;
  std::size_t neutral_offset_;
};

}  // namespace lk::sim
