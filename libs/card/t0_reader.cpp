// SPDX-License-Identifier: Apache-2.0
#include "card/t0_reader.hpp"

#include <algorithm>

#include "assert/assert.hpp"

namespace lk::card {
namespace {

using quantity::Instant;

constexpr std::uint8_t null_byte = 0x60;
constexpr std::uint8_t more_data = 0x61;
constexpr std::uint8_t wrong_expected = 0x6C;
constexpr std::uint8_t follow_ups_max = 8;  // of one command; a card that always has more is disturbed

}  // namespace

void T0Reader::begin(std::span<const std::byte> command, Instant now) {
  const Command parts = value_of(decode_command(command));
  std::ranges::copy(parts.data, data_.begin());
  data_bytes_ = parts.data.size();
  data_sent_ = sending_until_ = 0;
  expected_ = parts.expected;
  received_ = 0;
  follow_ups_ = 0;
  header_[0] = std::byte{parts.cla};
  const bool brings = data_bytes_ > 0;
  awaited_ = brings ? std::uint16_t{0} : expected_;
  send_header(parts.ins, parts.p1, parts.p2, static_cast<std::uint8_t>(brings ? data_bytes_ : expected_));
  state_ = State::busy;
  heard_at_ = now;
}

void T0Reader::send_header(std::uint8_t ins, std::uint8_t p1, std::uint8_t p2, std::uint8_t p3) {
  header_[1] = std::byte{ins};
  header_[2] = std::byte{p1};
  header_[3] = std::byte{p2};
  header_[4] = std::byte{p3};
  header_sent_ = 0;
  grant_ = 0;
  phase_ = Phase::sending;
}

std::optional<std::byte> T0Reader::next(Instant now) {
  if (state_ != State::busy || phase_ != Phase::sending) return std::nullopt;
  heard_at_ = now;  // the card's time begins when the last character is out
  std::byte character{};
  if (header_sent_ < header_.size()) {
    character = header_[header_sent_++];
    if (header_sent_ == header_.size()) phase_ = Phase::procedure;
  } else {
    character = data_[data_sent_++];
    if (data_sent_ == sending_until_) phase_ = Phase::procedure;
  }
  return character;
}

void T0Reader::receive(std::byte character, Instant now) {
  if (state_ != State::busy) return;
  heard_at_ = now;
  const auto value = std::to_integer<std::uint8_t>(character);
  switch (phase_) {
    case Phase::sending:
      return end(State::disturbed);  // the card speaks while it is spoken to
    case Phase::procedure:
      return take_procedure(value);
    case Phase::data:
      response_[received_++] = character;
      --awaited_;
      if (--grant_ == 0) phase_ = Phase::procedure;
      return;
    case Phase::second_status:
      return take_status(value);
  }
}

void T0Reader::take_procedure(std::uint8_t byte) {
  if (byte == null_byte) return;
  const auto ins = std::to_integer<std::uint8_t>(header_[1]);
  const bool all = byte == ins;
  if (all || byte == static_cast<std::uint8_t>(~ins)) {
    if (data_sent_ < data_bytes_) {
      sending_until_ = all ? data_bytes_ : data_sent_ + 1;
      phase_ = Phase::sending;
      return;
    }
    if (awaited_ == 0 || received_ + awaited_ > answer_max_bytes) return end(State::disturbed);
    grant_ = all ? awaited_ : std::uint16_t{1};
    phase_ = Phase::data;
    return;
  }
  if ((byte & 0xF0U) != 0x60 && (byte & 0xF0U) != 0x90) return end(State::disturbed);
  sw1_ = byte;
  phase_ = Phase::second_status;
}

void T0Reader::take_status(std::uint8_t sw2) {
  const bool may_follow = follow_ups_ < follow_ups_max;
  const auto wanted = static_cast<std::uint16_t>(sw2 == 0 ? answer_max_bytes : sw2);
  if (sw1_ == more_data && may_follow && received_ < answer_max_bytes) {
    ++follow_ups_;
    data_bytes_ = data_sent_ = 0;
    awaited_ = static_cast<std::uint16_t>(std::min<std::size_t>(wanted, answer_max_bytes - received_));
    header_[0] = std::byte{0};
    return send_header(static_cast<std::uint8_t>(Instruction::get_response), 0, 0,
                       static_cast<std::uint8_t>(awaited_));
  }
  if (sw1_ == wrong_expected && may_follow && data_bytes_ == 0 && received_ == 0) {
    ++follow_ups_;
    awaited_ = wanted;
    return send_header(std::to_integer<std::uint8_t>(header_[1]), std::to_integer<std::uint8_t>(header_[2]),
                       std::to_integer<std::uint8_t>(header_[3]), sw2);
  }
  response_[received_++] = std::byte{sw1_};
  response_[received_++] = std::byte{sw2};
  end(State::done);
}

T0Reader::State T0Reader::poll(Instant now) {
  const bool awaits = state_ == State::busy && phase_ != Phase::sending;
  if (awaits && (now - heard_at_ > waiting_time || now < heard_at_)) end(State::silent);
  return state_;
}

}  // namespace lk::card
