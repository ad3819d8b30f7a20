// SPDX-License-Identifier: Apache-2.0
#include "meter/core/meter.hpp"

#include <algorithm>
#include <utility>

#include "dictionary/codes.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using quantity::Duration;
using quantity::Instant;

// How long a failed write rests before it is tried again without a reason of its own: each time twice as
// long, so that a flash that has failed for good is not worn on.
constexpr Duration storage_rest_first = quantity::seconds(10);
constexpr Duration storage_rest_last = quantity::minutes(10);

constexpr Duration loss_shown = quantity::minutes(10);  // of samples

links::Identity identity_of(const Configuration& configuration, std::size_t phase_count) {
  return {.vendor = "Latchkey",
          .product = product_of(phase_count),
          .revision = LK_VERSION,
          .model = model_of(phase_count),
          .number = {configuration.number.data(), configuration.number.size()}};
}

std::uint64_t number_of(const Configuration& configuration) {
  const auto number = order::meter_number({configuration.number.data(), configuration.number.size()});
  ensure(number.has_value());
  return number.value_or(0);
}

// The first two digits of an 11-digit DRN.
std::uint16_t manufacturer_code_of(const Configuration& configuration) {
  return static_cast<std::uint16_t>((configuration.number[0] - '0') * 10 + (configuration.number[1] - '0'));
}

}  // namespace

Meter::Meter(const Configuration& configuration, Instrument& instrument, port::Flash& flash,
             port::Relay& relay, port::Flash* archive)
    : configuration_(configuration),
      meter_number_(number_of(configuration)),
      instrument_(instrument),
      store_(flash),
      relay_(relay),
      slave_(configuration.line.address, identity_of(configuration_, instrument.phases().size())),
      archive_(archive, rules_of(settings_).profile.channel_count()),
      card_key_(card::card_key_of_meter(configuration.order_key)) {
  ensure(configuration.checkpoint_interval > Duration{});
  configuration_.tokens.manufacturer_code = manufacturer_code_of(configuration);
}

void Meter::start(Instant now) {
  ensure(!is_started_);
  is_started_ = true;
  now_ = started_at_ = stored_at_ = retry_at_ = now;
  begin(now);
  adopt_optical();
  poll(now);
}

void Meter::take_windows(Instant now) {
  now_ = now;
  has_measured_ = true;
  measured_at_ = now;
  const metrology::PhaseFigures& first = instrument_.phases().front();
  const metrology::MeterFigures& window = instrument_.window();
  if (window.faults.has(metrology::Fault::samples_lost)) samples_lost_until_ = now + loss_shown;
  profile_.observe(
      {first.voltage, first.current, window.total.active, window.total.power_factor_e4, window.frequency});
  take_energy();
}

void Meter::count(const metrology::Energies& energies, Instant now) {
  now_ = now;
  count_energy(energies);
}

Instant Meter::poll(Instant now) {
  ensure(is_started_);
  now_ = now;
  wake_at_ = (is_dirty_ ? stored_at_ : now) + configuration_.checkpoint_interval;
  if (is_memory_refused_) wait_for_memory(now);
  look_at_time(now);
  if (access_.has_plan()) keep_plan(now);
  judge_credit(now);
  judge_limits(now);
  judge_guard(now);
  note_reasons();
  checkpoint(now);
  take_asked_freezes(now);
  drive_supply(now);
  checkpoint(now);
  if (is_store_due_) wait_until(now);
  return is_storage_failing_ ? std::max(wake_at_, retry_at_) : wake_at_;
}

bool Meter::has_fresh_figures(Instant now) const {
  constexpr Duration fresh = quantity::seconds(1);
  return has_measured_ && now - measured_at_ <= fresh;
}

quantity::Current Meter::largest_current() const {
  return std::ranges::max(instrument_.phases(), {}, &metrology::PhaseFigures::current).current;
}

quantity::Voltage Meter::largest_voltage() const {
  return std::ranges::max(instrument_.phases(), {}, &metrology::PhaseFigures::voltage).voltage;
}

quantity::Voltage Meter::farthest_voltage() const {
  const auto distance = [this](const metrology::PhaseFigures& phase) {
    return std::max(phase.voltage - rules_.nominal, rules_.nominal - phase.voltage);
  };
  return std::ranges::max(instrument_.phases(), {}, distance).voltage;
}

// Lets the settings take effect everywhere.
void Meter::apply_settings() {
  const records::ProfileRules profile_before = rules_.profile;
  rules_ = rules_of(settings_);
  if (rules_.profile != profile_before) profile_.change_rules(clock_s(now_), rules_.profile);
  if (demand_.settings() != rules_.demand) demand_ = metrology::Demand{rules_.demand};
  instrument_.set_neutral_policy(rules_.charges_larger ? metrology::NeutralPolicy::larger
                                                       : metrology::NeutralPolicy::live);
  instrument_.set_in_one_direction(rules_.charges_export);
  instrument_.set_pulses_per_kwh(rules_.pulses_per_kwh);
  state_.account.set_rules(rules_.credit);
  panel_.change(rules_.panel);
  archive_.set_profile_channels(rules_.profile.channel_count());
  if (state_.tariff.current_slot == 0) sets_.current.zone.offset_minutes = rules_.zone_offset_minutes;
  slave_.set_unit(line().address);
  is_look_due_ = true;
}

// Writes the state where it is due: at once after an event, else when the interval is over.
void Meter::checkpoint(Instant now) {
  const bool is_interval_over = is_dirty_ && now - stored_at_ >= configuration_.checkpoint_interval;
  if (is_memory_refused_) return;
  if ((is_store_due_ || is_interval_over) && now >= retry_at_)
    (void)store(state_, events_.noted_count(), now);
}

// Makes `next` the state, durably, with the noted events. Where the storage fails the state stays what it
// was, and only the first `noted_to_keep` notes stay: those that are true all the same.
bool Meter::store(const State& next, std::size_t noted_to_keep, Instant now, const StateStore::Extra& with) {
  StateStore::Extra extra = with;
  const bool has_card = std::exchange(is_card_noted_, false);
  if (has_card) extra.card = &value_of(card_next_);
  if (instrument_.phases().size() > 1) extra.phases = &phase_energies_;
  const std::uint32_t event_count = events_.count();
  if (!store_.write(next, events_, extra)) {
    events_.forget_after(noted_to_keep);
    if (!is_storage_failing_) events_.note(EventCode::storage_fault, 0, 0, clock(now));
    storage_rest_ =
        is_storage_failing_ ? std::min(storage_rest_ + storage_rest_, storage_rest_last) : storage_rest_first;
    is_storage_failing_ = true;
    is_store_due_ = true;
    retry_at_ = now + storage_rest_;
    return false;
  }
  is_storage_failing_ = false;
  if (extra.entry != nullptr) entered_.show(*extra.entry);
  if (has_card) card_memory_ = *extra.card;
  if (&next != &state_) state_ = next;
  if (is_spare_unread_) load_spare();
  is_dirty_ = !store_.has_all_of(state_);
  is_store_due_ = false;
  stored_at_ = now;
  retry_at_ = now;
  archive_events(event_count + 1);
  return true;
}

void Meter::power_failing(Instant now) {
  ensure(is_started_);
  now_ = now;
  instrument_.close_window();
  take_energy();
  judge_credit(now);
  if (is_dirty_ || is_store_due_) (void)store(state_, events_.noted_count(), now);
}

std::size_t Meter::serve(std::span<const std::byte> frame, std::span<std::byte, 256> answer, Instant now) {
  poll(now);
  if (is_silent(now)) return 0;
  return slave_.serve(frame, answer, *this);
}

// Any key shows that a reminder was seen; enter also closes a supply that waits for a hand.
void Meter::press(panel::Key key, Instant now) {
  poll(now);
  const bool is_reminding = state_.reasons.has(supply::Reason::reminder);
  if (is_reminding || key == panel::Key::enter) (void)press_key(now);
  panel_.press(key, *this, now);
}

panel::Frame Meter::panel_frame(Instant now) {
  poll(now);
  return panel_.show(*this, now);
}

std::uint16_t Meter::alarms() const {
  std::uint16_t bits = 0;
  const auto set = [&bits](std::uint16_t bit, bool on) {
    bits = static_cast<std::uint16_t>(on ? bits | bit : bits);
  };
  set(dictionary::alarm_low_credit, configuration_.credit_controlled && state_.account.low_credit_alarm());
  set(dictionary::alarm_no_credit, configuration_.credit_controlled && state_.account.is_exhausted());
  set(dictionary::alarm_relay_does_not_follow, switch_.does_not_follow());
  set(dictionary::alarm_memory, is_memory_lost_ || is_memory_damaged_ || is_storage_failing_);
  set(dictionary::alarm_reminder, state_.reasons.has(supply::Reason::reminder));
  set(dictionary::alarm_clock, state_.clock.is_wrong());
  set(dictionary::alarm_operator, state_.hold.has_alarm);
  set(dictionary::alarm_limit_locked, limiter_.stored().phase == supply::PowerLimiter::Phase::locked);
  set(dictionary::alarm_records, are_records_failing_);
  set(dictionary::alarm_guard, guard().alarms() != 0);
  return bits;
}

Snapshot Meter::snapshot(Instant now) const {
  const credit::Account& account = state_.account;
  return {.balance = account.balance(),
          .credited = account.credited(),
          .deducted = account.deducted(),
          .priced_energy = account.priced_energy(),
          .import_energy = state_.import_energy,
          .export_energy = state_.export_energy,
          .price = account.pricer().price_at(sets_, clock(now), state_.clock.is_wrong()),
          .tariff_version = sets_.current.version,
          .is_supply_closed = state_.is_supply_closed,
          .hold_reasons = state_.reasons.bits(),
          .alarms = alarms(),
          .token_count = state_.token_count,
          .last_token_result = static_cast<std::uint16_t>(token_answer_.result),
          .order_sequence = state_.last_order.sequence,
          .event_count = events_.count(),
          .start_count = state_.start_count,
          .clock = clock(now)};
}

}  // namespace lk::meter
