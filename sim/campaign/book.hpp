// SPDX-License-Identifier: Apache-2.0
// The history of a meter's ledger: what was fed, sold and ordered, how much of it an answer has made durable,
// and what was under way when the power went. After a start the meter must be one of the ledgers that it may
// be, whole; after a damage one that it once was.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "meter/core/meter.hpp"
#include "sim/campaign/ledger.hpp"

namespace lk::sim {

// A rule that did not hold: what, and the figures.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Book {
 public:
  Book(quantity::Money preset, quantity::Price price, quantity::Money standing, quantity::Instant born);

  // Energy that went through the meter until `now`.
  void fed(quantity::Energy import, quantity::Energy exported, quantity::Instant now);
  // A token or an order is about to be given to the meter. A set that it brings is numbered by `add`.
  void offer(const SoldToken& token) { offered_token_ = token; }
  void offer(std::uint32_t sequence, const order::Command& command,
             std::optional<std::size_t> tariff = std::nullopt) {
    offered_order_ = Offer{sequence, command, tariff};
  }
  std::size_t add(const tariff::TariffSet& set);
  // What the meter answered: the offer took effect, durably, or had none.
  void accepted(const meter::State& seen);
  void done(std::int64_t value);
  void refused();

  // Learns which of two sets is in force where both may be.
  void see(const meter::Meter& meter);
  // The meter runs and everything that it was fed is counted: it is exactly this ledger.
  void judge_running(const meter::Meter& meter);
  // The meter has just started. `may_be_old` where its memory was hurt: it may then be what it once was.
  void judge_started(const meter::Meter& meter, bool may_be_old, quantity::Duration unstored_at_most,
                     quantity::Instant now);

  [[nodiscard]] const std::vector<SoldToken>& sold() const { return sold_; }
  [[nodiscard]] const Ledger& ledger() const { return now_; }
  [[nodiscard]] std::uint32_t order_sequence() const { return now_.dealt.order_sequence; }
  [[nodiscard]] std::uint64_t lost_energy_mj() const { return lost_energy_mj_; }
  [[nodiscard]] std::uint64_t went_back_count() const { return went_back_count_; }

 private:
  struct Offer {
    std::uint32_t sequence;
    order::Command command;
    std::optional<std::size_t> tariff;
  };

  void made_durable();
  bool take_what_is_there(const meter::Meter& meter, bool may_be_old, quantity::Duration unstored_at_most,
                          quantity::Instant now);
  [[nodiscard]] std::optional<std::string> difference(const Ledger& ledger, const meter::Meter& meter) const;
  void go_back(const meter::Meter& meter, quantity::Instant now);

  Tariffs tariffs_;
  quantity::Money standing_;
  Ledger now_;
  std::deque<Running> recent_;  // since the last durable one, that first
  std::vector<Ledger> past_;    // each durable one
  std::vector<SoldToken> sold_;
  std::optional<SoldToken> offered_token_;
  std::optional<Offer> offered_order_;
  std::uint64_t lost_energy_mj_ = 0;
  std::uint64_t went_back_count_ = 0;
};

}  // namespace lk::sim
