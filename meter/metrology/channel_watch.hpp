// SPDX-License-Identifier: Apache-2.0
// Watches one channel's raw counts for what no signal does: stay at the end of the converter, or stand still
// far from zero.
#pragma once

#include <cstdint>

#include "meter/metrology/wide.hpp"

namespace lk::metrology {

class ChannelWatch {
 public:
  void add(std::int32_t count, std::int32_t full_scale_count) {
    if (count >= full_scale_count || count <= -full_scale_count) [[unlikely]]
      ++clipped_count_;
    if (count != last_) {
      last_ = count;
      run_ = 0;
    } else if (++run_ > longest_run_) {
      longest_run_ = run_;
      longest_at_ = count;
    }
  }
  // Four samples at the end of the converter in a window; one may be a spike.
  [[nodiscard]] bool is_clipped() const { return clipped_count_ >= 4; }
  // Stood still for `window_samples`, or for a quarter of a cycle at more than 1/64 of full scale. At rest a
  // good converter shows noise of its own; one without any may well stand at zero.
  [[nodiscard]] bool is_stuck(std::uint32_t window_samples, std::uint32_t quarter_cycle_samples,
                              std::int32_t full_scale_count) const {
    const std::uint64_t size = magnitude(longest_at_);
    const auto full_scale = static_cast<std::uint64_t>(full_scale_count);
    return (longest_run_ >= quarter_cycle_samples && size > full_scale / 64 && size < full_scale) ||
           (longest_run_ + 2 >= window_samples && size > full_scale / 1024);
  }
  // A new window.
  void begin() {
    clipped_count_ = 0;
    longest_run_ = 0;
    longest_at_ = 0;
    run_ = 0;
  }

 private:
  std::int32_t last_ = 0;
  std::int32_t longest_at_ = 0;
  std::uint32_t run_ = 0;
  std::uint32_t longest_run_ = 0;
  std::uint32_t clipped_count_ = 0;
};

}  // namespace lk::metrology
