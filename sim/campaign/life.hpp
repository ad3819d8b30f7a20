// SPDX-License-Identifier: Apache-2.0
// A meter's life under one seed: load second by second, purchases, tokens typed twice or wrong, orders and
// replays, clock steps, relay faults, power cuts between writes and in the middle of them, flipped bits and
// worn-out cells. After every step the meter is held to the book.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "assert/assert.hpp"
#include "meter/core/meter.hpp"
#include "port/sim/flash.hpp"
#include "port/sim/relay.hpp"
#include "sim/campaign/book.hpp"
#include "sim/mains/random.hpp"

namespace lk::sim {

struct LifePlan {
  std::uint64_t seed = 1;
  std::int64_t days = 30;
  std::uint64_t cuts = 100;  // at least so many; the life goes on until both are reached
  // Shares of the things that befall a meter, in 1/1000 of its steps.
  bool has_faults = true;  // flipped bits, worn cells, relays that do not obey
};

struct LifeFigures {
  std::uint64_t steps = 0;
  std::uint64_t load_seconds = 0;
  std::uint64_t cuts = 0;           // power gone without warning
  std::uint64_t cuts_in_write = 0;  // … in the middle of a write
  std::uint64_t tokens = 0;
  std::uint64_t tokens_again = 0;  // typed again, and refused
  std::uint64_t orders = 0;
  std::uint64_t replays = 0;
  std::uint64_t clock_steps = 0;
  std::uint64_t flips = 0;
  std::uint64_t damages = 0;  // starts at which the meter said that its memory was damaged
  std::uint64_t relay_faults = 0;
  std::uint64_t lost_energy_mj = 0;  // by cuts without warning
  std::uint64_t largest_erase_count = 0;
  std::uint64_t programmed_bytes = 0;

  void add(const LifeFigures& other);
};

class Life {
 public:
  explicit Life(const LifePlan& plan);
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  // Lives the whole plan. Throws Broken where a rule does not hold; `step()` then says where.
  void run();
  [[nodiscard]] LifeFigures figures() const;
  // Number and name of the step under way.
  [[nodiscard]] std::string step() const { return std::to_string(figures_.steps) + " (" + doing_ + ")"; }

 private:
  // What stands when the meter has no power; a copy of it is a meter at that moment.
  struct Plant {
    SimFlash flash;
    SimRelay relay;
    Book book;
    quantity::Instant now;
  };
  enum class Ended : std::uint8_t { whole, cut };

  void power_on();
  void power_off();  // with warning: all is stored
  void judge_if_running();
  void act();
  void draw(std::int64_t seconds);
  void buy();
  void type_again();
  void type_wrong();
  void give_order();
  void replay_order();
  void step_clock();
  void trouble_relay();
  void damage();
  void lose_power();
  void cut_every_write();
  void settle(quantity::Duration time);
  void judge_relay();
  [[nodiscard]] SoldToken token_for(std::uint64_t money);
  [[nodiscard]] order::SealedOrder sealed(std::uint32_t sequence, const order::Command& command) const;
  [[nodiscard]] order::Command any_command(std::uint32_t sequence);
  void enter(const SoldToken& token);
  void send(std::uint32_t sequence, const order::Command& command);
  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_.below(limit); }
  [[nodiscard]] meter::Meter& meter_now() { return value_of(meter_); }
  [[nodiscard]] bool has_power() const { return plant_.flash.has_power(); }

  LifePlan plan_;
  Random random_;
  meter::Configuration configuration_;
  Plant plant_;
  std::optional<meter::Meter> meter_;
  sts::DecoderKey key_;
  std::uint32_t next_tid_ = 1000;
  std::uint64_t load_mw_ = 0;
  std::uint64_t export_mw_ = 0;
  std::string doing_ = "birth";
  quantity::Instant born_;
  LifeFigures figures_;
};

}  // namespace lk::sim
