// SPDX-License-Identifier: Apache-2.0
// Folds a window's mains cycles onto one of 128 points, all channels on one axis, that of the reference wave.
//
// Samples fall between the points, so each point is interpolated from the four samples about it by a
// polynomial of third degree (Lagrange). Its weights depend only on where the point lies, so that they are
// made once for all channels. What the interpolation loses of high harmonics follows from the same places and
// is given back in the spectrum (`loss_q24`).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/metrology/harmonics.hpp"

namespace lk::metrology {

// Weights of the four samples about a point at `place` (0 to 2^24) between the middle two, in 2^-24, together
// exactly 1; and what is lost, (1+d) d (1−d) (2−d).
struct Interpolation {
  std::array<std::int32_t, 4> weights_q24;
  std::int32_t loss_q24;
};
[[nodiscard]] Interpolation interpolation_at(std::int32_t place_q24);

template <std::size_t channel_count>
class WaveFold {
 public:
  using Counts = std::array<std::int32_t, channel_count>;

  // Begins a window whose reference wave turns by `step` (2^32 to the turn) a sample.
  void begin(std::uint32_t step) {
    sums_ = {};
    point_count_ = 0;
    loss_sum_ = 0;
    step_ = step;
    places_per_turn_ = (std::uint64_t{1} << 56U) / step;
  }

  // Takes the next sample, at most 24 bits, at this phase of the reference wave.
  void add(const Counts& counts, std::uint32_t phase) {
    recent_[newest_ = (newest_ + 1) % 4] = counts;
    const std::uint32_t start = phase - 2 * step_;  // the sample before the two newest
    for (std::uint32_t distance = -start & (point_distance - 1); distance < step_;
         distance += point_distance) {
      add_point(static_cast<std::int32_t>(distance * places_per_turn_ >> 32U),
                (start + distance) / point_distance);
    }
  }

  // Ends a window; a whole one becomes the wave, until the next begins. Returns whether there is a wave.
  bool finish(bool is_whole) {
    if (!is_whole || point_count_ < 2 * wave_points) return false;
    const auto passes = static_cast<std::uint32_t>(point_count_ / wave_points);
    const auto more = static_cast<std::uint32_t>(point_count_ % wave_points);
    const std::int64_t usual = factor_of(passes);
    const std::int64_t once_more = factor_of(passes + 1);
    for (std::uint32_t place = 0; place < wave_points; ++place) {
      const std::uint32_t point = (first_point_ + place) % wave_points;
      const std::int64_t factor = place < more ? once_more : usual;
      for (std::size_t channel = 0; channel < channel_count; ++channel) {
        std::int32_t& sum = sums_[channel][point];
        sum = static_cast<std::int32_t>(sum * factor >> 24U);
      }
    }
    loss_q24_ = static_cast<std::int32_t>(loss_sum_ / point_count_);
    return true;
  }

  // Of the window that `finish` ended, in 1/64 count.
  [[nodiscard]] Wave wave(std::size_t channel) const { return sums_[channel]; }
  [[nodiscard]] std::int32_t loss_q24() const { return loss_q24_; }

 private:
  static constexpr std::uint32_t point_distance = (std::uint64_t{1} << 32U) / wave_points;

  void add_point(std::int32_t place_q24, std::uint32_t point) {
    const Interpolation at = interpolation_at(place_q24);
    for (std::size_t channel = 0; channel < channel_count; ++channel) {
      std::int64_t sum = std::int64_t{1} << 23U;
      for (unsigned k = 0; k < 4; ++k) {
        sum += std::int64_t{at.weights_q24[k]} * recent_[(newest_ + 1 + k) % 4][channel];
      }
      sums_[channel][point] += static_cast<std::int32_t>(sum >> 24U);
    }
    if (point_count_ == 0) first_point_ = point;
    ++point_count_;
    loss_sum_ += at.loss_q24;
  }
  // 64 / passes in 2^-24.
  static std::int64_t factor_of(std::uint32_t passes) { return (std::int64_t{1} << 30U) / passes; }

  std::array<Counts, 4> recent_{};
  unsigned newest_ = 0;
  std::uint32_t step_ = 1;
  std::uint64_t places_per_turn_ = 0;  // 2^24 / step, in 2^-32
  std::uint32_t point_count_ = 0;
  std::uint32_t first_point_ = 0;
  std::int64_t loss_sum_ = 0;
  std::int32_t loss_q24_ = 0;
  // In counts; after `finish` the wave.
  std::array<std::array<std::int32_t, wave_points>, channel_count> sums_{};
};

}  // namespace lk::metrology
