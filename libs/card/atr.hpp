// SPDX-License-Identifier: Apache-2.0
// The answer to reset (ISO 7816-3, clause 8): what a card says of itself when it gets power. Pure.
//
//   TS │ T0 │ TA1 TB1 TC1 TD1 │ TA2 … TDn │ historical bytes │ TCK
//   ours: 3B 69 00 00 4C + 8 bytes of the card's serial
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

namespace lk::card {

inline constexpr std::size_t atr_max_bytes = 33;
inline constexpr std::size_t historical_max_bytes = 15;
inline constexpr std::size_t own_atr_bytes = 13;

enum class AtrError : std::uint8_t {
  convention,  // the first byte is neither 3B nor 3F
  size,        // more or fewer bytes than it says
  check,       // TCK is wrong
};

struct Atr {
  bool is_inverse = false;            // TS = 3F
  bool has_t0 = true;                 // the protocol that is offered first is T=0
  std::optional<std::uint8_t> speed;  // TA1; nothing is 11h, the usual one
  bool is_specific = false;           // TA2: the card insists on its protocol and speed
  std::uint8_t extra_guard_etu = 0;   // TC1
  std::uint8_t waiting_integer = 10;  // TC2
  std::array<std::byte, historical_max_bytes> historical{};
  std::uint8_t historical_count = 0;

  [[nodiscard]] std::span<const std::byte> history() const {
    return std::span{historical}.first(historical_count);
  }
};

// How many bytes the answer has that begins with these; nothing where more must be seen to tell. At least
// one more than were given where it is not complete, so that a receiver can ask after each byte.
[[nodiscard]] std::optional<std::size_t> atr_size(std::span<const std::byte> begin);
// A whole answer, bytes by the direct convention (an inverse one has been turned round by the receiver).
[[nodiscard]] std::expected<Atr, AtrError> decode_atr(std::span<const std::byte> bytes);

// The answer of a Latchkey card, and its serial where an answer is of one.
[[nodiscard]] std::array<std::byte, own_atr_bytes> own_atr(std::uint64_t serial);
[[nodiscard]] std::optional<std::uint64_t> own_serial(const Atr& atr);

}  // namespace lk::card
