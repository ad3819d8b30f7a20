// SPDX-License-Identifier: Apache-2.0
// What comes in from outside: tokens, sealed orders, the user's key. Each changes a copy, which is stored
// with its events before anybody is told and before anything switches.
#include <algorithm>

#include "meter/core/meter.hpp"
#include "sts/digits.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::OrderResult;
using quantity::Instant;
using sts::TokenResult;

// Detail of the event of an accepted token: 0 for credit, else 512 and the sub-class of class 2.
std::uint16_t event_detail(const tokens::Outcome& outcome) {
  return static_cast<std::uint16_t>(outcome.kind == tokens::Kind::credit ? 0 : 0x200U | outcome.sub_class);
}

}  // namespace

// The product's rules, as far as its tariff and its phases go: one phase is never out of balance.
tokens::Rules Meter::token_rules() const {
  constexpr std::uint64_t unbalance_test = 1ULL << 10U;
  tokens::Rules rules = configuration_.tokens;
  rules.functions &= static_cast<tokens::Functions>(~tokens::phase_unbalance);
  rules.tests &= ~unbalance_test;
  rules.tariff_rate_max = std::min<std::uint16_t>(rules.tariff_rate_max, sets_.current.rate_count);
  return rules;
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
  const auto [answer, outcome, cleared] = meter::enter_token(next, assembly, characters, token_rules(), now);
  token_answer_ = answer;
  test_request_ = outcome.tests;
  const bool is_done = outcome.changes_state();
  if (answer.result == TokenResult::crc) (void)wrong_tokens_.take(now);
  if (is_done) wrong_tokens_.refill();
  // On the memory before the answer: taking the power away gives no new guesses.
  next.tokens.wrong_entries = static_cast<std::uint8_t>(wrong_tokens_.used());
  const bool counts = answer.result == TokenResult::crc;
  bool is_recorded = is_done;
  if (is_done) {
    constexpr std::uint16_t credit_cleared = 2;
    if (cleared != quantity::Money{}) {
      events_.note(EventCode::credit_returned, credit_cleared, cleared.count(), clock(now));
    }
    events_.note(EventCode::token_accepted, event_detail(outcome), answer.amount.count(), clock(now));
    if (next.tokens.settings.tariff_rate != state_.tokens.settings.tariff_rate) {
      events_.note(EventCode::tariff_changed, static_cast<std::uint16_t>(sets_.current.version),
                   next.account.priced_energy().count(), clock(now));
      next.freeze.is_tariff_new = true;
    }
    if (configuration_.credit_controlled) {
      const credit::Judgement judged = next.account.judge(local_, now);
      next.reasons.set(supply::Reason::credit, judged.verdict == credit::Verdict::exhausted);
    }
  } else if (answer.result != TokenResult::accept) {
    is_recorded = recorded_refusals_.take(now);
    if (is_recorded && outcome.kind != tokens::Kind::key_section) {
      events_.note(EventCode::token_refused, static_cast<std::uint16_t>(answer.result), 0, clock(now));
    }
  }
  const bool is_lasting = answer.result != TokenResult::overflow && answer.result != TokenResult::not_ready;
  is_recorded = note_card_item(static_cast<card::ItemResult>(answer.result), is_lasting) || is_recorded;
  if (!is_recorded && counts) {
    if (!store(next, noted_before, now)) token_answer_.result = TokenResult::not_ready;
  } else if (!is_recorded) {
    state_.last_token = answer;
    assembly_ = assembly;
  } else {
    const tokens::LogEntry entry{.number = ++next.tokens.entry_count,
                                 .time_s = clock_s(now),
                                 .characters = answer.characters,
                                 .result = answer.result,
                                 .token_identifier = answer.token_identifier,
                                 .amount = answer.amount};
    if (store(next, noted_before, now, {.entry = &entry})) {
      assembly_ = assembly;
      sets_.only_rate = only_rate();
      if (guard().latch_states() != state_.trips) guard().restore(state_.trips, now);
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
  Settings settings = settings_;
  OrderEffects effects;
  const std::size_t noted_before = events_.noted_count();
  const Instant clock_before = clock(now);
  OrderAnswer answer = meter::enter_order({next, settings, receiver_, sets_, events_, only_parity()}, effects,
                                          order, {meter_number_, configuration_.order_key}, now);
  const bool is_refused = answer.result == OrderResult::refused;
  const std::uint16_t refusal = is_refused ? recorded_refusal(answer) : std::uint16_t{0};
  const auto card_result =
      card::order_item_result(static_cast<std::uint16_t>(answer.result), static_cast<std::uint8_t>(refusal));
  const bool is_card_item = note_card_item(card_result, true);
  if (answer.result == OrderResult::done) {
    if (store_order(next, settings, effects, noted_before, now)) {
      let_order_take_effect(settings, effects, now);
      if (effects.has_clock) records_of_clock_step(clock_before, now);
    } else {
      answer.result = OrderResult::not_ready;
      answer.value = 0;
    }
  } else if (answer.result == OrderResult::refused && recorded_refusals_.take(now)) {
    events_.note(EventCode::order_refused, refusal, answer.sequence, clock(now));
    if (!store(state_, noted_before, now)) {
      answer.result = OrderResult::not_ready;
      answer.value = 0;
    }
  } else if (is_card_item && !store(state_, noted_before, now)) {
    answer.result = OrderResult::not_ready;
    answer.value = 0;
  }
  poll(now);
  // Bytes that nobody proved to be an order must not hide what became of the order whose number they bear.
  const bool is_known =
      order_answer_.result != OrderResult::none && order_answer_.sequence == answer.sequence;
  const bool hides = is_known && answer.result != OrderResult::done &&
                     answer.result != OrderResult::already_done && is_unproven(answer.refusal);
  if (!hides) order_answer_ = answer;
  return answer;
}

// For the record only: on the wire a replay looks like any refusal.
std::uint16_t Meter::recorded_refusal(const OrderAnswer& answer) const {
  const bool is_replay = answer.refusal == order::Refusal::stale &&
                         answer.sequence < state_.last_order.sequence && was_done(answer.sequence);
  return is_replay ? static_cast<std::uint16_t>(dictionary::OrderRefusal::replayed)
                   : static_cast<std::uint16_t>(answer.refusal);
}

// Whether the record of programming, or the newest events, say that an order of this sequence was done.
bool Meter::was_done(std::uint32_t sequence) const {
  const auto tells_it = [sequence](const records::Event& event) {
    return event.code == EventCode::order_done && event.value == sequence;
  };
  for (std::size_t slot = 0; slot < records::slot_count; ++slot) {
    if (tells_it(events_.at_slot(slot))) return true;
  }
  if (!archive_.is_present()) return false;
  const records::Ring& log = archive_.ring(records::Log::programming);
  records::StoredEvent stored{};
  for (std::uint32_t number = log.first(); number < log.next(); ++number) {
    if (log.read(number, stored) && tells_it(records::decode(stored))) return true;
  }
  return false;
}

bool Meter::store_order(const State& next, const Settings& settings, const OrderEffects& effects,
                        std::size_t noted_to_keep, Instant now) {
  StateStore::Extra extra;
  if (effects.has_settings) extra.settings = &settings;
  if (effects.has_spare_set) {
    extra.set = &sets_.spare;
    extra.set_slot = next.tariff.spare_slot;
  }
  extra.chunk = effects.chunk.view();
  extra.chunk_version = effects.chunk.version;
  extra.chunk_index = effects.chunk.index;
  const bool is_stored = store(next, noted_to_keep, now, extra);
  if (!is_stored && effects.has_spare_set) load_spare();
  return is_stored;
}

void Meter::let_order_take_effect(const Settings& settings, const OrderEffects& effects, Instant now) {
  if (effects.has_settings) {
    const bool is_other = is_other_guard(settings_, settings);
    settings_ = settings;
    apply_settings();
    if (is_other) make_guard(now);
  }
  if (effects.has_flat_price) load_flat_tariff();
  if (limiter_.stored() != state_.limit) limiter_.restore(state_.limit, now);
  if (guard().latch_states() != state_.trips) guard().restore(state_.trips, now);
}

KeyResult Meter::press_key(Instant now) {
  poll(now);
  State next = state_;
  const bool may_close = next.hold.waits_for_hand && supply::effective(next.reasons, next.hold).none();
  const bool was_reminding = next.account.end_reminder();
  if (!was_reminding && !may_close) return KeyResult::nothing;
  if (may_close) next.hold.waits_for_hand = false;
  if (was_reminding) next.reasons.set(supply::Reason::reminder, false);
  if (!store(next, events_.noted_count(), now)) return KeyResult::not_ready;
  poll(now);
  return was_reminding ? KeyResult::reminder_ended : KeyResult::closed;
}

links::Written Meter::take_emergency() {
  switch (take_emergency(now_)) {
    case KeyResult::emergency:
      return links::Written::done;
    case KeyResult::not_ready:
      return links::Written::not_ready;
    default:
      return links::Written::not_allowed;
  }
}

KeyResult Meter::take_emergency(Instant now) {
  poll(now);
  State next = state_;
  if (!next.account.take_emergency()) return KeyResult::nothing;
  const std::size_t noted_before = events_.noted_count();
  events_.note(EventCode::emergency_taken, 0, next.account.balance().count(), clock(now));
  if (!store(next, noted_before, now)) return KeyResult::not_ready;
  poll(now);
  return KeyResult::emergency;
}

}  // namespace lk::meter
