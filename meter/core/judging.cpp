// SPDX-License-Identifier: Apache-2.0
// What time and the balance make of the supply: local time, credit, power limit, schedule, and the relay.
#include <algorithm>

#include "meter/core/meter.hpp"
#include "tariff/local_time.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using quantity::Instant;
using supply::Reason;

constexpr std::int64_t seconds_per_minute = 60;
constexpr std::int64_t ms_per_s = 1000;
// A current that no open contact lets through, and no noise of the converter makes.
constexpr quantity::Current load_current = quantity::Current::of(100'000);
constexpr std::int64_t pulse_voltage_percent = 70;

bool is_special(const tariff::TariffSet& set, const tariff::Date& date) {
  return std::ranges::any_of(
      std::span{set.special_days}.first(set.special_day_count), [&date](const tariff::SpecialDay& day) {
        return (day.year == 0 || day.year == date.year) && day.month == date.month && day.day == date.day;
      });
}

}  // namespace

void Meter::wait_until(Instant deadline) {
  wake_at_ = std::min(wake_at_, deadline);
}

schedule::LocalTime Meter::local_time(Instant at) const {
  if (state_.clock.is_wrong()) return schedule::unknown_time;
  const tariff::WallTime wall = tariff::wall_time(sets_.current.zone, at);
  return {.minute = static_cast<std::uint16_t>(wall.ms / (seconds_per_minute * ms_per_s)),
          .weekday = tariff::weekday_of(wall.day),
          .is_holiday = is_special(sets_.current, tariff::date_of(wall.day))};
}

// Does once a second and once a minute what need not be done more often.
void Meter::look_at_time(Instant now) {
  const std::int64_t second = clock(now).unix_s();
  if (second != second_) {
    constexpr std::int64_t long_sleep_s = 60;
    const std::int64_t passed = std::clamp<std::int64_t>(second - second_, 0, long_sleep_s);
    second_ = second;
    observe_second(static_cast<std::uint32_t>(passed), now);
  }
  const std::int64_t minute = tariff::floor_div(second, seconds_per_minute);
  if (minute != minute_ || is_look_due_) {
    minute_ = minute;
    is_look_due_ = false;
    local_ = local_time(clock(now));
    if (!state_.clock.is_wrong()) state_.clock.see(now);
    if (!is_memory_lost_) keep_calendar(now);
  }
  wait_until(now +
             quantity::milliseconds((minute + 1) * seconds_per_minute * ms_per_s - clock(now).unix_ms()));
}

// The alarm and the reasons follow from the account alone, so they are set at once; what tells of them is
// stored before the relay moves.
void Meter::judge_credit(Instant now) {
  if (is_memory_lost_) return;
  const supply::Reasons before = state_.reasons;
  if (!configuration_.credit_controlled) {
    state_.reasons.set(Reason::credit, false);  // it was a flat's meter before
    state_.reasons.set(Reason::reminder, false);
    if (state_.reasons != before) is_store_due_ = true;
    return;
  }
  const std::int64_t balance = state_.account.balance().count();
  if (state_.account.update_low_credit_alarm()) {
    events_.note(EventCode::low_credit, 0, balance, clock(now));
    is_store_due_ = true;
  }
  const credit::Judgement judged = state_.account.judge(local_, now);
  state_.reasons.set(Reason::credit, judged.verdict == credit::Verdict::exhausted);
  state_.reasons.set(Reason::reminder, judged.verdict == credit::Verdict::reminding);
  if (judged.has_deadline) wait_until(judged.deadline);
  if (state_.reasons.has(Reason::reminder) && !before.has(Reason::reminder))
    events_.note(EventCode::reminder, 0, balance, clock(now));
  if (judged.has_changed || state_.reasons != before) is_store_due_ = true;
}

// The limit that a token has set applies where no window does, if it is the lower one.
supply::LimitRules Meter::limit_rules() const {
  constexpr std::int64_t mw_per_watt = 1000;
  supply::LimitRules rules = rules_.limit;
  const auto by_token = quantity::Power::of(mw_per_watt * state_.tokens.settings.power_limit_w);
  const bool is_lower = rules.always == quantity::Power{} || by_token < rules.always;
  if (by_token > quantity::Power{} && is_lower) rules.always = by_token;
  return rules;
}

void Meter::judge_limits(Instant now) {
  if (is_memory_lost_) return;
  const supply::Reasons before = state_.reasons;
  state_.reasons.set(Reason::schedule, schedule::any_contains(rules_.switching, local_));

  const supply::LimitRules rules = limit_rules();
  const quantity::Power drawn =
      has_fresh_figures(now) ? instrument_.window().total.active : quantity::Power{};
  const auto step = limiter_.step(drawn, supply::limit_at(rules, local_), rules, now);
  if (step.has_changed) {
    state_.limit = limiter_.stored();
    is_store_due_ = true;
  }
  if (step.has_tripped)
    events_.note(EventCode::power_limit, state_.limit.used_tries, drawn.count(), clock(now));
  state_.reasons.set(Reason::power_limit, step.holds_open);
  if (step.has_deadline) wait_until(step.deadline);
  if (state_.reasons != before) is_store_due_ = true;
}

// Whoever changed the reasons since, a hand may be needed to close now.
void Meter::note_reasons() {
  if (seen_reasons_ == state_.reasons) return;
  const supply::Hold hold = supply::after_change(state_.hold, seen_reasons_, state_.reasons, rules_.by_hand);
  seen_reasons_ = state_.reasons;
  if (hold == state_.hold) return;
  state_.hold = hold;
  is_store_due_ = true;
}

void Meter::drive_supply(Instant now) {
  if (is_memory_lost_) return;
  const port::Contact contact = relay_.contact();
  const supply::Conditions conditions{
      .is_voltage_sound =
          !has_measured_ || largest_voltage().count() * 100 >= rules_.nominal.count() * pulse_voltage_percent,
      .does_current_flow = has_fresh_figures(now) && largest_current() > load_current};
  const supply::Step step =
      switch_.step(supply::wanted_by(state_.reasons, state_.hold), contact, now, conditions);
  if (step.has_deadline) wait_until(step.deadline);
  if (step.pulse != supply::Pulse::none) instrument_.interrupt();
  if (step.pulse == supply::Pulse::open) relay_.pulse_open();
  if (step.pulse == supply::Pulse::close) relay_.pulse_close();
  if (step.has_failed) {
    events_.note(EventCode::relay_does_not_follow, static_cast<std::uint16_t>(switch_.fault()), 0,
                 clock(now));
    is_store_due_ = true;
  }
  if (step.has_settled && state_.is_supply_closed != (contact == port::Contact::closed))
    note_supply_moved(now);
}

void Meter::note_supply_moved(Instant now) {
  state_.is_supply_closed = !state_.is_supply_closed;
  const auto code = state_.is_supply_closed ? EventCode::supply_closed : EventCode::supply_opened;
  events_.note(code, state_.reasons.bits(), state_.account.balance().count(), clock(now));
  is_store_due_ = true;
}

}  // namespace lk::meter
