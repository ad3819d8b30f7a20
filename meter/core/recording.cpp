// SPDX-License-Identifier: Apache-2.0
// What the meter writes down of its past: events to their long logs, freezes, the load profile, demand and
// voltage. The vault is written first, so that a power cut never leaves a record ahead of the registers.
#include <algorithm>
#include <utility>

#include "meter/core/meter.hpp"
#include "tariff/local_time.hpp"

namespace lk::meter {
namespace {

using quantity::Instant;
using records::FreezeCause;
using records::FreezeKind;

constexpr std::int64_t s_per_hour = 3600;
constexpr std::int32_t ms_per_minute = 60'000;

records::LocalDate local_date(const tariff::Zone& zone, Instant at) {
  const tariff::WallTime wall = tariff::wall_time(zone, at);
  const tariff::Date date = tariff::date_of(wall.day);
  return {.day = wall.day,
          .year = date.year,
          .month = date.month,
          .day_of_month = date.day,
          .minute = static_cast<std::uint16_t>(wall.ms / ms_per_minute)};
}

}  // namespace

std::uint32_t Meter::clock_s(Instant now) const {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(clock(now).unix_s(), 0, 0xFFFF'FFFF));
}

// Where the flash refuses a read, what is there is not known: nothing is appended, and this is done again.
void Meter::start_records(Instant now) {
  are_records_failing_ = true;
  if (!archive_.mount()) return;
  archive_.set_profile_channels(rules_.profile.channel_count());
  const std::uint32_t count = events_.count();
  constexpr auto kept = static_cast<std::uint32_t>(records::slot_count);
  const std::uint32_t oldest = count > kept ? count - kept + 1 : 1;
  const std::uint32_t newest_event = archive_.newest_event();
  for (std::size_t kind = 0; kind < frozen_.size(); ++kind) {
    const auto newest = archive_.newest(static_cast<FreezeKind>(kind));
    frozen_[kind] = newest ? newest->period : 0;
  }
  const std::uint32_t newest_profile_s = archive_.newest_profile_s();
  if (!archive_.is_sound()) return archive_.dismount();
  are_records_failing_ = false;
  archive_events(std::max(oldest, newest_event + 1));
  profile_.start(clock_s(now), newest_profile_s, rules_.profile);
}

// Those stored events that the long logs do not have yet.
void Meter::archive_events(std::uint32_t first) {
  for (std::uint32_t number = first; number <= events_.count(); ++number) {
    const records::Event event = events_.at_slot(records::slot_of(number));
    if (event.number == number && !archive_.append(event)) are_records_failing_ = true;
  }
}

void Meter::observe_second(std::uint32_t seconds, Instant now) {
  if (has_fresh_figures(now) && seconds > 0)
    state_.quality.observe(farthest_voltage(), rules_.voltage, seconds);
  const metrology::Energies gained = std::exchange(demand_energies_, {});
  if (state_.clock.is_wrong() || !demand_.add(gained, clock(now))) return;
  using metrology::DemandRegister;
  const auto end_s = static_cast<std::uint32_t>(demand_.latest_end().unix_s());
  state_.quality.observe_demand(demand_.latest(DemandRegister::active_import), end_s);
  for (std::size_t i = 0; i < state_.peaks.size(); ++i)
    state_.peaks[i].observe(demand_.latest(static_cast<DemandRegister>(i + 1)), end_s);
}

// Once a minute: what falls due by the calendar.
void Meter::keep_calendar(Instant now) {
  if (!state_.clock.is_wrong()) {
    price({});
    const std::int64_t hour =
        std::clamp<std::int64_t>(clock(now).unix_s() / s_per_hour, 0, 0xFFFF'FFFF / s_per_hour);
    if (state_.account.collect(static_cast<std::uint32_t>(hour))) is_store_due_ = true;
  }
  if (!archive_.is_present()) return;
  if (!archive_.is_mounted()) start_records(now);
  if (!archive_.is_mounted()) return;
  if (profile_.is_due(clock_s(now), rules_.profile)) close_profile(now);
  if (!state_.clock.is_wrong()) take_due_freezes(now);
}

records::Registers Meter::profile_registers() const {
  return {state_.import_energy, state_.export_energy, state_.account.balance()};
}

void Meter::close_profile(Instant now) {
  if (is_dirty_) (void)store(state_, events_.noted_count(), now);
  std::array<std::byte, records::profile_max_bytes> room{};
  const auto entry =
      profile_.close(clock_s(now), profile_registers(), rules_.profile, state_.clock.is_wrong(), room);
  keep_profile_entry(entry);
}

void Meter::keep_profile_entry(std::span<const std::byte> entry) {
  if (archive_.append_profile(entry)) return;
  are_records_failing_ = true;
  profile_.note_lost();
}

void Meter::take_due_freezes(Instant now) {
  const records::LocalDate date = local_date(sets_.current.zone, clock(now));
  const std::uint8_t marks = is_first_look_ ? records::freeze_late : std::uint8_t{0};
  is_first_look_ = false;
  for (std::size_t i = 0; i < frozen_.size(); ++i) {
    const auto kind = static_cast<FreezeKind>(i);
    const std::uint32_t period = records::period_of(kind, rules_.periods, date);
    if (period <= frozen_[i]) continue;
    take_freeze(kind, period, FreezeCause::calendar, frozen_[i] == 0 ? std::uint8_t{0} : marks, now);
    frozen_[i] = period;
    if (kind != FreezeKind::monthly) continue;
    state_.quality = {};
    state_.peaks = {};
    is_store_due_ = true;
  }
}

// By order, at a date, and on a change of tariff. Taken first and then no longer asked for: where the power
// goes in between, it is taken again.
void Meter::take_asked_freezes(Instant now) {
  FreezeState& asked = state_.freeze;
  const bool is_date_due = asked.at_s != 0 && clock_s(now) >= asked.at_s && !state_.clock.is_wrong();
  if (!asked.is_tariff_new && !asked.is_pending && !is_date_due) return;
  if (is_memory_lost_ || (archive_.is_present() && !archive_.is_mounted())) return;
  if (asked.is_tariff_new) take_freeze(FreezeKind::instant, 0, FreezeCause::tariff, 0, now);
  if (asked.is_pending) take_freeze(FreezeKind::instant, 0, FreezeCause::order, 0, now);
  if (is_date_due) take_freeze(FreezeKind::instant, 0, FreezeCause::date, 0, now);
  asked = {.at_s = is_date_due ? 0 : asked.at_s};
  is_store_due_ = true;
}

void Meter::take_freeze(FreezeKind kind, std::uint32_t period, FreezeCause cause, std::uint8_t marks,
                        Instant now) {
  if (!archive_.is_present()) return;
  if (is_dirty_) (void)store(state_, events_.noted_count(), now);
  const auto wrong = state_.clock.is_wrong() ? records::freeze_clock_wrong : std::uint8_t{0};
  const records::Freeze freeze{.time_s = clock_s(now),
                               .period = period,
                               .cause = cause,
                               .marks = static_cast<std::uint8_t>(marks | wrong),
                               .import_energy = state_.import_energy,
                               .export_energy = state_.export_energy,
                               .credited = state_.account.credited(),
                               .deducted = state_.account.deducted(),
                               .rates = state_.rates,
                               .quality = state_.quality};
  if (!archive_.append(kind, freeze)) are_records_failing_ = true;
}

// The clock was set: the profile's interval ends on both sides of the step. After a step that shows that the
// clock was wrong, freezes begin anew from the new time, so that none waits for years; else a step back takes
// none twice, because periods only rise.
void Meter::records_of_clock_step(Instant before, Instant now) {
  demand_.restart();
  priced_until_ = clock(now);
  second_ = clock(now).unix_s();
  is_look_due_ = true;
  if (!archive_.is_present()) return;
  std::array<std::byte, records::profile_max_bytes> room{};
  const auto before_s = static_cast<std::uint32_t>(std::clamp<std::int64_t>(before.unix_s(), 0, 0xFFFF'FFFF));
  const auto entry =
      profile_.close_for_clock(before_s, clock_s(now), profile_registers(), rules_.profile, room);
  keep_profile_entry(entry);
  const std::int64_t step_s = (clock(now) - before).count() / 1000;
  if (step_s >= -Clock::wrong_step_s) return;
  const records::LocalDate date = local_date(sets_.current.zone, clock(now));
  for (std::size_t i = 0; i < frozen_.size(); ++i) {
    const auto kind = static_cast<FreezeKind>(i);
    frozen_[i] = records::period_of(kind, rules_.periods, date);
    take_freeze(kind, frozen_[i], FreezeCause::clock, records::freeze_clock_set, now);
  }
}

}  // namespace lk::meter
