// SPDX-License-Identifier: Apache-2.0
// A meter's life under one seed: load second by second, purchases, tokens typed twice or wrong, orders of all
// kinds and replays, debts, changes of mode, tariff sets, parameters, clock steps, tampering, relay faults;
// power cuts between writes and in the middle of them, in the vault and in the long records; flipped bits,
// worn-out cells, and flashes that do not answer for a while. After every step the meter is held to the book
// and its records to their rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "assert/assert.hpp"
#include "meter/core/meter.hpp"
#include "port/sim/flash.hpp"
#include "port/sim/relay.hpp"
#include "sim/campaign/book.hpp"
#include "sim/campaign/power.hpp"
#include "sim/campaign/records_watch.hpp"
#include "sim/mains/random.hpp"

namespace lk::sim {

struct LifePlan {
  std::uint64_t seed = 1;
  std::int64_t days = 30;
  std::uint64_t cuts = 100;  // at least so many; the life goes on until both are reached
  bool has_faults = true;    // flipped bits, worn cells, relays that do not obey
};

struct LifeFigures {
  std::uint64_t steps = 0;
  std::uint64_t load_seconds = 0;
  std::uint64_t cuts = 0;             // power gone without warning
  std::uint64_t cuts_in_vault = 0;    // … in the middle of a write of what guards value
  std::uint64_t cuts_in_records = 0;  // … of the long records
  std::uint64_t tokens = 0;
  std::uint64_t tokens_again = 0;  // typed again, and refused
  std::uint64_t orders = 0;
  std::uint64_t orders_refused = 0;  // for their arguments
  std::uint64_t replays = 0;
  std::uint64_t clock_steps = 0;
  std::uint64_t mode_changes = 0;
  std::uint64_t tariff_sets = 0;
  std::uint64_t tampers = 0;
  std::uint64_t flips = 0;
  std::uint64_t worn = 0;
  std::uint64_t bus_faults = 0;  // reads refused for a while
  std::uint64_t damages = 0;     // starts at which the meter said that its memory was damaged
  std::uint64_t went_back = 0;   // of them, to an older account
  std::uint64_t relay_faults = 0;
  std::uint64_t lost_energy_mj = 0;  // by cuts without warning
  std::uint64_t events = 0;
  std::uint64_t freezes = 0;
  std::uint64_t profile_entries = 0;
  std::uint64_t marked_holes = 0;
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
    SimFlash vault;
    SimFlash records;
    SimRelay relay;
    Book book;
    RecordsWatch watch;
    quantity::Instant now;
    bool has_lost = false;  // bits or cells were hurt: entries of the records may be gone
  };

  // life.cpp: time and power
  void power_on();
  void start_meter();
  void judge_start();
  void power_off();  // with warning: all is stored
  void lose_power();
  void be_dark();
  void come_back_if_cut();
  void cut_every_write();
  void cut_every_write_of(SimFlash Plant::* flash, const Plant& before, int kind);
  void draw(std::int64_t seconds);
  void settle(quantity::Duration time);
  void judge_if_running();
  void look_at_records();
  void judge_credit_reason();
  void judge_relay();

  // acts.cpp: tokens, keys, damage
  void act();
  void buy();
  void take_credit_away();
  void type_again();
  void type_wrong();
  void press_keys();
  void trouble_relay();
  void tamper();
  void damage();
  void wear();
  void refuse_reads();
  void enter(const SoldToken& token);
  [[nodiscard]] SoldToken token_for(std::uint64_t amount);
  [[nodiscard]] std::uint32_t next_tid() { return next_tid_ += 1 + static_cast<std::uint32_t>(below(3)); }

  // orders.cpp
  void give_order();
  void change_mode();
  void replace_tariff();
  void set_parameter();
  void step_clock();
  void replay_order();
  // False where it was not done.
  bool send(const order::Command& command, std::optional<std::size_t> tariff = std::nullopt,
            bool may_be_refused = false);
  [[nodiscard]] order::SealedOrder sealed(std::uint32_t sequence, const order::Command& command) const;
  [[nodiscard]] order::Command any_command();
  [[nodiscard]] tariff::TariffSet any_set(std::uint32_t version);

  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_.below(limit); }
  [[nodiscard]] quantity::Money money_below(std::uint64_t limit) {
    return quantity::Money::of(static_cast<std::int64_t>(below(limit)));
  }
  [[nodiscard]] meter::Meter& meter_now() { return value_of(meter_); }
  [[nodiscard]] quantity::Instant clock_now() const {
    return plant_.now + plant_.book.ledger().dealt.clock_step;
  }
  [[nodiscard]] bool has_power() const { return is_powered_; }

  LifePlan plan_;
  Random random_;
  meter::Configuration configuration_;
  quantity::Money standing_;  // charge of a day
  Plant plant_;
  bool is_powered_ = true;
  PoweredFlash vault_;
  PoweredFlash records_;
  std::optional<meter::SinglePhaseMeter> meter_;
  sts::DecoderKey key_;
  std::uint32_t next_tid_ = 1000;
  std::uint64_t load_mw_ = 0;
  std::uint64_t export_mw_ = 0;
  std::string doing_ = "birth";
  quantity::Instant born_;
  LifeFigures figures_;
};

}  // namespace lk::sim
