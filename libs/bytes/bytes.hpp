// SPDX-License-Identifier: Apache-2.0
// Writing and reading wire and storage fields one by one, never a copied struct. `Writer` and `Reader` walk a
// span that the caller owns; big- and little-endian forms are named. Neither throws nor writes past its span:
// a Writer that runs out of room, and a Reader that runs out of bytes, turn `ok()` false and stay so; a
// Reader then gives zeros, so that a decoder may read all its fields and check `ok()` once.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lk::bytes {

// Whether all bytes have this value, four at a time: a start looks through whole pages of flash.
[[nodiscard]] constexpr bool are_all(std::span<const std::byte> data, std::byte value) {
  std::size_t at = 0;
  for (; at + 4 <= data.size(); at += 4) {
    const auto differs =
        (data[at] ^ value) | (data[at + 1] ^ value) | (data[at + 2] ^ value) | (data[at + 3] ^ value);
    if (differs != std::byte{0}) return false;
  }
  for (; at < data.size(); ++at) {
    if (data[at] != value) return false;
  }
  return true;
}

class Writer {
 public:
  explicit constexpr Writer(std::span<std::byte> room) : room_(room) {}

  template <std::integral T>
  constexpr void big(T value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (std::size_t i = sizeof(T); i-- > 0;) byte(static_cast<std::uint8_t>(bits >> (8U * i)));
  }
  template <std::integral T>
  constexpr void little(T value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) byte(static_cast<std::uint8_t>(bits >> (8U * i)));
  }
  constexpr void byte(std::uint8_t value) {
    if (used_ < room_.size()) {
      room_[used_++] = std::byte{value};
    } else {
      ok_ = false;
    }
  }
  constexpr void copy(std::span<const std::byte> data) {
    for (const std::byte b : data) byte(std::to_integer<std::uint8_t>(b));
  }

  [[nodiscard]] constexpr bool ok() const { return ok_; }
  [[nodiscard]] constexpr std::size_t size_bytes() const { return used_; }
  // Room that is left.
  [[nodiscard]] constexpr std::size_t left() const { return room_.size() - used_; }
  // What was written so far.
  [[nodiscard]] constexpr std::span<std::byte> written() const { return room_.first(used_); }

 private:
  std::span<std::byte> room_;
  std::size_t used_ = 0;
  bool ok_ = true;
};

class Reader {
 public:
  explicit constexpr Reader(std::span<const std::byte> data) : data_(data) {}

  template <std::integral T>
  [[nodiscard]] constexpr T big() {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits = (bits << 8U) | byte();
    return static_cast<T>(bits);
  }
  template <std::integral T>
  [[nodiscard]] constexpr T little() {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= static_cast<std::uint64_t>(byte()) << (8U * i);
    return static_cast<T>(bits);
  }
  [[nodiscard]] constexpr std::uint8_t byte() {
    if (at_ >= data_.size()) {
      ok_ = false;
      return 0;
    }
    return std::to_integer<std::uint8_t>(data_[at_++]);
  }
  // The next `size_bytes` bytes in place, or an empty span where there are fewer.
  [[nodiscard]] constexpr std::span<const std::byte> take(std::size_t size_bytes) {
    if (size_bytes > left()) {
      ok_ = false;
      return {};
    }
    const auto part = data_.subspan(at_, size_bytes);
    at_ += size_bytes;
    return part;
  }

  [[nodiscard]] constexpr bool ok() const { return ok_; }
  [[nodiscard]] constexpr std::size_t left() const { return data_.size() - at_; }

 private:
  std::span<const std::byte> data_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace lk::bytes
