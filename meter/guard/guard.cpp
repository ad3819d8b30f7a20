// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/guard.hpp"

#include <algorithm>

#include "assert/assert.hpp"

namespace lk::guard {
namespace {

constexpr std::size_t index_of(ConditionId id) {
  return static_cast<std::size_t>(id);
}

constexpr std::size_t index_of(TripReason reason) {
  return static_cast<std::size_t>(reason);
}

}  // namespace

bool is_valid(const GuardSettings& settings) {
  for (std::size_t index = 0; index < condition_count; ++index) {
    if (!is_valid(static_cast<ConditionId>(index), settings.conditions[index])) return false;
  }
  return std::ranges::all_of(settings.restore,
                             [](const RestoreSettings& restore) { return is_valid(restore); }) &&
         is_valid(settings.load) && is_valid(recognition_of(settings));
}

RecognitionParameters recognition_of(const GuardSettings& settings) {
  return {settings.nominal, std::min(least_watched(settings.load), quantity::Power::of(30'000'000)),
          settings.step_power_factor_e4};
}

Guard::Guard(const GuardSettings& settings)
    : settings_(settings),
      latches_{TripLatch{settings.restore[0]}, TripLatch{settings.restore[1]}, TripLatch{settings.restore[2]},
               TripLatch{settings.restore[3]}} {
  ensure(is_valid(settings));
}

template <class Source, class... More>
void Guard::watch(ConditionId first, ConditionId last, quantity::Instant now, const Source& source,
                  More... more) {
  for (std::size_t index = index_of(first); index <= index_of(last); ++index) {
    const auto id = static_cast<ConditionId>(index);
    const auto value = value_of(id, source, more...);
    if (!value) continue;
    const ConditionRow& row = row_of(id);
    const ConditionSettings& settings = settings_.conditions[index];
    Condition& condition = conditions_[index];
    const Condition::Change change = condition.update(row.sense, settings, *value, now);
    if (change == Condition::Change::none) continue;
    const bool is_start = change == Condition::Change::started;
    note({.kind = is_start ? EventKind::started : EventKind::ended,
          .condition = id,
          .reason = row.reason,
          .action = settings.action,
          .start = condition.start(),
          .end = is_start ? condition.start() : condition.end(),
          .extreme = condition.extreme()});
    if (is_start && settings.action == Action::trip) trip(row.reason, now);
  }
}

void Guard::take(const HalfCycleVoltages& half_cycle, quantity::Instant now) {
  watch(ConditionId::voltage_dip, ConditionId::voltage_interruption, now, half_cycle, settings_.nominal);
}

void Guard::take(const Observation& window, quantity::Instant now) {
  watch(ConditionId::over_voltage, ConditionId::reversed_current, now, window, settings_.nominal);
}

void Guard::take(const Inputs& inputs, quantity::Instant now) {
  watch(ConditionId::magnetic_field, ConditionId::relay_feedback, now, inputs);
}

void Guard::take(const Finding& finding, std::uint8_t phase, const LocalTime& time, quantity::Instant now) {
  const Action action = action_for(settings_.load, finding.power, time);
  if (action == Action::off) return;
  constexpr std::int64_t ms_per_cycle = 20;
  const quantity::Instant start = now + quantity::milliseconds(-ms_per_cycle * finding.cycles_ago);
  note({.kind = EventKind::malicious_load,
        .reason = TripReason::malicious_load,
        .action = action,
        .phase = phase,
        .start = start,
        .end = start,
        .extreme = finding.power.count(),
        .finding = finding});
  is_load_alarm_ = action >= Action::alarm;
  load_alarm_day_ = time.day;
  if (action == Action::trip) trip(TripReason::malicious_load, now);
}

void Guard::note_while_off(ConditionId cover, quantity::Instant now) {
  const ConditionSettings& settings = settings_.conditions[index_of(cover)];
  if (settings.action == Action::off) return;
  const TripReason reason = row_of(cover).reason;
  note({.kind = EventKind::was_while_off,
        .condition = cover,
        .reason = reason,
        .action = settings.action,
        .start = now,
        .end = now,
        .extreme = 1});
  if (settings.action == Action::trip) trip(reason, now);
}

void Guard::poll(const LocalTime& time, quantity::Instant now) {
  if (time.day != load_alarm_day_) is_load_alarm_ = false;  // shown to the end of its day
  for (std::size_t index = 0; index < trip_reason_count; ++index) {
    const auto reason = static_cast<TripReason>(index);
    if (!latches_[index].poll(is_cause_there(reason), time.day, now)) continue;
    if (reason == TripReason::malicious_load) is_load_alarm_ = false;
    note({.kind = EventKind::restored, .reason = reason, .start = now, .end = now});
  }
}

void Guard::unlock(quantity::Instant now) {
  is_load_alarm_ = false;
  for (std::size_t index = 0; index < trip_reason_count; ++index) {
    if (latches_[index].holds())
      note({.kind = EventKind::restored, .reason = static_cast<TripReason>(index), .start = now, .end = now});
    latches_[index].unlock();
  }
}

TripReasons Guard::reasons() const {
  TripReasons reasons;
  for (std::size_t index = 0; index < trip_reason_count; ++index) {
    if (latches_[index].holds()) reasons.set(static_cast<TripReason>(index));
  }
  return reasons;
}

std::uint32_t Guard::alarms() const {
  std::uint32_t bits = 0;
  for (std::size_t index = 0; index < condition_count; ++index) {
    if (conditions_[index].is_on() && settings_.conditions[index].action >= Action::alarm)
      bits |= 1U << index;
  }
  if (is_load_alarm_ || latches_[index_of(TripReason::malicious_load)].holds()) bits |= 1U << condition_count;
  return bits;
}

std::optional<Event> Guard::take_event() {
  if (event_count_ == 0) return std::nullopt;
  const Event& event = events_[first_event_];
  first_event_ = (first_event_ + 1) % event_room;
  --event_count_;
  return event;
}

Guard::LatchStates Guard::latch_states() const {
  LatchStates states;
  for (std::size_t index = 0; index < trip_reason_count; ++index) states[index] = latches_[index].state();
  return states;
}

void Guard::restore(const LatchStates& states, quantity::Instant now) {
  for (std::size_t index = 0; index < trip_reason_count; ++index) latches_[index].restore(states[index], now);
}

void Guard::note(const Event& event) {
  if (event_count_ == event_room) {
    ++missed_events_;
    return;
  }
  events_[(first_event_ + event_count_) % event_room] = event;
  ++event_count_;
}

void Guard::trip(TripReason reason, quantity::Instant now) {
  TripLatch& latch = latches_[index_of(reason)];
  if (latch.holds()) return;
  latch.trip(now);
  note({.kind = EventKind::tripped, .reason = reason, .action = Action::trip, .start = now, .end = now});
  if (latch.is_locked()) note({.kind = EventKind::locked, .reason = reason, .start = now, .end = now});
}

bool Guard::is_cause_there(TripReason reason) const {
  for (std::size_t index = 0; index < condition_count; ++index) {
    if (conditions_[index].is_on() && settings_.conditions[index].action == Action::trip &&
        row_of(static_cast<ConditionId>(index)).reason == reason) {
      return true;
    }
  }
  return false;
}

std::string_view name_of(LoadKind kind) {
  constexpr std::array<std::string_view, 6> names = {"resistive",      "half_wave", "phase_cut",
                                                     "with_capacitor", "in_steps",  "slow_rise"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(TripReason reason) {
  constexpr std::array<std::string_view, trip_reason_count> names = {"voltage", "overload", "tamper",
                                                                     "malicious_load"};
  return names[static_cast<std::size_t>(reason)];
}

std::string_view name_of(Action action) {
  constexpr std::array<std::string_view, 4> names = {"off", "record", "alarm", "trip"};
  return names[static_cast<std::size_t>(action)];
}

}  // namespace lk::guard
