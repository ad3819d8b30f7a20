// SPDX-License-Identifier: Apache-2.0
// The guard in the meter: what it is shown, and what becomes of what it finds: events, alarms, and reasons to
// hold the supply open, which are stored before the relay moves.
#include <algorithm>

#include "meter/core/meter.hpp"
#include "tariff/local_time.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using guard::TripReason;
using quantity::Instant;
using supply::Reason;

constexpr std::int64_t ms_per_minute = 60'000;

constexpr Reason reason_of(TripReason trip) {
  switch (trip) {
    case TripReason::voltage:
      return Reason::voltage;
    case TripReason::overload:
      return Reason::overload;
    case TripReason::tamper:
      return Reason::tamper;
    case TripReason::malicious_load:
      return Reason::malicious_load;
  }
  return Reason::overload;
}

constexpr EventCode code_of(guard::EventKind kind) {
  switch (kind) {
    case guard::EventKind::started:
      return EventCode::condition_began;
    case guard::EventKind::ended:
      return EventCode::condition_ended;
    case guard::EventKind::was_while_off:
      return EventCode::opened_while_off;
    case guard::EventKind::malicious_load:
      return EventCode::malicious_load;
    case guard::EventKind::tripped:
      return EventCode::tripped;
    case guard::EventKind::restored:
      return EventCode::restored;
    case guard::EventKind::locked:
      return EventCode::trip_locked;
  }
  return EventCode::condition_began;
}

// The condition, the kind of load or the trip: what the event is of.
constexpr std::uint16_t detail_of(const guard::Event& event) {
  switch (event.kind) {
    case guard::EventKind::started:
    case guard::EventKind::ended:
    case guard::EventKind::was_while_off:
      return static_cast<std::uint16_t>(event.condition);
    case guard::EventKind::malicious_load:
      return static_cast<std::uint16_t>(event.finding.kind);
    case guard::EventKind::tripped:
    case guard::EventKind::restored:
    case guard::EventKind::locked:
      return static_cast<std::uint16_t>(event.reason);
  }
  return 0;
}

}  // namespace

// With the parameters as they are; trips that hold go on holding.
void Meter::make_guard(Instant now) {
  instrument_.set_guard(guard_settings_of(settings_));
  guard().restore(state_.trips, now);
}

// Days begin in local time; while the clock is wrong there is one long working day.
guard::LocalTime Meter::guard_time(Instant now) const {
  constexpr std::uint8_t saturday = 5;
  if (state_.clock.is_wrong()) return {};
  const tariff::WallTime wall = tariff::wall_time(sets_.current.zone, clock(now));
  return {.day = wall.day,
          .minute = static_cast<std::uint16_t>(wall.ms / ms_per_minute),
          .is_holiday = local_.is_holiday || tariff::weekday_of(wall.day) >= saturday};
}

// Bits of the fault word, and 65 536 times those of the channels; samples that are missing are no fault of a
// channel.
std::uint32_t Meter::measuring_faults(Instant now) const {
  constexpr auto lost =
      static_cast<std::uint16_t>(1U << static_cast<unsigned>(metrology::Fault::samples_lost));
  if (!has_fresh_figures(now)) return 0;
  const metrology::Faults& faults = instrument_.window().faults;
  const auto bits = static_cast<std::uint16_t>(faults.bits() & ~lost);
  return bits == 0 ? 0 : bits | std::uint32_t{faults.channels()} << 16U;
}

void Meter::sense(const guard::Inputs& contacts, Instant now) {
  contacts_ = contacts;
  poll(now);
}

void Meter::opened_while_off(guard::ConditionId cover, Instant now) {
  guard().note_while_off(cover, now);
  poll(now);
}

void Meter::judge_guard(Instant now) {
  if (is_memory_lost_) return;
  guard_time_ = guard_time(now);
  guard::Inputs inputs = contacts_;
  inputs.measuring_channel |= measuring_faults(now);
  guard().take(inputs, now);
  guard().poll(guard_time_, now);
  note_guard_events(now);
  constexpr quantity::Duration look_time = quantity::seconds(1);
  if (has_measured_ || guard().alarms() != 0 || !guard().reasons().none()) wait_until(now + look_time);
  const supply::Reasons before = state_.reasons;
  for (std::size_t i = 0; i < guard::trip_reason_count; ++i) {
    const auto trip = static_cast<TripReason>(i);
    state_.reasons.set(reason_of(trip), guard().reasons().has(trip));
  }
  if (state_.reasons == before && state_.trips == guard().latch_states()) return;
  state_.trips = guard().latch_states();
  is_store_due_ = true;
}

// As many as the log takes at once, with room for what else this turn has to tell; the others wait.
void Meter::note_guard_events(Instant now) {
  constexpr std::size_t room_for_others = 3;
  while (events_.noted_count() + room_for_others < records::EventLog::noted_max) {
    const auto event = guard().take_event();
    if (!event) return;
    events_.note(code_of(event->kind), detail_of(*event), event->extreme, clock(now));
    is_store_due_ = true;
  }
}

std::int64_t Meter::guard_number(Id id, std::uint16_t slot_index) const {
  const auto bits_of = [this](bool guard::LatchState::* flag) {
    std::int64_t bits = 0;
    for (std::size_t i = 0; i < state_.trips.size(); ++i) bits |= state_.trips[i].*flag ? 1LL << i : 0;
    return bits;
  };
  switch (id) {
    case Id::guard_alarms:
      return guard().alarms();
    case Id::guard_held:
      return bits_of(&guard::LatchState::is_held);
    case Id::guard_locked:
      return bits_of(&guard::LatchState::is_locked);
    case Id::guard_restores_used:
      return state_.trips[slot_index].restore_count;
    default:
      break;
  }
  ensure(false);
  return 0;
}

}  // namespace lk::meter
