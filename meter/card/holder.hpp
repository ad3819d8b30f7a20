// SPDX-License-Identifier: Apache-2.0
// What a slot needs of its meter: who it is, what it remembers of cards, and the two ways in by which a card
// changes anything, the same as those of every link. The meter fulfils it (meter/core/card_entry.cpp).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "card/exchange_keys.hpp"
#include "card/load.hpp"
#include "card/statement.hpp"
#include "meter/card/memory.hpp"
#include "quantity/quantity.hpp"

namespace lk::card {

// What became of a card that was put in. The numbers are those of the field (and the detail of the event
// `card_refused`); the display shows them in groups (`display_code`).
enum class Outcome : std::uint8_t {
  done = 0,
  metal = 3,          // the contacts are shorted: no card at all
  mute = 4,           // no answer to reset: put in the wrong way round, or dead
  forged = 5,         // the card could not show that it has this meter's key
  unconvinced = 6,    // the card did not take the meter's proof
  blank = 7,          // it was never made for anybody
  foreign = 8,        // another maker's card
  not_allowed = 9,    // a load that this card, or a meter in this state, must not take
  other_meter = 11,   // made for another meter
  other_card = 13,    // of this meter, but not its own card (any more)
  damaged = 14,       // the load is not whole: back to the desk with it
  not_opened = 15,    // the meter has no card yet: one with an opening load must come first
  stale = 17,         // a load before the one that was taken last
  disturbed = 19,     // the dialogue broke
  pulled = 20,        // pulled too early: put it in again
  over_limit = 21,    // the meter may not hold so much: the credit stays on the card
  not_ready = 22,     // the meter's storage failed: try again
  item_refused = 23,  // a token or an order of the load was refused
};

[[nodiscard]] std::string_view name_of(Outcome outcome);

// The two digits that the display shows after "Err-".
[[nodiscard]] constexpr std::uint8_t display_code(Outcome outcome) {
  const auto number = static_cast<std::uint8_t>(outcome);
  if (number <= 3) return 31;
  if (number <= 10) return 32;
  if (number <= 13) return 33;
  if (number <= 18) return 34;
  if (number <= 20) return 35;
  return 36;
}

class Holder {
 public:
  // What became of an item; where it is not final it stays on the card for the next insertion.
  struct Taken {
    ItemResult result = 0;
    bool is_final = false;
  };

  [[nodiscard]] virtual std::uint64_t card_meter_number() const = 0;
  [[nodiscard]] virtual const Key& card_key() const = 0;
  // Differs at each call, also over power cuts.
  [[nodiscard]] virtual Challenge card_challenge() = 0;
  [[nodiscard]] virtual const Memory& card_memory() const = 0;
  // Does what the item says, and stores it with `next`, in which one more item of the load of `serial` is
  // then done, in one step.
  [[nodiscard]] virtual Taken take_card_token(std::span<const char, 20> characters, const Memory& next,
                                              std::uint64_t serial, quantity::Instant now) = 0;
  [[nodiscard]] virtual Taken take_card_order(std::span<const std::byte> order, const Memory& next,
                                              std::uint64_t serial, quantity::Instant now) = 0;
  // Stores what is remembered of cards alone; false where the storage failed.
  [[nodiscard]] virtual bool keep_card_memory(const Memory& next, quantity::Instant now) = 0;
  // How the meter stands, without what is said of the card.
  [[nodiscard]] virtual Statement card_statement(quantity::Instant now) = 0;
  // What became of a card: for the log of events and the display. `serial` is 0 where it was never known.
  virtual void tell_card(Outcome outcome, Purpose purpose, std::uint64_t serial, quantity::Instant now) = 0;

 protected:
  ~Holder() = default;
};

}  // namespace lk::card
