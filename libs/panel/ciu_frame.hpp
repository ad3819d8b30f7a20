// SPDX-License-Identifier: Apache-2.0
// The bytes between a meter and its split keypad unit (CIU): docs/formats/ciu.md. A frame is found in any
// stream of bytes, whatever noise is between.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "panel/display.hpp"

namespace lk::panel::ciu {

// Meter to unit: what to show, and the last key that was taken.
struct Show {
  Frame frame;
  std::uint8_t session = 0;     // of the unit, as last heard; 0: nothing heard yet
  std::uint8_t key_number = 0;  // of the last key taken in that session
  constexpr bool operator==(const Show&) const = default;
};

inline constexpr std::size_t keys_most = 8;

// Unit to meter: the keys that the meter has not acknowledged, oldest first.
struct Keys {
  std::uint8_t session = 1;       // 1 to 255, another at each start of the unit
  std::uint8_t first_number = 0;  // of the first key below; each next is one more, modulo 256
  std::uint8_t count = 0;
  std::array<Key, keys_most> keys{};
  constexpr bool operator==(const Keys&) const = default;
};

inline constexpr std::size_t show_bytes = 22;
inline constexpr std::size_t keys_bytes_most = 9 + keys_most;
inline constexpr std::size_t frame_bytes_most = show_bytes;

[[nodiscard]] std::array<std::byte, show_bytes> encode(const Show& show);
// Returns the part of `room` that was filled.
[[nodiscard]] std::span<std::byte> encode(const Keys& keys, std::span<std::byte, keys_bytes_most> room);

// Whole frames, CRC and all; nothing where a byte or a value in it is not as it must be.
[[nodiscard]] std::optional<Show> decode_show(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<Keys> decode_keys(std::span<const std::byte> bytes);

// Finds frames in a stream. Give it each byte; where `take` returns a frame it is whole and its CRC right,
// and valid until the next call.
class Finder {
 public:
  [[nodiscard]] std::span<const std::byte> take(std::byte byte);

 private:
  void drop_first();
  std::array<std::byte, frame_bytes_most> bytes_{};
  std::size_t count_ = 0;
  bool is_given_ = false;
};

}  // namespace lk::panel::ciu
