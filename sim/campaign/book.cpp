// SPDX-License-Identifier: Apache-2.0
#include "sim/campaign/book.hpp"

#include <algorithm>
#include <variant>

#include "assert/assert.hpp"

namespace lk::sim {
namespace {

using meter::Snapshot;
using quantity::Duration;
using quantity::Energy;
using quantity::Instant;
using quantity::Money;

constexpr Duration remembered = quantity::minutes(3);
constexpr std::int64_t mj_of_money =
    quantity::mj_per_kwh * quantity::price_per_unit / quantity::money_per_unit;

void expect(bool holds, const std::string& what, std::int64_t seen, std::int64_t should) {
  if (!holds) throw Broken(what + ": " + std::to_string(seen) + ", should be " + std::to_string(should));
}

}  // namespace

Book::Book(Money preset, quantity::Price price)
    : preset_(preset), credited_(preset), prices_{{0, price.count(), 0}} {}

void Book::fed(Energy import, Energy exported, Instant now) {
  fed_ = {now, fed_.import + import, fed_.exported + exported};
  if (recent_.empty() || now - recent_.back().at >= quantity::seconds(1)) recent_.push_back(fed_);
  while (now - recent_.front().at > remembered) recent_.pop_front();
}

void Book::accepted() {
  const SoldToken& token = value_of(offered_token_);
  sold_.push_back(token);
  credited_ += token.amount;
  offered_token_.reset();
  durable_ = fed_;
}

void Book::done(std::int64_t value) {
  const auto [sequence, command] = value_of(offered_order_);
  offered_order_.reset();
  order_sequence_ = sequence;
  durable_ = fed_;
  if (std::holds_alternative<order::Open>(command)) is_held_ = true;
  if (std::holds_alternative<order::Close>(command)) is_held_ = false;
  if (const auto* price = std::get_if<order::SetPrice>(&command))
    prices_.push_back({value, price->price.count(), sequence});
}

// Independent of the meter's own arithmetic: the whole history of prices, in 128 bits.
Money Book::deducted_for(std::int64_t energy_mj) const {
  __extension__ using Wide = __int128;
  Wide parts = 0;
  for (std::size_t i = 0; i < prices_.size(); ++i) {
    const std::int64_t end = i + 1 < prices_.size() ? prices_[i + 1].energy_mj : energy_mj;
    parts += Wide{end - prices_[i].energy_mj} * prices_[i].price;
  }
  return Money::of(static_cast<std::int64_t>(parts / mj_of_money));
}

void Book::judge_account(const Snapshot& seen) const {
  expect(seen.credited == credited_, "credited", seen.credited.count(), credited_.count());
  const Money deducted = deducted_for(seen.priced_energy.count());
  expect(seen.deducted == deducted, "deducted", seen.deducted.count(), deducted.count());
  const Money balance = seen.credited - seen.deducted;
  expect(seen.balance == balance, "balance", seen.balance.count(), balance.count());
  expect(seen.order_sequence == order_sequence_, "sequence of orders", seen.order_sequence, order_sequence_);
  const bool is_held = (seen.hold_reasons & dictionary::hold_order) != 0;
  expect(is_held == is_held_, "held open by order", is_held ? 1 : 0, is_held_ ? 1 : 0);
}

void Book::judge_energy(const char* what, Energy seen, Energy least, Energy most) const {
  expect(seen >= least, std::string(what) + " ran back", seen.count(), least.count());
  expect(seen <= most, std::string(what) + " out of nothing", seen.count(), most.count());
}

void Book::judge_running(const Snapshot& seen) const {
  judge_account(seen);
  judge_energy("imported energy", seen.import_energy, fed_.import, fed_.import);
  judge_energy("exported energy", seen.export_energy, fed_.exported, fed_.exported);
  judge_energy("priced energy", seen.priced_energy, fed_.import, fed_.import);
}

void Book::settle_offers(const Snapshot& seen) {
  if (offered_token_ && seen.credited == credited_ + offered_token_->amount) accepted();
  offered_token_.reset();
  if (offered_order_ && seen.order_sequence == offered_order_->first) {
    // The price of an order holds from the energy on that the meter had priced then; nothing was fed since.
    done(seen.priced_energy.count());
  }
  offered_order_.reset();
}

// To the earlier account that the meter tells of: as many tokens and prices as it still knows.
void Book::go_back(const Snapshot& seen) {
  Money credited = preset_;
  std::size_t known = 0;
  while (known < sold_.size() && credited < seen.credited) credited += sold_[known++].amount;
  sold_.resize(known);
  credited_ = credited;
  std::erase_if(prices_, [&](const PriceFrom& from) { return from.order_sequence > seen.order_sequence; });
  order_sequence_ = std::min(order_sequence_, seen.order_sequence);
  is_held_ = (seen.hold_reasons & dictionary::hold_order) != 0;
  durable_ = {};
}

void Book::judge_started(const Snapshot& seen, Duration unstored_at_most, Instant now) {
  const bool is_damaged = (seen.alarms & dictionary::alarm_memory) != 0;
  settle_offers(seen);
  Fed least = durable_;
  for (const Fed& fed : recent_) {
    if (fed_.at - fed.at > unstored_at_most && fed.import > least.import) least = fed;
  }
  if (is_damaged) {
    go_back(seen);
    least = {};
  }
  judge_account(seen);
  judge_energy("imported energy", seen.import_energy, least.import, fed_.import);
  judge_energy("exported energy", seen.export_energy, least.exported, fed_.exported);
  judge_energy("priced energy", seen.priced_energy, seen.import_energy, seen.import_energy);
  lost_energy_mj_ += static_cast<std::uint64_t>((fed_.import - seen.import_energy).count());
  fed_ = {now, seen.import_energy, seen.export_energy};
  durable_ = fed_;
  recent_.clear();
}

}  // namespace lk::sim
