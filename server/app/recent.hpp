// SPDX-License-Identifier: Apache-2.0
// Which texts were seen lately, by their hashes: a bounded memory whose word is a hint.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace lk::app {

class Recent {
 public:
  static constexpr std::size_t most = 65'536;

  // Notes a text; the oldest is forgotten for it where there are `most` already.
  void add(std::string_view text) {
    const std::size_t hash = std::hash<std::string_view>{}(text);
    if (!known_.insert(hash).second) return;
    if (order_.size() < most) {
      order_.push_back(hash);
      return;
    }
    known_.erase(order_[oldest_]);
    order_[oldest_] = hash;
    oldest_ = (oldest_ + 1) % most;
  }
  // Whether this text was noted, or one whose hash is the same.
  [[nodiscard]] bool contains(std::string_view text) const {
    return known_.contains(std::hash<std::string_view>{}(text));
  }

 private:
  std::unordered_set<std::size_t> known_;
  std::vector<std::size_t> order_;
  std::size_t oldest_ = 0;
};

}  // namespace lk::app
