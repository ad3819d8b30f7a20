// SPDX-License-Identifier: Apache-2.0
// The frame of DL/T 645, the same in the editions of 1997 and 2007 (docs/formats/dlt645.md):
//
//   FE… │ 68 │ A0 … A5 │ 68 │ C │ L │ data, each byte + 33H │ CS │ 16
//         └────────────── sum modulo 256 ──────────────────┘
//
// Pure functions; all numbers of more than one byte have their low byte first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

namespace lk::dlt645 {

inline constexpr std::byte wake_up{0xFE};
inline constexpr std::byte frame_start{0x68};
inline constexpr std::byte frame_end{0x16};

inline constexpr std::size_t address_bytes = 6;
inline constexpr std::size_t head_bytes = 10;  // first start to length
inline constexpr std::size_t tail_bytes = 2;   // sum and end
inline constexpr std::size_t data_max_bytes = 200;
inline constexpr std::size_t frame_max_bytes = head_bytes + data_max_bytes + tail_bytes;

// Twelve decimal digits packed, the lowest pair first, as on the wire.
using Address = std::array<std::byte, address_bytes>;

inline constexpr Address broadcast_address{std::byte{0x99}, std::byte{0x99}, std::byte{0x99},
                                           std::byte{0x99}, std::byte{0x99}, std::byte{0x99}};
inline constexpr Address wild_address{std::byte{0xAA}, std::byte{0xAA}, std::byte{0xAA},
                                      std::byte{0xAA}, std::byte{0xAA}, std::byte{0xAA}};

// A number of at most twelve digits as an address.
[[nodiscard]] Address address_of(std::uint64_t number);
// Whether the address asks for `own`: the same digits, or its low digits with every digit above them AH.
[[nodiscard]] bool is_for(const Address& address, const Address& own);

struct Frame {
  Address address{};
  std::uint8_t control = 0;
  std::span<const std::byte> data;  // without the 33H
};

// None of these is ever answered.
enum class FrameError : std::uint8_t {
  size,      // too short, too long, or not as long as its length byte says
  shape,     // a start or the end is missing
  checksum,  // the sum is wrong
};

// Takes a frame from its first 68 to its 16 apart, and takes the 33H off its data where it stands: the
// result's data is a view into `frame`. Nothing is changed where an error is answered.
[[nodiscard]] std::expected<Frame, FrameError> parse(std::span<std::byte> frame);

// Writes a frame without wake-up; its size. `data` has at most data_max_bytes and may stand in `to` at
// head_bytes already; `to` has room for head, data and tail.
std::size_t build(std::span<std::byte> to, const Address& address, std::uint8_t control,
                  std::span<const std::byte> data);

}  // namespace lk::dlt645
