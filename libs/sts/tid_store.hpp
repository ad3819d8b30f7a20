// SPDX-License-Identifier: Apache-2.0
// The identifiers of the tokens that a meter accepted last, so that each works once (IEC 62055-41, 7.3.5).
// Its owner writes `entries()` into the same record as the credit, and gives them back to `from_entries`
// after a start.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "assert/assert.hpp"
#include "sts/tid.hpp"

namespace lk::sts {

class TidStore {
 public:
  static constexpr std::size_t capacity = 50;

  enum class Standing : std::uint8_t {
    fresh,  // may be accepted
    used,   // accepted before
    old,    // below every entry of the full store: what it was is forgotten
  };

  // What a token of this identifier is; changes nothing.
  [[nodiscard]] constexpr Standing judge(std::uint32_t tid) const {
    if (std::ranges::binary_search(entries(), tid)) return Standing::used;
    if (count_ == capacity && tid < tids_.front()) return Standing::old;
    return Standing::fresh;
  }

  // Remembers an accepted token, which must be `fresh`; the smallest entry of a full store goes.
  constexpr void accept(std::uint32_t tid) {
    ensure(tid <= tid_max && judge(tid) == Standing::fresh);
    if (count_ == capacity) {
      std::ranges::copy(entries().subspan(1), tids_.begin());
      --count_;
    }
    std::size_t at = count_++;
    for (; at > 0 && tids_[at - 1] > tid; --at) tids_[at] = tids_[at - 1];
    tids_[at] = tid;
  }

  // Forgets all: with a new key whose base date differs (roll-over).
  constexpr void clear() { count_ = 0; }

  // The identifiers, rising.
  [[nodiscard]] constexpr std::span<const std::uint32_t> entries() const {
    return std::span{tids_}.first(count_);
  }

  // The store of entries as `entries` gave them; nothing where they are too many, do not rise, or have over
  // 24 bits.
  [[nodiscard]] static constexpr std::optional<TidStore> from_entries(
      std::span<const std::uint32_t> entries) {
    TidStore store;
    if (entries.size() > capacity) return std::nullopt;
    for (const std::uint32_t tid : entries) {
      if (tid > tid_max || (store.count_ > 0 && tid <= store.tids_[store.count_ - 1])) return std::nullopt;
      store.tids_[store.count_++] = tid;
    }
    return store;
  }

 private:
  std::array<std::uint32_t, capacity> tids_{};
  std::size_t count_ = 0;
};

}  // namespace lk::sts
