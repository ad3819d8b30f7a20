// SPDX-License-Identifier: Apache-2.0
// What must be true of a meter, kept outside of it: what was sold, ordered and fed to it, and how much of it
// an answer has made durable. Where the power went in the middle of something, the book takes either outcome,
// whole, and nothing else.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "meter/core/meter.hpp"
#include "order/order.hpp"
#include "quantity/quantity.hpp"
#include "sts/codec.hpp"

namespace lk::sim {

// A rule that did not hold: what, and the figures.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct SoldToken {
  sts::Digits digits;
  std::uint32_t token_identifier = 0;
  quantity::Money amount;
};

class Book {
 public:
  Book(quantity::Money preset, quantity::Price price);

  // Energy that went through the meter until `now`.
  void fed(quantity::Energy import, quantity::Energy exported, quantity::Instant now);
  // A token or an order is about to be given to the meter.
  void offer(const SoldToken& token) { offered_token_ = token; }
  void offer(std::uint32_t sequence, const order::Command& command) { offered_order_ = {sequence, command}; }
  // What the meter answered: the offer took effect, durably, or had none.
  void accepted();
  void refused() { offered_token_.reset(); }
  void done(std::int64_t value);

  // The meter runs and everything that it was fed is counted: all figures are exact.
  void judge_running(const meter::Snapshot& seen) const;
  // The meter has just started. Finds out what became of an offer; the energy that was not durable may be
  // gone. A meter that says that its memory is damaged may have gone back to an earlier account of its own.
  void judge_started(const meter::Snapshot& seen, quantity::Duration unstored_at_most, quantity::Instant now);

  [[nodiscard]] const std::vector<SoldToken>& sold() const { return sold_; }
  [[nodiscard]] const std::optional<SoldToken>& offered_token() const { return offered_token_; }
  [[nodiscard]] std::uint32_t order_sequence() const { return order_sequence_; }
  [[nodiscard]] bool is_held_by_order() const { return is_held_; }
  [[nodiscard]] std::uint64_t lost_energy_mj() const { return lost_energy_mj_; }

 private:
  struct PriceFrom {
    std::int64_t energy_mj;
    std::int64_t price;
    std::uint32_t order_sequence = 0;  // that set it
  };
  struct Fed {
    quantity::Instant at;
    quantity::Energy import;
    quantity::Energy exported;
  };

  void settle_offers(const meter::Snapshot& seen);
  void go_back(const meter::Snapshot& seen);
  void judge_account(const meter::Snapshot& seen) const;
  void judge_energy(const char* what, quantity::Energy seen, quantity::Energy least,
                    quantity::Energy most) const;
  [[nodiscard]] quantity::Money deducted_for(std::int64_t energy_mj) const;

  quantity::Money preset_;
  quantity::Money credited_;
  std::vector<SoldToken> sold_;
  std::optional<SoldToken> offered_token_;
  std::optional<std::pair<std::uint32_t, order::Command>> offered_order_;
  std::uint32_t order_sequence_ = 0;
  bool is_held_ = false;
  std::vector<PriceFrom> prices_;
  Fed fed_;
  Fed durable_;             // an answer stands for at least this
  std::deque<Fed> recent_;  // of the last minutes
  std::uint64_t lost_energy_mj_ = 0;
};

}  // namespace lk::sim
