// SPDX-License-Identifier: Apache-2.0
// What befalls a meter at its keypad and in its case.
#include <algorithm>

#include "sim/campaign/life.hpp"
#include "sts/amount.hpp"

namespace lk::sim {
namespace {

using quantity::Money;
using sts::TokenResult;

constexpr quantity::Duration settled = quantity::seconds(5);

}  // namespace

void Life::act() {
  switch (below(24)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return buy();
    case 5:
      return type_again();
    case 6:
      return type_wrong();
    case 7:
    case 8:
    case 9:
      return give_order();
    case 10:
      return replay_order();
    case 11:
      return step_clock();
    case 12:
      return below(4) == 0 ? change_mode() : take_credit_away();
    case 13:
      return replace_tariff();
    case 14:
    case 15:
      return set_parameter();
    case 16:
      return press_keys();
    case 17:
      if (plan_.has_faults && below(4) == 0) return trouble_relay();
      return;
    case 18:
      if (plan_.has_faults && below(4) == 0) return refuse_reads();
      if (plan_.has_faults && below(8) == 0) return below(4) == 0 ? wear() : damage();
      return;
    case 19:
      if (plan_.cuts > figures_.cuts && below(8) == 0) return cut_every_write();
      return;
    case 20:
      return tamper();
    case 21:
      doing_ = "power off and on";
      power_off();
      return power_on();
    default:
      doing_ = "waiting";
      settle(settled);
      return;
  }
}

SoldToken Life::token_for(std::uint64_t amount) {
  const std::uint32_t tid = next_tid();
  if (plant_.book.ledger().dealt.mode.unit == credit::Unit::energy) {
    constexpr std::int64_t counts_per_tenth = quantity::money_per_unit / 10;
    const auto field = value_of(sts::encode_units(1 + amount / counts_per_tenth));
    return {sts::encode(sts::UnitCredit{0, static_cast<std::uint8_t>(below(16)), tid, field}, key_), tid,
            Money::of(sts::decode_units(field) * counts_per_tenth)};
  }
  const auto field = value_of(sts::encode_currency(Money::of(static_cast<std::int64_t>(amount))));
  return {sts::encode(sts::CurrencyCredit{4, tid, field}, key_), tid,
          value_of(sts::to_money(sts::decode_currency(field)))};
}

void Life::enter(const SoldToken& token) {
  plant_.book.offer(token);
  const meter::TokenAnswer answer = meter_now().enter_token(token.digits, plant_.now);
  if (answer.result == TokenResult::accept) {
    ++figures_.tokens;
    return plant_.book.accepted(meter_now().state());
  }
  if (!has_power()) return;
  // A write that failed may still stand after a start.
  if (answer.result == TokenResult::not_ready) {
    power_off();
    return power_on();
  }
  plant_.book.refused();
  const bool is_above_ceiling =
      answer.result == TokenResult::overflow && meter_now().state().account.rules().ceiling > Money{};
  if (!is_above_ceiling && answer.result != TokenResult::locked_out)
    throw Broken("a good token was refused: " + std::to_string(static_cast<int>(answer.result)));
}

void Life::buy() {
  doing_ = "purchase";
  enter(token_for(1 + below(3'000'000)));
}

void Life::take_credit_away() {
  doing_ = "clear credit";
  constexpr std::uint16_t all = 0xFFFF;
  const std::uint32_t tid = next_tid();
  const sts::Management token{1, static_cast<std::uint8_t>(below(16)), tid, all};
  enter({sts::encode(token, key_), tid, Money{}, SoldToken::Kind::clear_credit});
}

void Life::type_again() {
  doing_ = "token typed again";
  const auto& sold = plant_.book.sold();
  if (sold.empty()) return;
  const SoldToken token = sold[below(sold.size())];
  const meter::TokenAnswer answer = meter_now().enter_token(token.digits, plant_.now);
  if (answer.result == TokenResult::accept) throw Broken("a token was accepted twice");
  if (has_power() && answer.result != TokenResult::used && answer.result != TokenResult::old &&
      answer.result != TokenResult::locked_out && answer.result != TokenResult::not_ready) {
    throw Broken("a used token was called " + std::to_string(static_cast<int>(answer.result)));
  }
  ++figures_.tokens_again;
}

void Life::type_wrong() {
  doing_ = "mistyped token";
  sts::Digits digits = token_for(100'000).digits;
  char& digit = digits[below(digits.size())];
  digit = static_cast<char>('0' + (digit - '0' + 1 + static_cast<char>(below(9))) % 10);
  if (meter_now().enter_token(digits, plant_.now).result == TokenResult::accept)
    throw Broken("a mistyped token was accepted");
}

// The user's own keys: what they may change is the reminder, a supply that waits for a hand, and the
// emergency credit.
void Life::press_keys() {
  doing_ = "keys";
  if (below(2) == 0) {
    (void)meter_now().take_emergency(plant_.now);
  } else {
    (void)meter_now().press_key(plant_.now);
  }
  settle(settled);
}

void Life::trouble_relay() {
  doing_ = "relay that does not obey";
  ++figures_.relay_faults;
  settle(settled);
  if (!has_power()) return;
  const bool was_held = plant_.book.ledger().dealt.is_held;
  const bool was_closed = plant_.relay.contact() == port::Contact::closed;
  // What a fault of the kind resists: welded contacts an opening, a dead coil both.
  plant_.relay.set_fault(was_closed && below(2) == 0 ? RelayFault::welded : RelayFault::coil_open);
  const auto toggle = [&](bool hold) {
    if (hold) return (void)send(order::Open{});
    (void)send(order::Close{});
  };
  toggle(!was_held);
  settle(quantity::seconds(20));
  if (has_power()) {
    const meter::State& seen = meter_now().state();
    const bool is_closed = plant_.relay.contact() == port::Contact::closed;
    const bool follows = is_closed == (supply::wanted_by(seen.reasons, seen.hold) == port::Contact::closed);
    const bool told =
        (meter_now().snapshot(plant_.now).alarms & dictionary::alarm_relay_does_not_follow) != 0;
    if (follows == told) throw Broken("the fault of the relay is not told, or told without reason");
  }
  plant_.relay.set_fault(RelayFault::none);
  if (has_power()) toggle(was_held);
  if (has_power()) toggle(!was_held);
  settle(settled);
  // Where another reason held it open all the while, it is not tried again: the fault is still told.
  judge_relay();
}

// A magnet that is to trip the supply: it does, it is told, a power cut does not end it, an order does.
void Life::tamper() {
  doing_ = "magnet";
  constexpr auto magnet = static_cast<std::uint16_t>(guard::ConditionId::magnetic_field);
  constexpr auto reason = static_cast<std::uint16_t>(guard::TripReason::tamper);
  const auto& action = dictionary::row(dictionary::Id::condition_action);
  const auto& delay = dictionary::row(dictionary::Id::trip_restore_delay);
  const auto& end_delay = dictionary::row(dictionary::Id::condition_end_delay);
  constexpr std::int64_t day_s = 86'400;
  constexpr std::int64_t second_ms = 1000;
  const order::SetParameters trips{
      3,
      {{{action.address_of(magnet), static_cast<std::int64_t>(guard::Action::trip)},
        {delay.address_of(reason), day_s},
        {end_delay.address_of(magnet), second_ms}}}};
  if (!send(trips, std::nullopt, true)) return;
  const auto is_held = [this] { return meter_now().state().reasons.has(supply::Reason::tamper); };
  const std::int64_t patience_s =
      meter_now().settings().get(dictionary::Id::condition_delay, magnet) / 1000 + 2;
  if (patience_s > 600) return;
  ++figures_.tampers;
  meter_now().sense({.magnetic_field = true}, plant_.now);
  settle(quantity::seconds(patience_s));
  if (!has_power()) return;
  if (!is_held()) throw Broken("a magnet was not found");
  if (below(2) == 0) {
    lose_power();
    if (!is_held()) throw Broken("a power cut has ended a trip");
  }
  meter_now().sense({}, plant_.now);
  settle(settled);
  judge_relay();
  if (!has_power() || !send(order::ReleaseLimit{})) return;
  if (is_held()) throw Broken("an order has not ended a trip");
  settle(settled);
  judge_relay();
}

// A bit turns over while the power is away.
void Life::damage() {
  doing_ = "flipped bit";
  power_off();
  SimFlash& flash = below(3) == 0 ? plant_.records : plant_.vault;
  flash.flip(static_cast<std::uint32_t>(below(flash.bytes().size() * 8)));
  plant_.has_lost = true;
  plant_.watch.went_back();
  ++figures_.flips;
  power_on();
}

// A cell of a flash stays what it is.
void Life::wear() {
  doing_ = "worn cell";
  if (figures_.worn >= 3) return;
  power_off();
  SimFlash& flash = below(2) == 0 ? plant_.vault : plant_.records;
  flash.stick(static_cast<std::uint32_t>(below(flash.bytes().size() * 8)), below(2) == 0);
  plant_.has_lost = true;
  plant_.watch.went_back();
  ++figures_.worn;
  power_on();
}

// A flash does not answer for a while, from some read on: while the meter runs, or at its start. Then it
// waits for the memory, and has all of it.
void Life::refuse_reads() {
  doing_ = "reads refused";
  constexpr quantity::Duration while_refused = quantity::seconds(2);
  constexpr quantity::Duration records_wait = quantity::seconds(65);
  ++figures_.bus_faults;
  SimFlash& flash = below(3) == 0 ? plant_.records : plant_.vault;
  const auto count = static_cast<std::uint32_t>(1 + below(below(2) == 0 ? 5 : 100'000));
  const auto after = static_cast<std::uint32_t>(below(1200));
  if (below(2) == 0) {
    flash.fail_reads(count, after);
    buy();
    flash.fail_reads(0);
    return;
  }
  power_off();
  flash.fail_reads(count, after);
  start_meter();
  settle(while_refused);
  flash.fail_reads(0);
  settle(records_wait);
  if (has_power()) judge_start();
}

}  // namespace lk::sim
