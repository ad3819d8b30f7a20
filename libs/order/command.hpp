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
  set_parameters = 8,   // one to four, by their register addresses
  set_mode = 9,         // unit and payment of the account, settled
  open_account = 10,    // the preset credit is taken back
  refund = 11,          // credit goes back, with a proof
  set_debt = 12,        // what is owed
  take_emergency = 13,  // as the user's key does
  permit = 14,          // reason `order` is taken away, but a hand has to close
  alarm = 15,           // the operator's alarm, on or off
  keep_power = 16,      // never disconnect, on or off
  release_limit = 17,   // ends the power limit's pause or lock
  freeze = 18,          // now, or at a time
  reset_demand = 19,    // maximum demand and voltage times begin anew
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

struct Parameter {
  std::uint16_t address = 0;  // wire address of its row's slot
  std::int64_t value = 0;     // in the row's own integers
  bool operator==(const Parameter&) const = default;
};
inline constexpr std::size_t parameters_max = 4;
struct SetParameters {
  static constexpr Verb verb = Verb::set_parameters;
  std::uint8_t count = 1;  // 1 to parameters_max; all are set, or none
  std::array<Parameter, parameters_max> parameters{};

  [[nodiscard]] constexpr std::span<const Parameter> view() const {
    return std::span{parameters}.first(count);
  }
  bool operator==(const SetParameters&) const = default;
};
struct SetMode {
  static constexpr Verb verb = Verb::set_mode;
  std::uint8_t unit = 0;        // 0 money, 1 energy
  std::uint8_t payment = 0;     // 0 prepaid, 1 postpaid
  std::uint8_t settlement = 0;  // 0 the balance is carried on, 1 it is closed
  quantity::Money opening;      // of a closed account: its next balance
  bool operator==(const SetMode&) const = default;
};
struct OpenAccount {
  static constexpr Verb verb = Verb::open_account;
  bool operator==(const OpenAccount&) const = default;
};
struct Refund {
  static constexpr Verb verb = Verb::refund;
  quantity::Money most;  // 0 or more
  bool operator==(const Refund&) const = default;
};
inline constexpr std::uint8_t debt_index_max = 3;
inline constexpr quantity::Money debt_max = quantity::units(10'000'000'000);
struct SetDebt {
  static constexpr Verb verb = Verb::set_debt;
  std::uint8_t index = 1;  // 1 to debt_index_max
  quantity::Money amount;  // 0 to debt_max
  bool operator==(const SetDebt&) const = default;
};
struct TakeEmergency {
  static constexpr Verb verb = Verb::take_emergency;
  bool operator==(const TakeEmergency&) const = default;
};
struct Permit {
  static constexpr Verb verb = Verb::permit;
  bool operator==(const Permit&) const = default;
};
struct Alarm {
  static constexpr Verb verb = Verb::alarm;
  bool is_on = false;
  bool operator==(const Alarm&) const = default;
};
struct KeepPower {
  static constexpr Verb verb = Verb::keep_power;
  bool is_on = false;
  bool operator==(const KeepPower&) const = default;
};
struct ReleaseLimit {
  static constexpr Verb verb = Verb::release_limit;
  bool operator==(const ReleaseLimit&) const = default;
};
struct Freeze {
  static constexpr Verb verb = Verb::freeze;
  std::uint32_t unix_s = 0;  // 0: now
  bool operator==(const Freeze&) const = default;
};
struct ResetDemand {
  static constexpr Verb verb = Verb::reset_demand;
  bool operator==(const ResetDemand&) const = default;
};

// The latest time that a clock can be set to: the last second whose count fits the 32 bits of an event's
// time.
inline constexpr quantity::Instant clock_max = quantity::Instant::of(0xFFFF'FFFFLL * 1000 + 999);

using Command = std::variant<Open, Close, SetPrice, SetClock, SetLowCredit, TariffChunk, TariffActivate,
                             SetParameters, SetMode, OpenAccount, Refund, SetDebt, TakeEmergency, Permit,
                             Alarm, KeepPower, ReleaseLimit, Freeze, ResetDemand>;

[[nodiscard]] constexpr Verb verb_of(const Command& command) {
  // The alternatives stand in the order of their verbs, which begin at 1.
  return static_cast<Verb>(command.index() + 1);
}
static_assert(std::variant_size_v<Command> == static_cast<std::size_t>(Verb::reset_demand));

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
