// SPDX-License-Identifier: Apache-2.0
#include "meter/card/exchange.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "card/terminal.hpp"
#include "crypto/secret.hpp"

namespace lk::card {
namespace {

using quantity::Instant;

constexpr std::size_t proof_bytes = 32;

constexpr bool binds(Purpose purpose) {
  return purpose == Purpose::open_account || purpose == Purpose::replacement;
}

constexpr bool is_for_service(Purpose purpose) {
  return purpose == Purpose::preset || purpose == Purpose::parameter || purpose == Purpose::clear;
}

constexpr bool is_section(const Item& item, ItemResult result) {
  return item.type == ItemType::token && (result == 2 || result == 3 || result == 17 || result == 18);
}

}  // namespace

void Exchange::begin(std::uint64_t serial) {
  step_ = Step::select;
  outcome_ = Outcome::done;
  serial_ = serial;
  channel_.reset();
  load_ = {};
  load_read_ = load_bytes_ = 0;
  done_count_ = 0;
  results_ = {};
}

void Exchange::end(Outcome outcome) {
  step_ = Step::over;
  outcome_ = outcome;
  channel_.reset();
}

Command Exchange::command_of_step(Instant now) {
  switch (step_) {
    case Step::select:
      return select_command();
    case Step::about:
      return about_command();
    case Step::challenge:
      return {.ins = static_cast<std::uint8_t>(Instruction::get_challenge), .expected = 16};
    case Step::authenticate: {
      bytes::Writer to{statement_};
      to.copy(handshake_.of_terminal);
      to.copy(terminal_cryptogram(key_of_card(holder_.card_key(), Role::meter, serial_), handshake_));
      return {.ins = static_cast<std::uint8_t>(Instruction::authenticate),
              .p2 = static_cast<std::uint8_t>(Role::meter),
              .data = std::span{statement_}.first(proof_bytes),
              .expected = 16};
    }
    case Step::load_begin:
    case Step::load_rest: {
      const std::size_t left = step_ == Step::load_begin ? piece_bytes : load_bytes_ - load_read_;
      return read_command(File::load, load_read_, std::min(left, piece_bytes));
    }
    case Step::last_statement:
      return read_command(File::statement, 0, statement_bytes);
    case Step::statement:
      make_statement(now);
      return write_command(File::statement, 0, statement_);
    case Step::collect:
      make_statement(now);
      return {.ins = static_cast<std::uint8_t>(Instruction::append_record),
              .p2 = static_cast<std::uint8_t>(static_cast<unsigned>(File::collected) << 3U),
              .data = statement_};
    case Step::working:
    case Step::over:
      break;
  }
  ensure(false);
  return {};
}

std::optional<std::span<const std::byte>> Exchange::next(std::span<std::byte, command_max_bytes> room,
                                                         Instant now) {
  if (step_ == Step::working || step_ == Step::over) return std::nullopt;
  const Command command = command_of_step(now);
  return channel_ ? channel_->seal(command, room) : encode(command, room);
}

void Exchange::take(std::span<const std::byte> bytes, Instant) {
  if (step_ == Step::working || step_ == Step::over) return;
  auto response = decode_response(bytes);
  if (!response) return end(Outcome::disturbed);
  if (channel_ && response->is(Status::done)) {
    response = channel_->open(*response, data_);
    if (!response) return end(Outcome::disturbed);
  }
  if (!response->is(Status::done)) {
    const bool is_early = step_ == Step::select || step_ == Step::about;
    return end(is_early                      ? Outcome::foreign
               : step_ == Step::authenticate ? Outcome::unconvinced
                                             : Outcome::disturbed);
  }
  switch (step_) {
    case Step::select:
      step_ = Step::about;
      return;
    case Step::about:
      return take_about(response->data);
    case Step::challenge:
      if (response->data.size() != handshake_.of_card.size()) return end(Outcome::disturbed);
      handshake_ = {.role = Role::meter, .serial = serial_, .of_terminal = holder_.card_challenge()};
      std::ranges::copy(response->data, handshake_.of_card.begin());
      step_ = Step::authenticate;
      return;
    case Step::authenticate:
      return take_proof(response->data);
    case Step::load_begin:
    case Step::load_rest:
      return take_load(response->data);
    case Step::last_statement:
      return take_last_statement(response->data);
    case Step::statement:
    case Step::collect:
      return end(outcome_);
    case Step::working:
    case Step::over:
      return;
  }
}

void Exchange::take_about(std::span<const std::byte> data) {
  const auto about = decode_about(data);
  if (!about || about->serial != serial_) return end(Outcome::foreign);
  about_ = *about;
  if (about_.kind == Kind::blank) return end(Outcome::blank);
  if (about_.kind == Kind::query) {
    step_ = Step::collect;
    return;
  }
  if (about_.meter != holder_.card_meter_number()) return end(Outcome::other_meter);
  step_ = Step::challenge;
}

void Exchange::take_proof(std::span<const std::byte> data) {
  const Key key = key_of_card(holder_.card_key(), Role::meter, serial_);
  if (!crypto::equal_in_constant_time(data, card_cryptogram(key, handshake_))) return end(Outcome::forged);
  channel_.emplace(session_keys(key, handshake_));
  step_ = Step::load_begin;
}

void Exchange::take_load(std::span<const std::byte> data) {
  const bool is_first = step_ == Step::load_begin;
  const std::size_t wanted = is_first ? piece_bytes : std::min(piece_bytes, load_bytes_ - load_read_);
  if (data.size() != wanted) return end(Outcome::disturbed);
  std::ranges::copy(data, load_room_.begin() + static_cast<std::ptrdiff_t>(load_read_));
  load_read_ += data.size();
  if (is_first) {
    const bool is_empty = data[0] == std::byte{0};
    const auto size = load_size(data);
    if (!is_empty && !size) return end(Outcome::damaged);
    load_bytes_ = size.value_or(0);
  }
  step_ = load_read_ < load_bytes_ ? Step::load_rest : Step::last_statement;
}

void Exchange::take_last_statement(std::span<const std::byte> data) {
  const auto last = decode_statement(data);
  next_ = holder_.card_memory();
  if (load_bytes_ != 0) {
    const auto load = decode_load(std::span{load_room_}.first(load_bytes_));
    if (!load) return end(Outcome::damaged);
    load_ = *load;
    if (load_.meter != about_.meter) return end(Outcome::other_meter);
  }
  const Outcome refusal = judge_card();
  if (refusal != Outcome::done) return end(refusal);
  resume(last.value_or(Statement{}));
}

// Whether this card may bring this load to a meter that remembers what it does.
Outcome Exchange::judge_card() const {
  const bool is_own = next_.bound == serial_;
  if (about_.kind == Kind::service) {
    if (load_bytes_ == 0) return Outcome::done;
    if (!is_for_service(load_.purpose)) return Outcome::not_allowed;
    const bool is_late = load_.purpose == Purpose::preset && next_.bound != 0;
    return is_late ? Outcome::not_allowed : Outcome::done;
  }
  if (load_bytes_ != 0 && load_.purpose == Purpose::preset) return Outcome::not_allowed;
  if (is_own) return Outcome::done;
  if (load_bytes_ == 0 || !binds(load_.purpose)) {
    return next_.bound == 0 ? Outcome::not_opened : Outcome::other_card;
  }
  if (load_.purpose == Purpose::replacement && next_.bound == 0) return Outcome::not_opened;
  if (load_.purpose == Purpose::open_account && next_.bound != 0) return Outcome::other_card;
  // A card that was replaced before it ever came must not come back.
  return load_.issue > next_.issue ? Outcome::done : Outcome::other_card;
}

// Where to go on: behind the mark of the meter, or what the card itself was told last.
void Exchange::resume(const Statement& on_card) {
  if (load_bytes_ == 0) {
    const Mark& mark = next_.mark_of(serial_);
    if (mark.serial == serial_) {
      load_.number = mark.load;
      done_count_ = mark.done_count;
      results_ = mark.results;
    }
    step_ = Step::statement;
    return;
  }
  if (next_.bound != serial_ && about_.kind == Kind::user) {
    next_.bound = serial_;
    next_.issue = load_.issue;
    next_.own = {};
  }
  Mark& mark = next_.mark_of(serial_);
  const bool is_known = mark.serial == serial_;
  if (is_known && mark.load > load_.number) return end(Outcome::stale);
  if (!is_known || mark.load != load_.number) {
    mark = {.serial = serial_, .load = load_.number};
    const bool was_told =
        on_card.load == load_.number && on_card.serial == serial_ && on_card.meter == about_.meter;
    if (was_told) {
      mark.done_count = on_card.done_count;
      mark.results = on_card.results;
    }
  }
  if (mark.done_count > load_.item_count) return end(Outcome::damaged);
  // The sections of a key change are together in the meter's memory of a moment only: after a power cut all
  // of them are given again, which is harmless.
  while (mark.done_count > 0 &&
         is_section(load_.items[mark.done_count - 1U], mark.results[mark.done_count - 1U])) {
    mark.results[--mark.done_count] = 0;
  }
  done_count_ = mark.done_count;
  results_ = mark.results;
  step_ = Step::working;
}

void Exchange::refuse_for_now(ItemResult result, Outcome outcome) {
  if (done_count_ < item_max) results_[done_count_] = result;
  outcome_ = outcome;
  step_ = Step::statement;
}

void Exchange::work(Instant now) {
  ensure(step_ == Step::working);
  constexpr ItemResult over_limit = 4;  // sts::TokenResult::overflow
  if (done_count_ == load_.item_count) {
    if (next_ != holder_.card_memory() && !holder_.keep_card_memory(next_, now)) {
      outcome_ = Outcome::not_ready;
    }
    step_ = Step::statement;
    return;
  }
  const Item& item = load_.items[done_count_];
  const bool is_token = item.type == ItemType::token;
  const auto characters = is_token ? token_characters(item.bytes) : std::nullopt;
  const Holder::Taken taken = characters ? holder_.take_card_token(*characters, next_, serial_, now)
                                         : holder_.take_card_order(item.bytes, next_, serial_, now);
  if (!taken.is_final) {
    const bool is_full = is_token && taken.result == over_limit;
    return refuse_for_now(taken.result, is_full ? Outcome::over_limit : Outcome::not_ready);
  }
  next_ = holder_.card_memory();
  const Mark& mark = next_.mark_of(serial_);
  ensure(mark.done_count == done_count_ + 1);
  done_count_ = mark.done_count;
  results_ = mark.results;
  if (!is_good(item.type, taken.result)) outcome_ = Outcome::item_refused;
}

void Exchange::make_statement(Instant now) {
  Statement statement = holder_.card_statement(now);
  statement.serial = serial_;
  statement.load = load_.number;
  statement.done_count = done_count_;
  statement.results = results_;
  statement_ = seal(statement, holder_.card_key());
}

}  // namespace lk::card
