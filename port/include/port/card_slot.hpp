// SPDX-License-Identifier: Apache-2.0
// What a body must provide for a slot of contact cards (ISO 7816-3): the insertion switch, the contacts VCC,
// CLK and RST, and I/O as characters of 12 etu at 372 clocks (9 600 Bd at 3.57 MHz), 8 bits and even parity.
// The port repeats a character that the other side marks as wrong, and turns the bits of a card of the
// inverse convention round, as TS tells; what it gives is right. Called from the meter's own thread only; no
// call waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace lk::port {

enum class CardContact : std::uint8_t { supply, clock, reset };  // VCC, CLK, RST

class CardSlot {
 public:
  // The switch as it is now; it may bounce.
  [[nodiscard]] virtual bool is_inserted() = 0;
  // More current at VCC than a card may take (50 mA), or I/O held low: metal in the slot.
  [[nodiscard]] virtual bool is_overloaded() = 0;
  // Supply and clock on or off, reset high or low. I/O goes with the supply: pulled up with it, low without.
  virtual void set(CardContact contact, bool is_on) = 0;
  // Whether the transmitter takes one more character.
  [[nodiscard]] virtual bool can_send() = 0;
  virtual void send(std::byte character) = 0;
  // The next character received since the supply was switched on; nothing where none has come.
  [[nodiscard]] virtual std::optional<std::byte> receive() = 0;

 protected:
  ~CardSlot() = default;
};

}  // namespace lk::port
