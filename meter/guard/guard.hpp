// SPDX-License-Identifier: Apache-2.0
// The guard of one meter: power quality, overload, theft, self-checks, and the malicious load. A
// self-contained object: half cycles, windows, inputs, cycles and time come in; events, alarms and the
// reasons for which the relay is to be open go out. It stores nothing and switches nothing: its owner writes
// the events and the latches' state down before it moves the relay, and unlocks by authenticated order. No
// heap, one thread.
//
//   half cycles ─┐                     ┌─► events (start, end, extreme value)
//   windows ─────┼─► conditions ───────┼─► alarms
//   inputs ──────┘        │            │
//   cycles ─► MaliciousLoad ─► policy ─┴─► latches ─► reasons to be open
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "meter/guard/condition_table.hpp"
#include "meter/guard/load_policy.hpp"
#include "meter/guard/malicious_load.hpp"
#include "meter/guard/observation.hpp"
#include "meter/guard/trip_latch.hpp"
#include "quantity/quantity.hpp"

namespace lk::guard {

struct GuardSettings {
  quantity::Voltage nominal = quantity::Voltage::of(230'000);
  ConditionTable conditions = usual_conditions();
  std::array<RestoreSettings, trip_reason_count> restore{};  // by TripReason
  LoadPolicySettings load;
  std::int32_t step_power_factor_e4 = 9985;  // sensitivity of the malicious load, see RecognitionParameters
};
[[nodiscard]] bool is_valid(const GuardSettings& settings);
// What each phase's `MaliciousLoad` is to be made with.
[[nodiscard]] RecognitionParameters recognition_of(const GuardSettings& settings);

enum class EventKind : std::uint8_t {
  started,  // a condition
  ended,
  was_while_off,   // a cover was opened while the meter had no power
  malicious_load,  // one was recognised; `action` says what follows
  tripped,         // the relay is to be open for `reason`
  restored,        // no longer so
  locked,          // no restores left: stays open until unlocked
};

struct Event {
  EventKind kind = EventKind::started;
  ConditionId condition{};  // of the first three
  TripReason reason{};      // of the last three
  Action action = Action::off;
  std::uint8_t phase = 0;    // of a malicious load, from 0
  quantity::Instant start;   // when it began; of an end, when that which ends began
  quantity::Instant end;     // when it ended; else as `start`
  std::int64_t extreme = 0;  // farthest beyond, in the condition's unit
  Finding finding;           // of a malicious load
};

// The reasons for which the relay is to be open, one bit each.
class TripReasons {
 public:
  constexpr void set(TripReason reason) {
    bits_ |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(reason));
  }
  [[nodiscard]] constexpr bool has(TripReason reason) const {
    return ((bits_ >> static_cast<unsigned>(reason)) & 1U) != 0;
  }
  [[nodiscard]] constexpr bool none() const { return bits_ == 0; }
  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }

 private:
  std::uint8_t bits_ = 0;
};

class Guard {
 public:
  // The settings must be valid.
  explicit Guard(const GuardSettings& settings);

  void take(const HalfCycleVoltages& half_cycle, quantity::Instant now);
  void take(const Observation& window, quantity::Instant now);
  void take(const Inputs& inputs, quantity::Instant now);
  // What a phase's recognition found.
  void take(const Finding& finding, std::uint8_t phase, const LocalTime& time, quantity::Instant now);
  // After power-up: a cover whose latch says that it was opened without power.
  void note_while_off(ConditionId cover, quantity::Instant now);
  // Lets the restores' delays pass; call at least once a second.
  void poll(const LocalTime& time, quantity::Instant now);
  // By authority: every latch is free, with all its restores.
  void unlock(quantity::Instant now);

  [[nodiscard]] TripReasons reasons() const;
  // Bit n is set while condition n is on and its action is alarm or trip; the bit `condition_count` while a
  // malicious load's latch holds or its alarm is on.
  [[nodiscard]] std::uint32_t alarms() const;
  [[nodiscard]] bool is_on(ConditionId id) const { return conditions_[static_cast<std::size_t>(id)].is_on(); }

  // The oldest event that nobody has taken.
  std::optional<Event> take_event();
  // Events that found no room; room is for 16.
  [[nodiscard]] std::uint32_t missed_events() const { return missed_events_; }

  using LatchStates = std::array<LatchState, trip_reason_count>;
  [[nodiscard]] LatchStates latch_states() const;
  void restore(const LatchStates& states, quantity::Instant now);

 private:
  static constexpr std::size_t event_room = 16;

  template <class Source, class... More>
  void watch(ConditionId first, ConditionId last, quantity::Instant now, const Source& source, More... more);
  void note(const Event& event);
  void trip(TripReason reason, quantity::Instant now);
  [[nodiscard]] bool is_cause_there(TripReason reason) const;

  GuardSettings settings_;
  std::array<Condition, condition_count> conditions_{};
  std::array<TripLatch, trip_reason_count> latches_;
  bool is_load_alarm_ = false;
  std::int32_t load_alarm_day_ = 0;
  std::array<Event, event_room> events_{};
  std::size_t first_event_ = 0;
  std::size_t event_count_ = 0;
  std::uint32_t missed_events_ = 0;
};

// snake_case names, as in guard files and on the wire.
[[nodiscard]] std::string_view name_of(LoadKind kind);
[[nodiscard]] std::string_view name_of(TripReason reason);
[[nodiscard]] std::string_view name_of(Action action);

}  // namespace lk::guard
