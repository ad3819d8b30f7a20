// SPDX-License-Identifier: Apache-2.0
// For tests: bytes as one reads them in a document.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lk::bytes {

inline std::vector<std::byte> hex(std::string_view text) {
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'A' + 10); };
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < text.size();) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    bytes.push_back(static_cast<std::byte>(digit(text[i]) * 16U + digit(text[i + 1])));
    i += 2;
  }
  return bytes;
}

inline std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const std::byte b : bytes) {
    if (!text.empty()) text += ' ';
    text += digits[std::to_integer<std::size_t>(b) >> 4U];
    text += digits[std::to_integer<std::size_t>(b) & 15U];
  }
  return text;
}

}  // namespace lk::bytes
