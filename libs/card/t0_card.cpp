// SPDX-License-Identifier: Apache-2.0
#include "card/t0_card.hpp"

#include <algorithm>

#include "card/secure_channel.hpp"

namespace lk::card {
namespace {

constexpr std::size_t t0_header_bytes = 5;

// Whether the characters that P3 counts go to the card. In T=0 both ends must know it from the instruction;
// a sealed command always brings some.
bool brings_data(std::uint8_t cla, std::uint8_t ins) {
  if (cla == secure_class) return true;
  switch (static_cast<Instruction>(ins)) {
    case Instruction::select:
    case Instruction::authenticate:
    case Instruction::update_binary:
    case Instruction::put_data:
    case Instruction::append_record:
      return true;
    case Instruction::erase_binary:
    case Instruction::get_challenge:
    case Instruction::read_binary:
    case Instruction::read_record:
    case Instruction::get_response:
      break;
  }
  return false;
}

}  // namespace

void T0Card::say(std::span<const std::byte> characters) {
  if (out_sent_ == out_bytes_) out_sent_ = out_bytes_ = 0;
  const std::size_t count = std::min(characters.size(), out_.size() - out_bytes_);
  std::ranges::copy(characters.first(count), out_.begin() + static_cast<std::ptrdiff_t>(out_bytes_));
  out_bytes_ += count;
}

void T0Card::say_status(std::uint16_t status) {
  const std::array both{std::byte{static_cast<std::uint8_t>(status >> 8U)},
                        std::byte{static_cast<std::uint8_t>(status & 0xFFU)}};
  say(both);
}

void T0Card::reset(std::span<const std::byte> answer_to_reset) {
  phase_ = Phase::header;
  command_bytes_ = waiting_bytes_ = out_bytes_ = out_sent_ = 0;
  say(answer_to_reset);
}

std::optional<std::byte> T0Card::next() {
  if (out_sent_ == out_bytes_) return std::nullopt;
  return out_[out_sent_++];
}

void T0Card::receive(std::byte character) {
  if (out_sent_ != out_bytes_) return;  // it speaks, and does not hear
  command_[command_bytes_++] = character;
  if (phase_ == Phase::header) {
    if (command_bytes_ == t0_header_bytes) take_header();
    return;
  }
  const std::size_t whole = t0_header_bytes + std::to_integer<std::size_t>(command_[4]);
  if (command_bytes_ < whole) return;
  phase_ = Phase::header;
  command_[command_bytes_++] = std::byte{0};  // as much as there is
  serve(std::span{command_}.first(command_bytes_));
}

void T0Card::take_header() {
  const auto cla = std::to_integer<std::uint8_t>(command_[0]);
  const auto ins = std::to_integer<std::uint8_t>(command_[1]);
  const std::size_t p3 = std::to_integer<std::size_t>(command_[4]);
  const bool is_procedure_like = (ins & 0xF0U) == 0x60 || (ins & 0xF0U) == 0x90;
  if (is_procedure_like) {
    command_bytes_ = 0;
    return say_status(static_cast<std::uint16_t>(Status::unknown_instruction));
  }
  if (brings_data(cla, ins) && p3 > 0) {
    phase_ = Phase::data;
    return say(std::span{command_}.subspan(1, 1));
  }
  if (static_cast<Instruction>(ins) == Instruction::get_response) return answer_get_response(p3);
  const bool wants = !brings_data(cla, ins) && static_cast<Instruction>(ins) != Instruction::erase_binary;
  serve(std::span{command_}.first(wants ? t0_header_bytes : header_bytes));
}

// The applet's answer. Data of a command that brought some wait for GET RESPONSE; data of one that only asks
// follow at once where as many were asked for as there are, else the right number is told.
void T0Card::serve(std::span<const std::byte> command) {
  const bool brought = command.size() > t0_header_bytes;
  const std::size_t wanted = std::to_integer<std::size_t>(command_[4]);
  const auto response = applet_.serve(command, waiting_);
  const std::size_t data_bytes = response.size() - 2;
  const std::byte ins = command_[1];
  command_bytes_ = 0;
  waiting_bytes_ = 0;
  if (data_bytes == 0) return say(response);
  if (brought) {
    waiting_bytes_ = response.size();
    return say_status(static_cast<std::uint16_t>(0x6100U | (data_bytes & 0xFFU)));
  }
  const std::size_t most = wanted == 0 ? answer_max_bytes : wanted;
  if (data_bytes != most) return say_status(static_cast<std::uint16_t>(0x6C00U | (data_bytes & 0xFFU)));
  say({&ins, 1});
  say(response);
}

void T0Card::answer_get_response(std::size_t wanted) {
  const std::byte ins = command_[1];
  command_bytes_ = 0;
  if (waiting_bytes_ < 2) return say_status(static_cast<std::uint16_t>(Status::conditions));
  const std::size_t data_bytes = waiting_bytes_ - 2;
  const std::size_t most = wanted == 0 ? answer_max_bytes : wanted;
  if (most != data_bytes) return say_status(static_cast<std::uint16_t>(0x6C00U | (data_bytes & 0xFFU)));
  say({&ins, 1});
  say(std::span{waiting_}.first(waiting_bytes_));
  waiting_bytes_ = 0;
}

}  // namespace lk::card
