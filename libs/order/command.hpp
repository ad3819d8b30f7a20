// SPDX-License-Identifier: Apache-2.0
// What an order tells the meter to do: a verb and its arguments, and their bytes (docs/formats/order.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <variant>

#include "order/refusal.hpp"
#include "quantity/quantity.hpp"

namespace lk::order {

inline constexpr std::size_t arguments_max_bytes = 45;

enum class Verb : std::uint8_t {
  open = 1,             // hold the supply open for reason `order`
  close = 2,            // take reason `order` away
  set_price = 3,        // a new flat price
  set_clock = 4,        // the meter's clock
  set_low_credit = 5,   // threshold of the low-credit alarm
  tariff_chunk = 6,     // a part of a tariff set
  tariff_activate = 7,  // the set that was sent in parts, and when it begins
};

struct Open {
  static constexpr Verb verb = Verb::open;
  bool operator==(const Open&) const = default;
};
struct Close {
  static constexpr Verb verb = Verb::close;
  bool operator==(const Close&) const = default;
};
struct SetPrice {
  static constexpr Verb verb = Verb::set_price;
  quantity::Price price;  // 0 to 2^32-1
  std::uint32_t tariff_version = 0;
  bool operator==(const SetPrice&) const = default;
};
struct SetClock {
  static constexpr Verb verb = Verb::set_clock;
  quantity::Instant time;  // 0 to clock_max
  bool operator==(const SetClock&) const = default;
};
struct SetLowCredit {
  static constexpr Verb verb = Verb::set_low_credit;
  quantity::Money threshold;
  bool operator==(const SetLowCredit&) const = default;
};

inline constexpr std::size_t tariff_chunk_bytes = 40;
struct TariffChunk {
  static constexpr Verb verb = Verb::tariff_chunk;
  std::uint32_t version = 0;                          // of the set
  std::uint8_t index = 0;                             // of the chunk
  std::uint8_t size_bytes = 0;                        // 1 to tariff_chunk_bytes
  std::array<std::byte, tariff_chunk_bytes> bytes{};  // zeros beyond the size

  [[nodiscard]] constexpr std::span<const std::byte> view() const {
    return std::span{bytes}.first(size_bytes);
  }
  bool operator==(const TariffChunk&) const = default;
};
struct TariffActivate {
  static constexpr Verb verb = Verb::tariff_activate;
  std::uint32_t version = 0;     // of the set
  std::uint16_t size_bytes = 0;  // of the whole set
  quantity::Instant activation;  // whole seconds, 0 to clock_max; one in the past is at once
  std::array<std::byte, 32> sha256{};
  bool operator==(const TariffActivate&) const = default;
};

// The latest time that a clock can be set to: the last second whose count fits the 32 bits of an event's
// time.
inline constexpr quantity::Instant clock_max = quantity::Instant::of(0xFFFF'FFFFLL * 1000 + 999);

using Command = std::variant<Open, Close, SetPrice, SetClock, SetLowCredit, TariffChunk, TariffActivate>;

[[nodiscard]] constexpr Verb verb_of(const Command& command) {
  constexpr std::array verbs{Verb::open,           Verb::close,        Verb::set_price,      Verb::set_clock,
                             Verb::set_low_credit, Verb::tariff_chunk, Verb::tariff_activate};
  static_assert(verbs.size() == std::variant_size_v<Command>);
  return verbs[command.index()];
}

// The arguments of a verb as they stand in the order.
struct Arguments {
  std::array<std::byte, arguments_max_bytes> bytes{};
  std::uint8_t size_bytes = 0;

  [[nodiscard]] constexpr std::span<const std::byte> view() const {
    return std::span{bytes}.first(size_bytes);
  }
};

// The arguments' bytes; a value out of the range named above is a bug of the caller, unless `is_valid` was
// asked.
[[nodiscard]] Arguments encode_arguments(const Command& command);

// True where every value is in the range that `decode_command` accepts: to be asked before sealing what a
// person or another program wants.
[[nodiscard]] bool is_valid(const Command& command);

// The command of a verb's number and its arguments' bytes, or `unknown_verb` or `bad_argument`.
[[nodiscard]] std::expected<Command, Refusal> decode_command(std::uint8_t verb,
                                                             std::span<const std::byte> arguments);

}  // namespace lk::order
