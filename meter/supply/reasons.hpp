// SPDX-License-Identifier: Apache-2.0
// Why the supply is held open, each reason by itself: they begin and end apart, and the supply is on only
// when none is left. Which of them the display shows, and which may be overridden by "keep power", is the
// table here (docs/design/supply.md).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "port/relay.hpp"

namespace lk::supply {

// The bit of the register `hold_reasons`.
enum class Reason : std::uint8_t {
  credit = 0,
  order = 1,
  overload = 2,
  tamper = 3,
  malicious_load = 4,
  schedule = 5,
  power_limit = 6,
  reminder = 7,
  voltage = 8,
};

struct ReasonTrait {
  Reason reason;
  std::uint8_t display_code;  // the panel shows "OFF" and this
  bool is_kept_powered;       // "keep power" overrides it
};

// By priority: the first that holds is shown.
inline constexpr std::array<ReasonTrait, 9> reason_traits{{
    {Reason::overload, 1, false},
    {Reason::voltage, 10, false},
    {Reason::order, 2, true},
    {Reason::tamper, 3, true},
    {Reason::malicious_load, 4, true},
    {Reason::power_limit, 5, true},
    {Reason::schedule, 6, true},
    {Reason::credit, 7, true},
    {Reason::reminder, 8, true},
}};
// Shown when no reason holds it open, and it waits for a hand to close it.
inline constexpr std::uint8_t ready_display_code = 9;

// A set of reasons, as the bits of the register `hold_reasons`.
class Reasons {
 public:
  constexpr Reasons() = default;
  [[nodiscard]] static constexpr Reasons of_bits(std::uint16_t bits) { return Reasons{bits}; }
  [[nodiscard]] constexpr std::uint16_t bits() const { return bits_; }
  [[nodiscard]] constexpr bool none() const { return bits_ == 0; }
  [[nodiscard]] constexpr bool has(Reason reason) const { return (bits_ & bit(reason)) != 0; }
  constexpr void set(Reason reason, bool holds) {
    bits_ = static_cast<std::uint16_t>(holds ? bits_ | bit(reason) : bits_ & ~bit(reason));
  }
  constexpr bool operator==(const Reasons&) const = default;

 private:
  constexpr explicit Reasons(std::uint16_t bits) : bits_(bits) {}
  static constexpr unsigned bit(Reason reason) { return 1U << static_cast<unsigned>(reason); }
  std::uint16_t bits_ = 0;
};
inline constexpr std::uint16_t reasons_known = 0x01FF;

// What orders and hands have set, besides the reasons. Stored with them.
struct Hold {
  bool keeps_power = false;     // only what endangers the wires opens the supply
  bool waits_for_hand = false;  // no reason is left, but a key closes it
  bool has_alarm = false;       // the operator's alarm: light and buzzer
  constexpr bool operator==(const Hold&) const = default;
};

// The reasons that count: all, or with "keep power" those that it does not override.
[[nodiscard]] constexpr Reasons effective(const Reasons& reasons, const Hold& hold) {
  Reasons left = reasons;
  if (!hold.keeps_power) return left;
  for (const ReasonTrait& trait : reason_traits) {
    if (trait.is_kept_powered) left.set(trait.reason, false);
  }
  return left;
}

// Reasons have changed: where the last one has ended and was one of `by_hand`, a hand is needed to close.
// Returns the hold as it is now.
[[nodiscard]] constexpr Hold after_change(const Hold& hold, const Reasons& before, const Reasons& after,
                                          const Reasons& by_hand) {
  Hold next = hold;
  const auto ended = static_cast<std::uint16_t>(before.bits() & ~after.bits());
  if (after.none() && (ended & by_hand.bits()) != 0) next.waits_for_hand = true;
  return next;
}

// The position in which the contact should be.
[[nodiscard]] constexpr port::Contact wanted_by(const Reasons& reasons, const Hold& hold = {}) {
  if (!effective(reasons, hold).none()) return port::Contact::open;
  return hold.waits_for_hand && !hold.keeps_power ? port::Contact::open : port::Contact::closed;
}

// What the panel shows after "OFF"; nothing where the supply should be on.
[[nodiscard]] constexpr std::optional<std::uint8_t> display_code(const Reasons& reasons, const Hold& hold) {
  const Reasons left = effective(reasons, hold);
  for (const ReasonTrait& trait : reason_traits) {
    if (left.has(trait.reason)) return trait.display_code;
  }
  if (wanted_by(reasons, hold) == port::Contact::open) return ready_display_code;
  return std::nullopt;
}

}  // namespace lk::supply
