// SPDX-License-Identifier: Apache-2.0
// The supply switch. It is closed when no reason holds it open. The relay latches: it is only pulsed, the
// contact is looked at after it has settled, a pulse without effect is repeated a bounded number of times,
// and then an alarm says so. Between two pulses the relay rests.
//
//             contact ≠ wanted, rested                       contact = wanted
//   ┌──────┐ ───────── pulse ─────────► ┌──────────┐ ─────────────────────────► resting
//   │ idle │                            │ settling │
//   └──────┘ ◄── pulses left ────────── └──────────┘ ── no pulse left ──► failed (alarm)
//                                                        left when another position is wanted, or the contact
//                                                        follows
//
// Pure: time and the contact come in, at most one pulse goes out. The owner stores a change of reasons before
// it calls `step` again, so that nothing switches that a power cut could forget. Not thread-safe.
#pragma once

#include <cstdint>

#include "port/relay.hpp"
#include "quantity/quantity.hpp"

namespace lk::supply {

enum class Reason : std::uint8_t { credit = 0, order = 1 };

// A set of reasons, as the bits of the register `hold_reasons`.
class Reasons {
 public:
  constexpr Reasons() = default;
  [[nodiscard]] static constexpr Reasons of_bits(std::uint8_t bits) { return Reasons{bits}; }
  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }
  [[nodiscard]] constexpr bool none() const { return bits_ == 0; }
  [[nodiscard]] constexpr bool has(Reason reason) const { return (bits_ & bit(reason)) != 0; }
  constexpr void set(Reason reason, bool holds) {
    bits_ = static_cast<std::uint8_t>(holds ? bits_ | bit(reason) : bits_ & ~bit(reason));
  }
  constexpr bool operator==(const Reasons&) const = default;

 private:
  constexpr explicit Reasons(std::uint8_t bits) : bits_(bits) {}
  static constexpr unsigned bit(Reason reason) { return 1U << static_cast<unsigned>(reason); }
  std::uint8_t bits_ = 0;
};

enum class Pulse : std::uint8_t { none, open, close };

struct Step {
  Pulse pulse = Pulse::none;   // to be given now
  bool has_failed = false;     // the last pulse left had no effect: the alarm has just come on
  bool has_settled = false;    // the contact is now where it is wanted, and was checked to be
  bool has_deadline = false;   // else nothing is waited for but a change
  quantity::Instant deadline;  // when to call again
};

class Switch {
 public:
  static constexpr quantity::Duration settling_time = quantity::milliseconds(200);
  static constexpr quantity::Duration rest_time = quantity::milliseconds(1000);
  static constexpr std::uint8_t pulses_max = 3;

  // After the power came: gives the contact feedback time to settle before the first look.
  void start(quantity::Instant now);
  // Looks at the contact and says what to do. To be called at the deadline, and whenever `wanted` may have
  // changed.
  [[nodiscard]] Step step(port::Contact wanted, port::Contact contact, quantity::Instant now);
  // True from the last vain pulse until the contact is where it is wanted.
  [[nodiscard]] bool does_not_follow() const { return does_not_follow_; }

 private:
  enum class State : std::uint8_t { idle, settling, failed };

  Step try_pulse(port::Contact wanted, quantity::Instant now);
  Step settled();

  State state_ = State::idle;
  bool does_not_follow_ = false;
  std::uint8_t pulse_count_ = 0;  // since the wanted position was last reached or changed
  port::Contact wanted_ = port::Contact::open;
  quantity::Instant settled_at_;
  quantity::Instant rested_at_;
};

// The position that reasons want.
[[nodiscard]] constexpr port::Contact wanted_by(Reasons reasons) {
  return reasons.none() ? port::Contact::closed : port::Contact::open;
}

}  // namespace lk::supply
