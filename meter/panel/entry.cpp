// SPDX-License-Identifier: Apache-2.0
#include "meter/panel/entry.hpp"

#include <algorithm>

namespace lk::panel {
namespace {
constexpr std::size_t group = 4;
}

bool Entry::add(std::uint8_t digit) {
  if (count_ == token_digits) return false;
  digits_[count_++] = static_cast<char>('0' + digit);
  return true;
}

void Entry::erase_last() {
  if (count_ > 0) digits_[--count_] = 0;
}

void Entry::clear() {
  digits_.fill(0);
  count_ = 0;
}

std::optional<std::uint8_t> Entry::code() const {
  if (count_ == 0 || count_ > code_digits_most) return std::nullopt;
  unsigned number = 0;
  for (std::size_t i = 0; i < count_; ++i) number = number * 10 + static_cast<unsigned>(digits_[i] - '0');
  return static_cast<std::uint8_t>(number);
}

void Entry::write(Frame& frame) const {
  frame.characters.fill(' ');
  frame.points = 0;
  frame.code = static_cast<std::uint8_t>(count_);
  if (count_ == 0) return;
  const std::size_t open_group = (count_ - 1) / group * group;
  const std::size_t first = open_group >= group ? open_group - group : 0;
  for (std::size_t i = first; i < count_; ++i) frame.characters[i - first] = digits_[i];
  // A point parts the two groups.
  if (open_group > first) frame.points = static_cast<std::uint8_t>(1U << (group - 1));
}

}  // namespace lk::panel
