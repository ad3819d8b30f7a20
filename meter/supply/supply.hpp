// SPDX-License-Identifier: Apache-2.0
// The supply switch. It is closed when no reason holds it open. The relay latches: it is only pulsed, the
// contact is looked at after it has settled, and a pulse without effect is repeated. After three in vain a
// fault says so, and stands; from then on the rest before the next pulse grows. Between two pulses the relay
// rests; it is not pulsed while the voltage is too low for its coil, and after the power came it does not
// close before the delay of this meter.
//
//   contact ≠ wanted, or a current through the open contact
//        │ rested, voltage sound
//        ▼
//      pulse ──► settling ──► as wanted: done; the fault ends
//        ▲                └─► not: rest of 1 s; after the third a fault, and rests of 1, 2, 4 … minutes, 6 h
//        └──────────────────────────────────┘   (a new wish does not wait longer than the first of them)
//
// Pure: time and the contact come in, at most one pulse goes out. The owner stores a change of reasons before
// it calls `step` again, so that nothing switches that a power cut could forget. Not thread-safe.
#pragma once

#include <cstdint>

#include "meter/supply/reasons.hpp"
#include "port/relay.hpp"
#include "quantity/quantity.hpp"

namespace lk::supply {

enum class Pulse : std::uint8_t { none, open, close };

// What the contact does that it should not. The numbers are the detail of the event `relay_does_not_follow`.
enum class Fault : std::uint8_t {
  does_not_close = 0,      // seen open, wanted closed
  welded = 1,              // seen closed, wanted open
  current_while_open = 2,  // seen open, but a current flows: welded with a dead feedback, or bypassed
  none = 255,
};

// What the switch must know besides the contact.
struct Conditions {
  bool is_voltage_sound = true;    // above 70 % of nominal: the coil has force
  bool does_current_flow = false;  // a load current was measured just now
};

struct Step {
  Pulse pulse = Pulse::none;   // to be given now
  bool has_failed = false;     // a fault has just been found: see `fault`
  bool has_settled = false;    // the contact is now where it is wanted, and was checked to be
  bool has_deadline = false;   // else nothing is waited for but a change
  quantity::Instant deadline;  // when to call again
};

class Switch {
 public:
  static constexpr quantity::Duration settling_time = quantity::milliseconds(200);
  static constexpr quantity::Duration rest_time = quantity::milliseconds(1000);
  static constexpr quantity::Duration voltage_wait = quantity::milliseconds(1000);
  // A current through an open contact is believed after so long.
  static constexpr quantity::Duration current_time = quantity::seconds(2);
  // Pulses without effect, then it is a fault.
  static constexpr std::uint8_t pulses_max = 3;
  // Rest behind a pulse while the fault stands: each time twice as long.
  static constexpr quantity::Duration retry_rest_first = quantity::minutes(1);
  static constexpr quantity::Duration retry_rest_last = quantity::minutes(360);

  // After the power came: gives the contact feedback time to settle before the first look, and does not close
  // the supply before `closing_delay` is over.
  void start(quantity::Instant now, quantity::Duration closing_delay = {});
  // Looks at the contact and says what to do. To be called at the deadline, and whenever `wanted` or the
  // conditions may have changed.
  [[nodiscard]] Step step(port::Contact wanted, port::Contact contact, quantity::Instant now,
                          const Conditions& conditions = {});
  // From the last vain pulse, or a current where there should be none, until the contact is right.
  [[nodiscard]] Fault fault() const { return fault_; }
  [[nodiscard]] bool does_not_follow() const { return fault_ != Fault::none; }

 private:
  [[nodiscard]] quantity::Duration rest() const;
  Step suspect(quantity::Instant now, bool is_voltage_sound);
  Step pursue(Fault found, quantity::Instant now, bool is_voltage_sound);

  Fault fault_ = Fault::none;
  bool is_current_suspect_ = false;
  bool is_wish_new_ = false;     // not pulsed for yet
  std::uint8_t vain_count_ = 0;  // pulses since one had an effect
  port::Contact wanted_ = port::Contact::open;
  port::Contact pulsed_to_ = port::Contact::open;
  quantity::Instant pulsed_at_;
  quantity::Instant settled_at_;
  quantity::Instant may_close_at_;
  quantity::Instant current_since_;
};

// The delay of this meter after its start of this number: 0 to `most`, different from meter to meter and from
// start to start, so that a building does not close at once. No other chance than these numbers.
[[nodiscard]] quantity::Duration closing_delay(std::uint64_t meter_number, std::uint32_t start_count,
                                               quantity::Duration most);

}  // namespace lk::supply
