// SPDX-License-Identifier: Apache-2.0
// Digits as they are keyed in: a short code or the twenty digits of a token, with correction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "panel/display.hpp"

namespace lk::panel {

inline constexpr std::size_t token_digits = 20;
inline constexpr std::size_t code_digits_most = 2;

class Entry {
 public:
  // False where twenty digits stand already.
  bool add(std::uint8_t digit);
  void erase_last();
  void clear();

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool is_token() const { return count_ == token_digits; }
  // All twenty; only where `is_token`.
  [[nodiscard]] std::span<const char, token_digits> token() const { return digits_; }
  // The number keyed in, of one or two digits; nothing for another count.
  [[nodiscard]] std::optional<std::uint8_t> code() const;
  // The group of four under way and the one before it, "1234 567" with its place in `code`: 1 to 20 digits
  // keyed in.
  void write(Frame& frame) const;

 private:
  std::array<char, token_digits> digits_{};
  std::size_t count_ = 0;
};

}  // namespace lk::panel
