// SPDX-License-Identifier: Apache-2.0
#include "meter/card/slot.hpp"

namespace lk::card {
namespace {

using port::CardContact;
using quantity::Duration;
using quantity::Instant;

constexpr Duration settle_time = quantity::milliseconds(100);  // of the switch
constexpr Duration first_answer_time =
    quantity::milliseconds(100);                             // the standard has 11 ms, and a poll's time
constexpr Duration pause_time = quantity::milliseconds(50);  // without power, before another attempt
constexpr Duration longest_talk = quantity::seconds(30);
constexpr Duration soon = quantity::milliseconds(1);
constexpr Duration look_time = quantity::milliseconds(50);  // at the switch
constexpr std::uint8_t attempts = 3;

}  // namespace

void Slot::enter(Phase phase, Instant now) {
  phase_ = phase;
  since_ = now;
}

Instant Slot::poll(Instant now) {
  const bool is_inserted = contacts_.is_inserted();
  if (!is_inserted && phase_ != Phase::empty) {
    const bool was_talking = phase_ == Phase::talking;
    deactivate();
    if (was_talking) {
      last_ = Outcome::pulled;
      holder_.tell_card(Outcome::pulled, exchange_.purpose(), exchange_.serial(), now);
    }
    enter(Phase::empty, now);
  }
  const bool has_supply = phase_ == Phase::powering || phase_ == Phase::answering || phase_ == Phase::talking;
  if (has_supply && contacts_.is_overloaded()) finish(Outcome::metal, now);
  switch (phase_) {
    case Phase::empty:
      if (is_inserted) {
        attempt_ = 0;
        last_.reset();
        enter(Phase::settling, now);
      }
      break;
    case Phase::settling:
      if (now - since_ < settle_time) break;
      contact_step_ = 0;
      enter(Phase::powering, now);
      break;
    case Phase::powering:
      activate_step(now);
      break;
    case Phase::answering:
      listen_to_answer(now);
      break;
    case Phase::talking:
      talk(now);
      break;
    case Phase::pausing:
      if (now - since_ < pause_time) break;
      contact_step_ = 0;
      enter(Phase::powering, now);
      break;
    case Phase::resting:
      break;
  }
  return now + (is_busy() ? soon : look_time);
}

// ISO 7816-3, 6.2: reset low, supply, clock; and after 400 clocks and more, reset high.
void Slot::activate_step(Instant now) {
  switch (contact_step_++) {
    case 0:
      contacts_.set(CardContact::reset, false);
      contacts_.set(CardContact::supply, true);
      return;
    case 1:
      contacts_.set(CardContact::clock, true);
      since_ = now;
      return;
    default:
      if (now - since_ < soon) return;
      contacts_.set(CardContact::reset, true);
      answer_bytes_ = 0;
      heard_at_ = now;
      return enter(Phase::answering, now);
  }
}

// 6.4: reset low, clock off, supply off.
void Slot::deactivate() {
  contacts_.set(CardContact::reset, false);
  contacts_.set(CardContact::clock, false);
  contacts_.set(CardContact::supply, false);
}

void Slot::listen_to_answer(Instant now) {
  while (const auto character = contacts_.receive()) {
    heard_at_ = now;
    answer_[answer_bytes_++] = *character;
    const auto size = atr_size(std::span{answer_}.first(answer_bytes_));
    if (size && *size <= answer_bytes_) return read_answer(now);
    if (answer_bytes_ == answer_.size() || (size && *size > answer_.size()))
      return try_again_or(Outcome::foreign, now);
  }
  if (now - heard_at_ > (answer_bytes_ == 0 ? first_answer_time : waiting_time)) {
    try_again_or(answer_bytes_ == 0 ? Outcome::mute : Outcome::disturbed, now);
  }
}

void Slot::read_answer(Instant now) {
  const auto atr = decode_atr(std::span{answer_}.first(answer_bytes_));
  if (!atr) return try_again_or(Outcome::foreign, now);
  const auto serial = own_serial(*atr);
  if (!serial) return finish(Outcome::foreign, now);
  exchange_.begin(*serial);
  line_ = {};
  enter(Phase::talking, now);
}

void Slot::talk(Instant now) {
  if (now - since_ > longest_talk) return finish(Outcome::disturbed, now);
  if (exchange_.is_working()) return exchange_.work(now);
  if (exchange_.is_over()) return finish(exchange_.outcome(), now);
  if (line_.state() == T0Reader::State::idle || line_.state() == T0Reader::State::done) {
    std::array<std::byte, command_max_bytes> room{};
    if (const auto command = exchange_.next(room, now)) line_.begin(*command, now);
  }
  pump(now);
  switch (line_.poll(now)) {
    case T0Reader::State::idle:
    case T0Reader::State::busy:
      return;
    case T0Reader::State::done:
      return exchange_.take(line_.response(), now);
    case T0Reader::State::silent:
    case T0Reader::State::disturbed:
      return finish(Outcome::disturbed, now);
  }
}

// Characters to and fro, as many as the contacts take and have.
void Slot::pump(Instant now) {
  while (line_.state() == T0Reader::State::busy) {
    if (contacts_.can_send()) {
      if (const auto sent = line_.next(now)) {
        contacts_.send(*sent);
        continue;
      }
    }
    const auto heard = contacts_.receive();
    if (!heard) return;
    line_.receive(*heard, now);
  }
}

void Slot::try_again_or(Outcome outcome, Instant now) {
  if (++attempt_ >= attempts) return finish(outcome, now);
  deactivate();
  enter(Phase::pausing, now);
}

void Slot::finish(Outcome outcome, Instant now) {
  const bool is_known = phase_ == Phase::talking;
  deactivate();
  enter(Phase::resting, now);
  last_ = outcome;
  const std::uint64_t serial = is_known ? exchange_.serial() : 0;
  holder_.tell_card(outcome, is_known ? exchange_.purpose() : Purpose{}, serial, now);
}

}  // namespace lk::card
