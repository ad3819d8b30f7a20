// SPDX-License-Identifier: Apache-2.0
// The numbers of readings: they rise by one, and none is ever given twice, not even after a lost power:
// blocks are reserved on disk before they are used, and a clean end gives the rest of its block back.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/store/store.hpp"

namespace lk::gateway {

class Sequence {
 public:
  static constexpr std::int64_t block = 10'000;

  explicit Sequence(Store& store) : store_(store) {}

  // Reserves ahead where less than half a block is left; a failure is tried again with the next call.
  void refill() {
    if (next_ != 0 && end_ - next_ > block / 2) return;
    const auto first = store_.reserve_sequence(block);
    if (!first) return;
    if (next_ == 0) next_ = *first;
    end_ = *first + block;
  }
  // The next number; nothing where the disk gave none and all reserved ones are used.
  std::optional<std::int64_t> take() {
    if (next_ == 0 || next_ >= end_) refill();
    if (next_ == 0 || next_ >= end_) return std::nullopt;
    return next_++;
  }
  // Before a clean end; no number is taken afterwards.
  void give_back() {
    if (next_ != 0) (void)store_.return_sequence(next_);
  }

 private:
  Store& store_;
  std::int64_t next_ = 0;
  std::int64_t end_ = 0;
};

}  // namespace lk::gateway
