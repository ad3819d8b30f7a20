// SPDX-License-Identifier: Apache-2.0
// The files of a Latchkey card and what stands in the one that is open to all (docs/formats/card.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lk::card {

// The application's name (AID): F0, then "LATCHKEY".
inline constexpr std::array<std::byte, 9> application_name{std::byte{0xF0}, std::byte{'L'}, std::byte{'A'},
                                                           std::byte{'T'},  std::byte{'C'}, std::byte{'H'},
                                                           std::byte{'K'},  std::byte{'E'}, std::byte{'Y'}};

// Short file identifiers.
enum class File : std::uint8_t {
  about = 1,      // open to all: what card this is
  load = 2,       // what the desk gives to the meter
  statement = 3,  // what the meter gives to the desk
  collected = 4,  // statements of many meters, on a query card
};
inline constexpr std::size_t about_bytes = 16;
inline constexpr std::size_t load_max_bytes = 512;
inline constexpr std::size_t collected_max = 32;  // records

// What a card is for as a thing; what it does with a meter is said by each load.
enum class Kind : std::uint8_t {
  blank = 0,    // just made: holds nothing but its transport key
  user = 1,     // a customer's: of one meter, which knows it
  service = 2,  // an engineer's: of one meter, which need not know it
  query = 3,    // collects statements of any meter
};
inline constexpr std::uint8_t kind_max = 3;
[[nodiscard]] std::string_view name_of(Kind kind);

struct About {
  Kind kind = Kind::blank;
  std::uint64_t meter = 0;  // 11 digits at most; 0 none
  std::uint64_t serial = 0;
  bool operator==(const About&) const = default;
};

[[nodiscard]] std::array<std::byte, about_bytes> encode(const About& about);
// Nothing where the bytes are of another version or hold what cannot be.
[[nodiscard]] std::optional<About> decode_about(std::span<const std::byte> bytes);

}  // namespace lk::card
