// SPDX-License-Identifier: Apache-2.0
// The meter's end of IEC 62056-21 mode C, as a pure state machine: characters and time go in, characters and
// the rate they are to be sent at come out.
//
//   reader                          meter
//   /?[number]!  ─── 300 baud ───►
//                ◄── 300 baud ───   /LKY5LK1P           5: up to 9600 baud
//   ACK 0 Z Y    ─── 300 baud ───►                      Y 0 readout, 1 programming; nothing: readout at 300
//                ◄───── Z ───────   STX lines ! ETX BCC          (readout)
//                ◄───── Z ───────   SOH P0 STX (00000000) ETX BCC (programming: P1, R1, W1, until B0)
//
// Characters have seven bits; a body whose port has no parity leaves the eighth away. Not thread-safe; no
// heap; times are milliseconds of any clock that does not go back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace lk::iec62056 {

// Why something asked for in programming mode is not done. Its number stands in the answer, `(ER04)`.
enum class Refusal : std::uint8_t {
  syntax = 1,      // not a command, or not of this form
  unknown = 2,     // no such value
  not_open = 3,    // it is not for this way, or not without a seal
  bad_value = 4,   // the value has another form, or is out of range
  password = 5,    // the password is wrong
  locked_out = 6,  // too many wrong passwords: later
  not_ready = 7,   // the meter's storage failed: again later
};

// What the meter shows and takes. Views that it answers are valid until the next call.
class Source {
 public:
  // Whether the meter is meant by an address of 1 to 32 characters; leading zeros do not count.
  [[nodiscard]] virtual bool is_address(std::string_view address) = 0;
  // A line of the readout, `1.8.0(000123.45*kWh)`; empty behind the last.
  [[nodiscard]] virtual std::string_view line(std::size_t index) = 0;
  // Whether the password opens what passwords open.
  [[nodiscard]] virtual std::expected<void, Refusal> enter_password(std::string_view password) = 0;
  // A data set as a line of the readout.
  [[nodiscard]] virtual std::expected<std::string_view, Refusal> read(std::string_view id) = 0;
  // `is_open`: the right password was given in this session.
  [[nodiscard]] virtual std::expected<void, Refusal> write(std::string_view id, std::string_view value,
                                                           bool is_open) = 0;

 protected:
  ~Source() = default;
};

struct Settings {
  std::string_view identification = "LKY";  // three letters of the maker
  std::string_view model = "LK1P";          // at most 16 characters
  std::uint8_t baud_code = 5;               // the highest that is offered: 300 baud times 2 to this power
};

class Session {
 public:
  static constexpr std::uint32_t sign_on_baud = 300;
  static constexpr std::size_t message_max_characters = 256;
  // 62056-21, 6.4.3: how long the meter takes to answer, how long it waits inside and between messages.
  static constexpr std::int64_t reaction_ms = 200;
  static constexpr std::int64_t character_gap_ms = 1500;
  static constexpr std::int64_t acknowledge_wait_ms = 2000;
  static constexpr std::int64_t programming_wait_ms = 60'000;
  static constexpr std::size_t chunk_characters = 64;  // of one `say`, at most

  explicit Session(const Settings& settings) : settings_(settings) {}

  // A character was heard at `baud()`. What comes while the meter talks is not heard.
  void take(char character, Source& source, std::int64_t now_ms);
  // What is to be said now, at `baud()`; nothing while there is nothing. To be called again when the
  // characters before have left. The view is valid until the next call of this object.
  [[nodiscard]] std::string_view say(Source& source, std::int64_t now_ms);
  // When `say` wants to be called at the latest; far in the future where nothing is to come.
  [[nodiscard]] std::int64_t due_ms() const;
  [[nodiscard]] std::uint32_t baud() const { return baud_; }
  // Whether something is to be said, now or when the reader has had time to listen.
  [[nodiscard]] bool has_to_say() const;

 private:
  enum class State : std::uint8_t {
    idle,            // a sign-on may come
    identifying,     // says who it is
    choosing,        // waits for the acknowledge
    reading_out,     // says the lines
    read_out,        // has said them: a NAK asks for them again
    answering,       // says a message in programming mode
    programming,     // waits for a command
    saying_good_bye  // says its last message; then a sign-on may come
  };

  void begin(State state, std::int64_t now_ms);
  void end_session();
  void take_sign_on(Source& source, std::int64_t now_ms);
  void take_choice(std::int64_t now_ms);
  void take_command(Source& source, std::int64_t now_ms);
  void carry_out(std::string_view message, Source& source, std::int64_t now_ms);
  void answer_access(std::string_view operand, Source& source, std::int64_t now_ms);
  void begin_readout(std::int64_t now_ms);
  void reply(std::string_view text, State state, std::int64_t now_ms);
  void reply_block(std::string_view body, std::int64_t now_ms);
  void reply_refusal(Refusal refusal, std::int64_t now_ms);
  std::string_view say_reply();
  std::string_view say_readout(Source& source);
  [[nodiscard]] std::string_view heard() const { return {message_.data(), heard_characters_}; }

  Settings settings_;
  State state_ = State::idle;
  std::uint32_t baud_ = sign_on_baud;
  std::uint32_t next_baud_ = sign_on_baud;  // once what is being said has left
  bool is_open_ = false;                    // a password was right
  std::int64_t at_ms_ = 0;                  // of the last character, or since when the state is
  std::array<char, message_max_characters> message_{};
  std::size_t heard_characters_ = 0;
  bool is_overlong_ = false;
  std::array<char, message_max_characters + 8> reply_{};
  std::size_t reply_characters_ = 0;
  std::size_t said_characters_ = 0;
  std::size_t line_index_ = 0;       // of the readout
  std::size_t line_characters_ = 0;  // of that line that were said
  std::uint8_t check_ = 0;           // of the readout so far
  std::array<char, chunk_characters> chunk_{};
};

// The block check character of 62056-21: exclusive or of what stands behind the first SOH or STX.
[[nodiscard]] std::uint8_t block_check(std::string_view characters, std::uint8_t start = 0);

}  // namespace lk::iec62056
