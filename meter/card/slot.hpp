// SPDX-License-Identifier: Apache-2.0
// The meter's slot: debounces the switch, gives a card power in the order of ISO 7816-3, reads its answer,
// lets the exchange speak with it, and takes the power away again, whatever is in the slot. Nothing waits: it
// is polled, and metering goes on. One thread.
//
//   empty ─► settling ─► powering ─► answering ─► talking ─► resting ─► empty
//                           ▲  no answer, twice │     │ done, refused, broken
//                           └── pause ◄─────────┘     └ pulled ─► empty       metal at any time ─► resting
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "card/atr.hpp"
#include "card/t0_reader.hpp"
#include "meter/card/exchange.hpp"
#include "meter/card/holder.hpp"
#include "port/card_slot.hpp"
#include "quantity/quantity.hpp"

namespace lk::card {

class Slot {
 public:
  // Both must outlive it.
  Slot(port::CardSlot& contacts, Holder& holder) : contacts_(contacts), holder_(holder), exchange_(holder) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  // Does what there is to do now; returns when it wants to be called again. While a card talks that is soon,
  // as the contacts tell of nothing by themselves.
  quantity::Instant poll(quantity::Instant now);
  // The meter is about to lose its power: the card loses it in order.
  void stop() { deactivate(); }

  // As the slot has noticed it: it looks twenty times a second.
  [[nodiscard]] bool is_empty() const { return phase_ == Phase::empty; }
  [[nodiscard]] bool is_busy() const { return phase_ != Phase::empty && phase_ != Phase::resting; }
  // What became of the last card; nothing since the slot was last empty and a card came.
  [[nodiscard]] std::optional<Outcome> last() const { return last_; }

 private:
  enum class Phase : std::uint8_t { empty, settling, powering, answering, talking, pausing, resting };

  void enter(Phase phase, quantity::Instant now);
  void activate_step(quantity::Instant now);
  void deactivate();
  void listen_to_answer(quantity::Instant now);
  void read_answer(quantity::Instant now);
  void talk(quantity::Instant now);
  void pump(quantity::Instant now);
  void try_again_or(Outcome outcome, quantity::Instant now);
  void finish(Outcome outcome, quantity::Instant now);

  port::CardSlot& contacts_;
  Holder& holder_;
  Exchange exchange_;
  T0Reader line_;
  Phase phase_ = Phase::empty;
  quantity::Instant since_;     // of the phase
  quantity::Instant heard_at_;  // of the answer to reset
  quantity::Instant inserted_at_;
  std::uint8_t contact_step_ = 0;
  std::uint8_t attempt_ = 0;
  std::array<std::byte, atr_max_bytes> answer_{};
  std::size_t answer_bytes_ = 0;
  std::optional<Outcome> last_;
};

}  // namespace lk::card
