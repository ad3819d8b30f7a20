// SPDX-License-Identifier: Apache-2.0
#include "meter/core/meter.hpp"

#include <algorithm>

#include "dictionary/codes.hpp"
#include "sts/digits.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::OrderResult;
using quantity::Duration;
using quantity::Energy;
using quantity::Instant;
using sts::TokenResult;

// How long a failed write rests before it is tried again without a reason of its own.
constexpr Duration storage_rest = quantity::seconds(10);

links::Identity identity_of(const Configuration& configuration) {
  return {.vendor = "Latchkey",
          .product = "LK1P",
          .revision = LK_VERSION,
          .model = "LK1P prepaid",
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

// Detail of the event of an accepted token: 0 for credit, else 512 and the sub-class of class 2.
std::uint16_t event_detail(const tokens::Outcome& outcome) {
  return static_cast<std::uint16_t>(outcome.kind == tokens::Kind::credit ? 0 : 0x200U | outcome.sub_class);
}

std::uint32_t unix_s_of(Instant at) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(at.unix_s(), 0, 0xFFFF'FFFF));
}

// The key register of a new meter.
tokens::KeyRegister key_register_of(const Configuration& configuration) {
  const bool is_long = configuration.encryption_algorithm == sts::EncryptionAlgorithm::ea11;
  const auto key = std::span{configuration.decoder_key}.first(is_long ? 16 : 8);
  return {.key = {configuration.encryption_algorithm, key},
          .key_type = configuration.key_type,
          .key_revision_number = configuration.key_revision_number,
          .key_expiry_number = configuration.key_expiry_number,
          .tariff_index = configuration.tariff_index,
          .supply_group_code = configuration.supply_group_code};
}

}  // namespace

Meter::Meter(const Configuration& configuration, port::Flash& flash, port::Relay& relay)
    : configuration_(configuration),
      meter_number_(number_of(configuration)),
      metrology_(configuration.calibration),
      store_(flash),
      relay_(relay),
      slave_(configuration.modbus_address, identity_of(configuration_)) {
  ensure(configuration.checkpoint_interval > Duration{});
  configuration_.tokens.manufacturer_code = manufacturer_code_of(configuration);
}

void Meter::start(Instant now) {
  ensure(!is_started_);
  is_started_ = true;
  now_ = started_at_ = stored_at_ = retry_at_ = now;
  const Recovered recovered = store_.recover(state_, events_, entered_);
  is_memory_lost_ = recovered == Recovered::lost;
  is_memory_damaged_ = recovered == Recovered::damaged;
  if (recovered == Recovered::new_meter || recovered == Recovered::lost) {
    const quantity::Money credit = is_memory_lost_ ? quantity::Money{} : configuration_.preset_credit;
    state_.account = {{configuration_.price, 0}, credit, configuration_.low_credit};
    state_.tokens.key = key_register_of(configuration_);
    state_.is_supply_closed = relay_.contact() == port::Contact::closed;
  }
  token_answer_ = state_.last_token;
  if (state_.last_order.sequence != 0) {
    order_answer_ = {OrderResult::done, state_.last_order.sequence, state_.order_value, {}};
  }
  ++state_.start_count;
  events_.note(EventCode::power_returned, 0, state_.start_count, clock(now));
  if (recovered == Recovered::damaged) events_.note(EventCode::storage_fault, 0, 0, clock(now));
  is_store_due_ = true;
  switch_.start(now);
  poll(now);
}

void Meter::feed(std::span<const metrology::Sample> samples, Instant now) {
  now_ = now;
  if (metrology_.feed(samples) > 0) count_energy(metrology_.take_energy());
}

void Meter::count(const metrology::EnergyDelta& energy, Instant now) {
  now_ = now;
  count_energy(energy);
}

void Meter::count_energy(const metrology::EnergyDelta& delta) {
  if (delta.import_active == Energy{} && delta.export_active == Energy{}) return;
  state_.import_energy += delta.import_active;
  state_.export_energy += delta.export_active;
  state_.account.consume(delta.import_active);
  is_dirty_ = true;
}

Instant Meter::poll(Instant now) {
  ensure(is_started_);
  now_ = now;
  judge_credit(now);
  checkpoint(now);
  drive_supply(now);
  checkpoint(now);

  Instant next = (is_dirty_ ? stored_at_ : now) + configuration_.checkpoint_interval;
  if (is_store_due_) next = now;
  if (is_storage_failing_) next = std::max(next, retry_at_);
  if (has_switch_deadline_) next = std::min(next, switch_deadline_);
  return next;
}

// The alarm and the reason `credit` follow from the balance alone, so they are set at once; what tells of
// them is stored before the relay moves.
void Meter::judge_credit(Instant now) {
  if (is_memory_lost_) return;
  if (!configuration_.credit_controlled) {
    if (state_.reasons.has(supply::Reason::credit)) {
      state_.reasons.set(supply::Reason::credit, false);  // it was a flat's meter before
      is_store_due_ = true;
    }
    return;
  }
  if (state_.account.update_low_credit_alarm()) {
    events_.note(EventCode::low_credit, 0, state_.account.balance().count(), clock(now));
    is_store_due_ = true;
  }
  if (state_.reasons.has(supply::Reason::credit) != state_.account.is_exhausted()) {
    state_.reasons.set(supply::Reason::credit, state_.account.is_exhausted());
    is_store_due_ = true;
  }
}

// Writes the state where it is due: at once after an event, else when the interval is over.
void Meter::checkpoint(Instant now) {
  const bool is_interval_over = is_dirty_ && now - stored_at_ >= configuration_.checkpoint_interval;
  if ((is_store_due_ || is_interval_over) && now >= retry_at_)
    (void)store(state_, events_.noted_count(), now);
}

// Makes `next` the state, durably, with the noted events. Where the storage fails the state stays what it
// was, and only the first `noted_to_keep` notes stay: those that are true all the same.
bool Meter::store(const State& next, std::size_t noted_to_keep, Instant now, const tokens::LogEntry* entry) {
  if (!store_.write(next, events_, entry)) {
    events_.forget_after(noted_to_keep);
    if (!is_storage_failing_) events_.note(EventCode::storage_fault, 0, 0, clock(now));
    is_storage_failing_ = true;
    is_store_due_ = true;
    retry_at_ = now + storage_rest;
    return false;
  }
  is_storage_failing_ = false;
  if (entry != nullptr) entered_.show(*entry);
  if (&next != &state_) state_ = next;
  is_dirty_ = false;
  is_store_due_ = false;
  stored_at_ = now;
  retry_at_ = now;
  return true;
}

void Meter::drive_supply(Instant now) {
  if (is_memory_lost_) return;
  const port::Contact contact = relay_.contact();
  const supply::Step step = switch_.step(supply::wanted_by(state_.reasons), contact, now);
  has_switch_deadline_ = step.has_deadline;
  switch_deadline_ = step.deadline;
  if (step.pulse == supply::Pulse::open) relay_.pulse_open();
  if (step.pulse == supply::Pulse::close) relay_.pulse_close();
  if (step.has_failed) {
    const auto seen = static_cast<std::uint16_t>(contact == port::Contact::closed ? 1 : 0);
    events_.note(EventCode::relay_does_not_follow, seen, 0, clock(now));
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

void Meter::power_failing(Instant now) {
  ensure(is_started_);
  now_ = now;
  (void)metrology_.close_window();
  count_energy(metrology_.take_energy());
  judge_credit(now);
  if (is_dirty_ || is_store_due_) (void)store(state_, events_.noted_count(), now);
}

std::size_t Meter::serve(std::span<const std::byte> frame, std::span<std::byte, 256> answer, Instant now) {
  poll(now);
  return slave_.serve(frame, answer, *this);
}

void Meter::press(panel::Key key, Instant now) {
  poll(now);
  panel_.press(key, *this, now);
}

panel::Frame Meter::panel_frame(Instant now) {
  poll(now);
  return panel_.show(*this, now);
}

// Whether so many wrong tokens were entered that no more are judged now. Test tokens (class 1) carry no value
// and are always taken.
bool Meter::is_locked_out(std::span<const char, 20> characters, Instant now) {
  if (wrong_tokens_.has_left(now)) return false;
  const auto token = sts::from_digits({characters.data(), characters.size()});
  return token && token->token_class != sts::TokenClass::general_management;
}

TokenAnswer Meter::enter_token(std::span<const char, 20> characters, Instant now) {
  poll(now);
  if (is_locked_out(characters, now)) {
    token_answer_ = {.result = TokenResult::locked_out};
    std::ranges::copy(characters, token_answer_.characters.begin());
    state_.last_token = token_answer_;
    return token_answer_;
  }
  State next = state_;
  tokens::Assembly assembly = assembly_;
  const std::size_t noted_before = events_.noted_count();
  const auto [answer, outcome] = meter::enter_token(next, assembly, characters, configuration_.tokens, now);
  token_answer_ = answer;
  test_request_ = outcome.tests;
  const bool is_done = outcome.changes_state();
  if (answer.result == TokenResult::crc) (void)wrong_tokens_.take(now);
  if (is_done) wrong_tokens_.refill();
  bool is_recorded = is_done;
  if (is_done) {
    events_.note(EventCode::token_accepted, event_detail(outcome), answer.amount.count(), clock(now));
    next.reasons.set(supply::Reason::credit, configuration_.credit_controlled && next.account.is_exhausted());
  } else if (answer.result != TokenResult::accept) {
    is_recorded = recorded_refusals_.take(now);
    if (is_recorded && outcome.kind != tokens::Kind::key_section) {
      events_.note(EventCode::token_refused, static_cast<std::uint16_t>(answer.result), 0, clock(now));
    }
  }
  if (!is_recorded) {
    state_.last_token = answer;
    assembly_ = assembly;
  } else {
    const tokens::LogEntry entry{.number = ++next.tokens.entry_count,
                                 .time_s = unix_s_of(clock(now)),
                                 .characters = answer.characters,
                                 .result = answer.result,
                                 .token_identifier = answer.token_identifier,
                                 .amount = answer.amount};
    if (store(next, noted_before, now, &entry)) {
      assembly_ = assembly;
    } else {
      token_answer_.result = TokenResult::not_ready;
      token_answer_.amount = {};
    }
  }
  poll(now);
  return token_answer_;
}

OrderAnswer Meter::enter_order(std::span<const std::byte> order, Instant now) {
  poll(now);
  State next = state_;
  const std::size_t noted_before = events_.noted_count();
  order_answer_ = meter::enter_order(next, events_, order, {meter_number_, configuration_.order_key}, now);
  bool is_recorded = order_answer_.result == OrderResult::done;
  if (order_answer_.result == OrderResult::refused && recorded_refusals_.take(now)) {
    events_.note(EventCode::order_refused, static_cast<std::uint16_t>(order_answer_.refusal),
                 order_answer_.sequence, clock(now));
    is_recorded = true;
  }
  if (is_recorded && !store(next, noted_before, now)) {
    order_answer_.result = OrderResult::not_ready;
    order_answer_.value = 0;
  }
  poll(now);
  return order_answer_;
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
          .price = account.tariff().price,
          .tariff_version = account.tariff().version,
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
