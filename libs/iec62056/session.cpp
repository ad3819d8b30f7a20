// SPDX-License-Identifier: Apache-2.0
#include "iec62056/session.hpp"

#include <algorithm>
#include <limits>

#include "assert/assert.hpp"

namespace lk::iec62056 {
namespace {

constexpr char soh = '\x01';
constexpr char stx = '\x02';
constexpr char etx = '\x03';
constexpr char ack = '\x06';
constexpr char nak = '\x15';
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view readout_end = "!\r\n\x03";

// `substr` could throw, which would pull the heap into firmware.
constexpr std::string_view part_of(std::string_view text, std::size_t begin,
                                   std::size_t count = std::string_view::npos) {
  ensure(begin <= text.size());
  return {text.data() + begin, std::min(count, text.size() - begin)};
}

// What stands between the first bracket and the last.
std::string_view operand_of(std::string_view data) {
  const auto begin = data.find('(');
  if (begin == std::string_view::npos || data.back() != ')') return {};
  return part_of(data, begin + 1, data.size() - begin - 2);
}

}  // namespace

std::uint8_t block_check(std::string_view characters, std::uint8_t start) {
  for (const char c : characters) start ^= static_cast<std::uint8_t>(c);
  return start;
}

void Session::begin(State state, std::int64_t now_ms) {
  state_ = state;
  at_ms_ = now_ms;
  heard_characters_ = 0;
  is_overlong_ = false;
}

void Session::end_session() {
  state_ = State::idle;
  baud_ = next_baud_ = sign_on_baud;
  heard_characters_ = 0;
  is_overlong_ = false;
  is_open_ = false;
}

void Session::take(char character, Source& source, std::int64_t now_ms) {
  const bool listens = state_ == State::idle || state_ == State::choosing || state_ == State::read_out ||
                       state_ == State::programming;
  if (!listens) return;
  if (heard_characters_ > 0 && now_ms - at_ms_ > character_gap_ms) heard_characters_ = 0;
  at_ms_ = now_ms;
  character = static_cast<char>(static_cast<unsigned char>(character) & 0x7FU);
  if (state_ == State::read_out) {
    if (character == nak) return begin_readout(now_ms);
    end_session();
  }
  // A message begins anew with its first character; what stands before one is noise.
  const bool is_begin = (state_ == State::idle && character == '/') ||
                        (state_ == State::choosing && character == ack) ||
                        (state_ == State::programming && character == soh);
  if (is_begin) {
    heard_characters_ = 0;
    is_overlong_ = false;
  } else if (heard_characters_ == 0) {
    return;
  }
  if (heard_characters_ == message_.size()) {
    is_overlong_ = true;
    return;
  }
  message_[heard_characters_++] = character;
  switch (state_) {
    case State::idle:
      if (heard().ends_with(line_end)) take_sign_on(source, now_ms);
      break;
    case State::choosing:
      if (heard().size() == 6) take_choice(now_ms);
      break;
    case State::programming:
      if (heard().size() >= 2 && heard()[heard().size() - 2] == etx) take_command(source, now_ms);
      break;
    default:
      break;
  }
}

void Session::take_sign_on(Source& source, std::int64_t now_ms) {
  std::string_view request = heard();
  heard_characters_ = 0;
  if (!request.starts_with("/?") || !request.ends_with("!\r\n")) return;
  request = part_of(request, 2, request.size() - 5);
  if (!request.empty() && (request.size() > 32 || !source.is_address(request))) return;
  reply_[0] = '/';
  std::size_t size = 1;
  for (const char c : settings_.identification) reply_[size++] = c;
  reply_[size++] = static_cast<char>('0' + settings_.baud_code);
  for (const char c : settings_.model) reply_[size++] = c;
  for (const char c : line_end) reply_[size++] = c;
  reply_characters_ = size;
  said_characters_ = 0;
  begin(State::identifying, now_ms);
}

void Session::take_choice(std::int64_t now_ms) {
  const std::string_view choice = heard();
  heard_characters_ = 0;
  const auto code = static_cast<unsigned>(choice[2] - '0');
  if (choice[1] != '0' || code > settings_.baud_code || !choice.ends_with(line_end)) return end_session();
  const char mode = choice[3];
  if (mode != '0' && mode != '1') return end_session();
  baud_ = next_baud_ = sign_on_baud << code;
  if (mode == '0') return begin_readout(now_ms);
  constexpr std::string_view seed = "\x01P0\x02(00000000)\x03";
  std::ranges::copy(seed, reply_.begin());
  reply_[seed.size()] = static_cast<char>(block_check(part_of(seed, 1)));
  reply({reply_.data(), seed.size() + 1}, State::answering, now_ms);
}

void Session::begin_readout(std::int64_t now_ms) {
  line_index_ = 0;
  line_characters_ = 0;
  check_ = 0;
  begin(State::reading_out, now_ms);
}

void Session::take_command(Source& source, std::int64_t now_ms) {
  const std::string_view message = heard();
  heard_characters_ = 0;
  const std::string_view checked = part_of(message, 1, message.size() - 2);
  if (is_overlong_ || block_check(checked) != static_cast<std::uint8_t>(message.back())) {
    constexpr std::string_view again{&nak, 1};
    return reply(again, State::answering, now_ms);
  }
  carry_out(part_of(checked, 0, checked.size() - 1), source, now_ms);
}

void Session::carry_out(std::string_view message, Source& source, std::int64_t now_ms) {
  if (message == "B0") return end_session();
  const std::string_view command = part_of(message, 0, std::min<std::size_t>(2, message.size()));
  if (message.size() < 3 || message[2] != stx) return reply_refusal(Refusal::syntax, now_ms);
  const std::string_view data = part_of(message, 3);
  if (data.empty() || data.back() != ')' || data.find('(') == std::string_view::npos)
    return reply_refusal(Refusal::syntax, now_ms);
  const std::string_view id = part_of(data, 0, data.find('('));
  const std::string_view operand = operand_of(data);
  if (command == "P1") return answer_access(operand, source, now_ms);
  if (command == "R1" || command == "R5") {
    const auto value = source.read(id);
    if (!value) return reply_refusal(value.error(), now_ms);
    return reply_block(*value, now_ms);
  }
  if (command == "W1" || command == "W5" || command == "E2") {
    const auto written = source.write(id, operand, is_open_);
    if (!written) return reply_refusal(written.error(), now_ms);
    constexpr std::string_view done{&ack, 1};
    return reply(done, State::answering, now_ms);
  }
  reply_refusal(Refusal::syntax, now_ms);
}

void Session::answer_access(std::string_view operand, Source& source, std::int64_t now_ms) {
  const auto entered = source.enter_password(operand);
  is_open_ = entered.has_value();
  if (!entered) return reply_refusal(entered.error(), now_ms);
  constexpr std::string_view done{&ack, 1};
  reply(done, State::answering, now_ms);
}

void Session::reply(std::string_view text, State state, std::int64_t now_ms) {
  ensure(text.size() <= reply_.size());
  if (text.data() != reply_.data()) std::copy(text.begin(), text.end(), reply_.begin());
  reply_characters_ = text.size();
  said_characters_ = 0;
  begin(state, now_ms);
}

void Session::reply_block(std::string_view body, std::int64_t now_ms) {
  body = part_of(body, 0, message_max_characters);
  reply_[0] = stx;
  std::copy(body.begin(), body.end(), reply_.begin() + 1);
  reply_[body.size() + 1] = etx;
  reply_[body.size() + 2] = static_cast<char>(block_check({&reply_[1], body.size() + 1}));
  reply_characters_ = body.size() + 3;
  said_characters_ = 0;
  begin(State::answering, now_ms);
}

void Session::reply_refusal(Refusal refusal, std::int64_t now_ms) {
  const std::array<char, 6> text{'(', 'E', 'R', '0', static_cast<char>('0' + static_cast<int>(refusal)), ')'};
  reply_block({text.data(), text.size()}, now_ms);
}

bool Session::has_to_say() const {
  switch (state_) {
    case State::identifying:
    case State::reading_out:
    case State::answering:
    case State::saying_good_bye:
      return true;
    case State::idle:
    case State::choosing:
    case State::read_out:
    case State::programming:
      return false;
  }
  return false;
}

std::int64_t Session::due_ms() const {
  switch (state_) {
    case State::idle:
      return std::numeric_limits<std::int64_t>::max();
    case State::choosing:
      return at_ms_ + acknowledge_wait_ms;
    case State::read_out:
      return at_ms_ + character_gap_ms;
    case State::programming:
      return at_ms_ + programming_wait_ms;
    case State::identifying:
    case State::answering:
    case State::saying_good_bye:
      return said_characters_ > 0 ? at_ms_ : at_ms_ + reaction_ms;
    case State::reading_out:
      return line_index_ > 0 || line_characters_ > 0 ? at_ms_ : at_ms_ + reaction_ms;
  }
  ensure(false);
  return 0;
}

std::string_view Session::say(Source& source, std::int64_t now_ms) {
  if (now_ms < due_ms()) return {};
  switch (state_) {
    case State::idle:
      return {};
    case State::choosing:  // nobody chose: the readout at the rate of the sign-on (mode A's way)
      begin_readout(now_ms);
      return {};
    case State::read_out:
      end_session();
      return {};
    case State::programming: {
      constexpr std::string_view good_bye =
          "\x01"
          "B0\x03q";
      reply(good_bye, State::saying_good_bye, now_ms);
      return {};
    }
    case State::reading_out: {
      const std::string_view part = say_readout(source);
      if (part.empty()) begin(State::read_out, now_ms);
      return part;
    }
    case State::identifying:
    case State::answering:
    case State::saying_good_bye: {
      const std::string_view part = say_reply();
      if (!part.empty()) return part;
      if (state_ == State::saying_good_bye) {
        end_session();
      } else {
        begin(state_ == State::identifying ? State::choosing : State::programming, now_ms);
      }
      return {};
    }
  }
  ensure(false);
  return {};
}

std::string_view Session::say_reply() {
  const std::size_t size = std::min(chunk_characters, reply_characters_ - said_characters_);
  const std::string_view part{&reply_[said_characters_], size};
  said_characters_ += size;
  return part;
}

// STX, the lines, then the end and the check; nothing behind that. Index 0 is the STX, the lines follow.
std::string_view Session::say_readout(Source& source) {
  constexpr std::size_t over = std::numeric_limits<std::size_t>::max();
  if (line_index_ == over) return {};
  std::size_t size = 0;
  if (line_index_ == 0) {
    chunk_[size++] = stx;
    ++line_index_;
  }
  while (size < chunk_.size()) {
    const std::string_view line = source.line(line_index_ - 1);
    const bool is_end = line.empty();
    const std::string_view tail = is_end ? readout_end : line_end;
    const std::size_t whole = line.size() + tail.size();
    while (line_characters_ < whole && size < chunk_.size()) {
      const char c =
          line_characters_ < line.size() ? line[line_characters_] : tail[line_characters_ - line.size()];
      check_ ^= static_cast<std::uint8_t>(c);
      chunk_[size++] = c;
      ++line_characters_;
    }
    if (line_characters_ < whole || (is_end && size == chunk_.size())) break;
    if (is_end) {
      chunk_[size++] = static_cast<char>(check_);
      line_index_ = over;
      break;
    }
    ++line_index_;
    line_characters_ = 0;
  }
  return {chunk_.data(), size};
}

}  // namespace lk::iec62056
