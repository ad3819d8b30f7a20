// SPDX-License-Identifier: Apache-2.0
// The reader's end of T=0 (ISO 7816-3, clause 10): one command at a time, character by character. Whoever has
// the line asks what to send, hands over what was received, and lets time pass; nothing here waits. GET
// RESPONSE and a wrong Le are seen to here, so that the caller has whole commands and whole responses.
//
//   reader  CLA INS P1 P2 P3 ─►            data ─►
//   card               ◄─ 60…  ◄─ INS or ~INS        ◄─ data, SW1 SW2
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "card/apdu.hpp"
#include "quantity/quantity.hpp"

namespace lk::card {

// The longest silence of a card in a dialogue: 960 · 10 times 372 clocks at 3.57 MHz is 1.0 s, and the poll's
// own time is added.
inline constexpr quantity::Duration waiting_time = quantity::milliseconds(1200);

class T0Reader {
 public:
  enum class State : std::uint8_t {
    idle,
    busy,
    done,       // the response is there
    silent,     // the card did not go on within the waiting time
    disturbed,  // it sent what no card may send
  };

  // Begins a command of at most `command_max_bytes`; forgets the one before.
  void begin(std::span<const std::byte> command, quantity::Instant now);
  // The next character for the card; nothing while the card has to speak. Each is given once.
  [[nodiscard]] std::optional<std::byte> next(quantity::Instant now);
  void receive(std::byte character, quantity::Instant now);
  // Lets time pass; the state after it.
  State poll(quantity::Instant now);
  [[nodiscard]] State state() const { return state_; }
  // With `done`: data and status.
  [[nodiscard]] std::span<const std::byte> response() const { return std::span{response_}.first(received_); }

 private:
  enum class Phase : std::uint8_t { sending, procedure, data, second_status };

  void send_header(std::uint8_t ins, std::uint8_t p1, std::uint8_t p2, std::uint8_t p3);
  void take_procedure(std::uint8_t byte);
  void take_status(std::uint8_t sw2);
  void end(State state) { state_ = state; }

  std::array<std::byte, command_max_bytes> data_{};  // of the command
  std::size_t data_bytes_ = 0;
  std::size_t data_sent_ = 0;
  std::size_t sending_until_ = 0;  // of `data_`
  std::array<std::byte, 5> header_{};
  std::size_t header_sent_ = 0;
  std::uint16_t expected_ = 0;  // of the whole command
  std::uint16_t awaited_ = 0;   // data bytes of the present exchange still to come
  std::uint16_t grant_ = 0;     // of them announced by the last procedure byte
  std::array<std::byte, response_max_bytes> response_{};
  std::size_t received_ = 0;
  std::uint8_t sw1_ = 0;
  std::uint8_t follow_ups_ = 0;
  Phase phase_ = Phase::sending;
  State state_ = State::idle;
  quantity::Instant heard_at_;  // since when the card is awaited
};

}  // namespace lk::card
