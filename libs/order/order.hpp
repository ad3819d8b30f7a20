// SPDX-License-Identifier: Apache-2.0
// Sealed orders, both ends (docs/formats/order.md): the platform seals, the meter opens. Pure functions; the
// meter keeps what was accepted last (`Accepted`) in its journal and hands it in.
//
//   version │ meter number │ sequence │ expiry │ verb │ n │ arguments │ seal = AES-CMAC(order key, all
//   before)
//      1           6            4         4       1     1       n         16
//
// The meter's way: open → judge → decode_command → act → journal {sequence, seal, result} with the effect →
// answer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "order/command.hpp"
#include "order/refusal.hpp"
#include "quantity/quantity.hpp"

namespace lk::order {

inline constexpr std::size_t header_bytes = 17;
inline constexpr std::size_t seal_bytes = 16;
inline constexpr std::size_t order_max_bytes = header_bytes + arguments_max_bytes + seal_bytes;
inline constexpr std::size_t meter_number_digits = 11;
inline constexpr std::uint32_t never_expires = 0xFFFF'FFFF;

using Key = std::array<std::byte, 16>;
using Seal = std::array<std::byte, seal_bytes>;

// The 11-digit DRN as a binary number, or nothing where the text is not 11 digits. The check digit is not
// looked at.
[[nodiscard]] std::optional<std::uint64_t> meter_number(std::string_view digits);

// The order key of a meter under the site's order master key. `number` has at most 11 digits.
[[nodiscard]] Key derive_key(const Key& master, std::uint64_t number);

// What a meter's order key is the AES-CMAC of, for a master key that is not here but in a hardware module.
using DerivationText = std::array<std::byte, 29>;
[[nodiscard]] DerivationText derivation_text(std::uint64_t number);

// An order before it is sealed.
struct Order {
  std::uint64_t meter_number = 0;  // at most 11 digits
  std::uint32_t sequence = 0;      // above every earlier one of this meter
  std::uint32_t expiry_unix_s = never_expires;
  Command command;
};

// The bytes of a sealed order, as every link carries them.
struct SealedOrder {
  std::array<std::byte, order_max_bytes> bytes{};
  std::uint8_t size_bytes = 0;

  [[nodiscard]] constexpr std::span<const std::byte> view() const {
    return std::span{bytes}.first(size_bytes);
  }
};

// Encodes and seals. The number must have at most 11 digits and the command must be valid (`is_valid`).
[[nodiscard]] SealedOrder seal(const Order& order, const Key& key);

// An order whose seal was found right. Views into the bytes it was opened from.
struct Opened {
  std::uint32_t sequence = 0;
  std::uint32_t expiry_unix_s = 0;
  std::uint8_t verb = 0;  // may be unknown
  std::span<const std::byte> arguments;
  Seal seal{};
};

// Checks size, version, meter number and seal, in this order: `malformed`, `foreign` or `forged`. The bytes
// must have exactly the size that their length field says; they must outlive the result.
[[nodiscard]] std::expected<Opened, Refusal> open(std::span<const std::byte> bytes, std::uint64_t own_number,
                                                  const Key& key);

// What the meter remembers of the last order that it accepted; sequence 0 before the first.
struct Accepted {
  std::uint32_t sequence = 0;
  Seal seal{};
};

enum class Standing : std::uint8_t {
  fresh,     // to be done
  repeated,  // the last accepted order again, byte for byte: answer with its first result
};

// Compares an opened order with what was accepted last and with the meter's clock. A repeat is recognised
// first, so that a retry after a lost answer is told the truth even when the order has expired since; then
// `expired` (the clock is past the expiry), then `stale`. Sequence 0 is never fresh.
[[nodiscard]] std::expected<Standing, Refusal> judge(const Opened& order, const Accepted& last,
                                                     quantity::Instant now);

}  // namespace lk::order
