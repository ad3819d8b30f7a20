// SPDX-License-Identifier: Apache-2.0
// What a card brings to the meter: tokens and orders by the ways of every link, each stored in one batch with
// the mark that it is done.
#include "bytes/bytes.hpp"
#include "crypto/cmac.hpp"
#include "meter/core/meter.hpp"
#include "order/refund.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::OrderResult;
using quantity::Instant;
using sts::TokenResult;

// Whether the card is at fault, and not the hand that pulled it or the meter.
bool counts_as_refused(card::Outcome outcome) {
  return outcome != card::Outcome::done && outcome != card::Outcome::pulled &&
         outcome != card::Outcome::over_limit && outcome != card::Outcome::not_ready;
}

}  // namespace

// The number of starts is on the memory before a card can be in, and is never given twice.
card::Challenge Meter::card_challenge() {
  std::array<std::byte, 8> text{};
  bytes::Writer to{text};
  to.big(state_.start_count);
  to.big(++card_challenge_count_);
  return crypto::cmac(card_key_, text);
}

// While an item of a card is taken: marks it done in what goes with the next record. False where there is no
// card, or the item is to be tried again.
bool Meter::note_card_item(card::ItemResult result, bool is_final) {
  if (!card_next_ || !is_final) return false;
  card_next_->note(card_serial_, result);
  is_card_noted_ = true;
  return true;
}

card::Holder::Taken Meter::take_card_token(std::span<const char, 20> characters, const card::Memory& next,
                                           std::uint64_t serial, Instant now) {
  card_next_ = next;
  card_serial_ = serial;
  const TokenAnswer answer = enter_token(characters, now);
  card_next_.reset();
  const bool is_final = answer.result != TokenResult::overflow && answer.result != TokenResult::not_ready &&
                        answer.result != TokenResult::locked_out;
  return {static_cast<card::ItemResult>(answer.result), is_final};
}

card::Holder::Taken Meter::take_card_order(std::span<const std::byte> order, const card::Memory& next,
                                           std::uint64_t serial, Instant now) {
  card_next_ = next;
  card_serial_ = serial;
  const OrderAnswer answer = enter_order(order, now);
  card_next_.reset();
  const auto refusal = static_cast<std::uint8_t>(answer.refusal);
  return {card::order_item_result(static_cast<std::uint16_t>(answer.result), refusal),
          answer.result != OrderResult::not_ready};
}

bool Meter::keep_card_memory(const card::Memory& next, Instant now) {
  card_next_ = next;
  is_card_noted_ = true;
  const bool is_stored = store(state_, events_.noted_count(), now);
  card_next_.reset();
  return is_stored;
}

card::Statement Meter::card_statement(Instant now) {
  poll(now);
  const Snapshot seen = snapshot(now);
  const credit::Refund& refund = state_.account.last_refund();
  order::RefundProof proof{};
  if (refund.sequence != 0) {
    proof = order::refund_proof(configuration_.order_key, meter_number_, refund.sequence, refund.amount);
  }
  return {.meter = meter_number_,
          .clock = seen.clock,
          .balance = seen.balance,
          .credited = seen.credited,
          .deducted = seen.deducted,
          .priced_energy = seen.priced_energy,
          .import_energy = seen.import_energy,
          .export_energy = seen.export_energy,
          .token_count = seen.token_count,
          .order_sequence = seen.order_sequence,
          .order_value = state_.order_value,
          .event_count = seen.event_count,
          .hold_reasons = seen.hold_reasons,
          .alarms = seen.alarms,
          .tariff_version = seen.tariff_version,
          .start_count = seen.start_count,
          .refused_count = card_memory_.refused_count,
          .refund = refund.amount,
          .refund_sequence = refund.sequence,
          .refund_proof = proof};
}

void Meter::tell_card(card::Outcome outcome, card::Purpose purpose, std::uint64_t serial, Instant now) {
  const bool is_done = outcome == card::Outcome::done;
  const auto value = static_cast<std::int64_t>(serial);
  if (is_done) {
    // The meter's own card is as good as its key: it ends a reminder, and closes what waits for a hand.
    if (serial == card_memory_.bound) (void)press_key(now);
    events_.note(EventCode::card_taken, static_cast<std::uint16_t>(purpose), value, clock(now));
    is_store_due_ = true;
  } else if (recorded_refusals_.take(now)) {
    events_.note(EventCode::card_refused, static_cast<std::uint16_t>(outcome), value, clock(now));
    is_store_due_ = true;
    if (counts_as_refused(outcome)) {
      card::Memory next = card_memory_;
      ++next.refused_count;
      (void)keep_card_memory(next, now);
    }
  }
  const std::uint8_t code = card::display_code(outcome);
  const std::array<char, 6> error{
      'E', 'r', 'r', '-', static_cast<char>('0' + code / 10), static_cast<char>('0' + code % 10)};
  panel_.tell(is_done ? std::string_view{"Good"} : std::string_view{error.data(), error.size()}, is_done,
              now);
  poll(now);
}

}  // namespace lk::meter
