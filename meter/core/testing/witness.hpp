// SPDX-License-Identifier: Apache-2.0
// For tests: a witness that knows what was sold, ordered and answered, and holds a meter to it, also when the
// power was cut in the middle of something: what was answered must be there, what was under way may be there,
// whole, and nothing else.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "meter/core/testing/bench.hpp"

namespace lk::meter {

class Witness {
 public:
  explicit Witness(const Configuration& configuration)
      : preset_(configuration.preset_credit),
        prices_{{0, configuration.price.count()}},
        low_credit_(configuration.low_credit) {}

  // Before the meter is asked.
  void offers(std::uint32_t tid, quantity::Money amount) { offered_token_ = {tid, amount}; }
  void offers(std::uint32_t sequence, const order::Command& command) { offered_order_ = {sequence, command}; }
  // The meter answered "accepted" or "done".
  void saw_accepted() {
    sold_.insert(*offered_token_);
    offered_token_.reset();
  }
  void saw_done(std::int64_t value) { take_order(value); }
  // The meter answered "not ready": it may still be there after a restart, for its flash may hold the write.
  void saw_not_ready() {}
  // An answer leaves at least this energy priced.
  void saw_stored(quantity::Energy priced) { priced_at_least_ = priced; }

  [[nodiscard]] bool sold(std::uint32_t tid) const { return sold_.contains(tid); }
  [[nodiscard]] std::uint32_t sequence() const { return sequence_; }

  // Judges the state of a meter that has just started; decides what became of what was under way.
  void judge(const State& state, const std::string& where) {
    settle(state);
    quantity::Money credited = preset_;
    for (const auto& [tid, amount] : sold_) {
      EXPECT_EQ(state.tokens.used.judge(tid), sts::TidStore::Standing::used) << where << ": token " << tid;
      credited += amount;
    }
    const credit::Account& account = state.account;
    const std::uint32_t key_changes = state.tokens.key.key_revision_number - 1U;
    EXPECT_EQ(state.token_count, sold_.size() + key_changes) << where;
    EXPECT_EQ(state.tokens.used.entries().size(), sold_.size()) << where;
    EXPECT_EQ(account.credited().count(), credited.count()) << where;
    EXPECT_EQ(account.balance(), account.credited() - account.deducted()) << where;
    EXPECT_EQ(account.deducted().count(), exact_parts(account.priced_energy().count()) / 360'000'000)
        << where;
    EXPECT_EQ(account.tariff().price.count(), prices_.back().price) << where;
    EXPECT_EQ(account.low_credit(), low_credit_) << where;
    EXPECT_GE(account.priced_energy(), priced_at_least_) << where;
    EXPECT_EQ(state.last_order.sequence, sequence_) << where;
    EXPECT_EQ(state.reasons.has(supply::Reason::order), is_held_) << where;
    priced_at_least_ = {};
  }

  // Every event of the last twelve is there, and those of the sold tokens among them.
  static void judge_events(Bench& bench, const std::string& where) {
    const std::uint32_t count = bench.look().event_count;
    for (std::uint32_t number = count; number > 0 && count - number < 12; --number) {
      EXPECT_EQ(bench.event(number).number, number) << where;
    }
  }

 private:
  struct PriceFrom {
    std::int64_t energy_mj;
    std::int64_t price;
  };

  void settle(const State& state) {
    if (offered_token_ && state.tokens.used.judge(offered_token_->first) == sts::TidStore::Standing::used) {
      sold_.insert(*offered_token_);
    }
    offered_token_.reset();
    if (offered_order_ && state.last_order.sequence == offered_order_->first) take_order(state.order_value);
    offered_order_.reset();
  }

  void take_order(std::int64_t value) {
    const auto [sequence, command] = *offered_order_;
    offered_order_.reset();
    sequence_ = sequence;
    if (std::holds_alternative<order::Open>(command)) is_held_ = true;
    if (std::holds_alternative<order::Close>(command)) is_held_ = false;
    if (const auto* price = std::get_if<order::SetPrice>(&command))
      prices_.push_back({value, price->price.count()});
    if (const auto* low = std::get_if<order::SetLowCredit>(&command)) low_credit_ = low->threshold;
  }

  [[nodiscard]] std::int64_t exact_parts(std::int64_t energy_mj) const {
    std::int64_t parts = 0;
    for (std::size_t i = 0; i < prices_.size(); ++i) {
      const std::int64_t end = i + 1 < prices_.size() ? prices_[i + 1].energy_mj : energy_mj;
      parts += (end - prices_[i].energy_mj) * prices_[i].price;
    }
    return parts;
  }

  quantity::Money preset_;
  std::map<std::uint32_t, quantity::Money> sold_;
  std::optional<std::pair<std::uint32_t, quantity::Money>> offered_token_;
  std::optional<std::pair<std::uint32_t, order::Command>> offered_order_;
  std::uint32_t sequence_ = 0;
  bool is_held_ = false;
  std::vector<PriceFrom> prices_;
  quantity::Money low_credit_;
  quantity::Energy priced_at_least_;
};

}  // namespace lk::meter
