// SPDX-License-Identifier: Apache-2.0
// What must be known to judge a number of purchases, read with one query a kind, and brought up to date from
// purchase to purchase in memory.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "server/vending/key_record.hpp"
#include "server/vending/pricing.hpp"
#include "server/vending/purchases.hpp"

namespace lk::store {
class Batch;
}  // namespace lk::store

namespace lk::vending {

struct Account {
  KeyRecord keys;
  std::string kind;
  std::string gateway;
  std::string customer;
  quantity::Money credit_limit;
  Standing standing;
  bool changed = false;
};

class Till {
 public:
  Till(store::Session& session, const SaleRules& rules, std::int64_t now_ms,
       std::span<const NewPurchase> purchases);

  // Who may buy for how much, and into what it is split.
  [[nodiscard]] std::expected<Breakdown, SaleRefusal> judge(const NewPurchase& purchase) const;
  // Takes a purchase that was judged so: what it leaves is what the next one finds.
  void take(const NewPurchase& purchase, const Breakdown& parts);

  [[nodiscard]] Account& account(const std::string& meter) { return accounts_.at(meter); }
  [[nodiscard]] quantity::Money commission(const NewPurchase& purchase) const;
  // The open shift of a user, or empty.
  [[nodiscard]] std::string shift_of(const std::string& user) const;
  // Has what has changed of meters and debts written.
  void save(store::Batch& batch);

 private:
  struct Agent {
    quantity::Money left;
    std::int64_t commission_e4 = 0;
  };
  void read_meters(store::Session& session, std::span<const NewPurchase> purchases);
  void read_debts(store::Session& session);
  void read_lately(store::Session& session);
  void read_owed(store::Session& session, std::span<const NewPurchase> purchases);
  void read_sellers(store::Session& session, std::span<const NewPurchase> purchases);

  const SaleRules& rules_;
  std::int64_t now_ms_;
  std::int64_t month_;
  std::map<std::string, Account> accounts_;
  std::map<std::string, quantity::Money> owed_;  // by customer
  std::map<std::string, Agent> agents_;
  std::map<std::string, std::string> shifts_;         // by user
  std::map<std::string, quantity::Money> recovered_;  // by debt
};

}  // namespace lk::vending
