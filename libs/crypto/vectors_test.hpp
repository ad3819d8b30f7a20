// SPDX-License-Identifier: Apache-2.0
// Hexadecimal text of published vectors as bytes, for the tests of this folder and its neighbours.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lk::crypto::test {

constexpr unsigned nibble(char c) {
  return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

// The bytes of exactly 2*Size hexadecimal digits.
template <std::size_t Size>
constexpr std::array<std::byte, Size> hex(std::string_view digits) {
  std::array<std::byte, Size> result{};
  for (std::size_t i = 0; i < Size; ++i) {
    result[i] = static_cast<std::byte>((nibble(digits[2 * i]) << 4U) | nibble(digits[2 * i + 1]));
  }
  return result;
}

// A byte string of bounded size, so that tables of different sizes need no heap.
struct Hex {
  std::array<std::byte, 160> bytes{};
  std::size_t size_bytes = 0;
  constexpr Hex(std::string_view digits) : bytes(), size_bytes(digits.size() / 2) {
    for (std::size_t i = 0; i < size_bytes; ++i) {
      bytes[i] = static_cast<std::byte>((nibble(digits[2 * i]) << 4U) | nibble(digits[2 * i + 1]));
    }
  }
  constexpr Hex(const char* digits) : Hex(std::string_view{digits}) {}
  [[nodiscard]] constexpr std::span<const std::byte> view() const {
    return std::span{bytes}.first(size_bytes);
  }
};

}  // namespace lk::crypto::test
