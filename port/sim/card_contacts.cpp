// SPDX-License-Identifier: Apache-2.0
#include "port/sim/card_contacts.hpp"

#include <algorithm>

#include "bytes/bytes.hpp"

namespace lk::sim {
namespace {

constexpr std::int64_t character_us = 1250;  // 12 etu of 372 clocks at 3.57 MHz
constexpr std::int64_t answer_delay_us = 2000;
constexpr std::int64_t us_per_ms = 1000;

}  // namespace

void CardContacts::put(Content content) {
  pull();
  content_ = content;
}

void CardContacts::insert(card::OperatingSystem& card) {
  put(Content::card);
  card_ = &card;
}

void CardContacts::insert_foreign(std::span<const std::byte> answer_to_reset) {
  put(Content::foreign);
  foreign_bytes_ = std::min(answer_to_reset.size(), foreign_answer_.size());
  std::copy_n(answer_to_reset.begin(), foreign_bytes_, foreign_answer_.begin());
}

void CardContacts::pull() {
  content_ = Content::nothing;
  card_ = nullptr;
  to_card_.clear();
  to_reader_.clear();
  left_ = never;
}

void CardContacts::set(port::CardContact contact, bool is_on) {
  const bool was_running = has_supply_ && has_clock_ && is_reset_high_;
  switch (contact) {
    case port::CardContact::supply:
      has_supply_ = is_on;
      break;
    case port::CardContact::clock:
      has_clock_ = is_on;
      break;
    case port::CardContact::reset:
      is_reset_high_ = is_on;
      break;
  }
  const bool is_running = has_supply_ && has_clock_ && is_reset_high_;
  if (!is_running) {
    to_card_.clear();
    to_reader_.clear();
  }
  if (is_running && !was_running) reset_card();
}

void CardContacts::reset_card() {
  free_at_us_ = now_us_ + answer_delay_us;
  if (content_ == Content::foreign) {
    line_.reset(std::span{foreign_answer_}.first(foreign_bytes_));
  } else if (content_ == Content::card) {
    card::Challenge entropy{};
    bytes::Writer to{entropy};
    to.big(seed_);
    to.big(++reset_count_);
    if (!card_->reset(entropy)) return;  // a dead chip says nothing
    line_.reset(card_->answer_to_reset());
  } else {
    return;
  }
  let_card_speak(free_at_us_);
}

std::span<const std::byte> CardContacts::serve(std::span<const std::byte> command,
                                               std::span<std::byte, card::response_max_bytes> room) {
  if (card_ != nullptr) return card_->serve(command, room);
  room[0] = std::byte{0x6E};
  room[1] = std::byte{0x00};
  return room.first(2);
}

void CardContacts::let_card_speak(std::int64_t from_us) {
  free_at_us_ = std::max(free_at_us_, from_us);
  while (const auto said = line_.next()) {
    free_at_us_ += character_us;
    to_reader_.push_back({*said, free_at_us_});
  }
}

bool CardContacts::count_character() {
  if (left_ == 0) {
    pull();
    return false;
  }
  ++character_count_;
  if (left_ != never) --left_;
  return true;
}

void CardContacts::send(std::byte character) {
  free_at_us_ = std::max(free_at_us_, now_us_) + character_us;
  to_card_.push_back({character, free_at_us_});
}

void CardContacts::advance(quantity::Instant now) {
  now_us_ = now.unix_ms() * us_per_ms;
  const bool answers = content_ == Content::card || content_ == Content::foreign;
  while (!to_card_.empty() && to_card_.front().at_us <= now_us_) {
    const Character sent = to_card_.front();
    to_card_.pop_front();
    if (!count_character()) return;
    if (!answers) continue;
    line_.receive(sent.value);
    let_card_speak(sent.at_us);
  }
}

std::optional<std::byte> CardContacts::receive() {
  if (to_reader_.empty() || to_reader_.front().at_us > now_us_) return std::nullopt;
  const std::byte value = to_reader_.front().value;
  to_reader_.pop_front();
  if (!count_character()) return std::nullopt;
  return value;
}

}  // namespace lk::sim
