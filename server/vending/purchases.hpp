// SPDX-License-Identifier: Apache-2.0
// The sale of electricity. Purchase, token, receipt number, ledger entry and delivery are one transaction:
// after a crash a sale is there whole, or not at all, and its id asked again gives the first result.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "quantity/quantity.hpp"
#include "server/meters/ports.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store
namespace lk::vault {
class Issuer;
}

namespace lk::vending {

struct NewPurchase {
  std::string id;
  std::string meter;
  quantity::Money amount;
  bool deliver = true;
  std::string user;
  bool on_account = false;  // the buyer owes the money; otherwise it was taken in cash
};

struct Purchase {
  NewPurchase asked;
  quantity::Money credited;
  std::int64_t tid = 0;
  std::string token;
  std::string state;  // issued, sent, accepted, refused, expired, failed
  std::string detail;
  std::int64_t receipt = 0;
  std::int64_t ts = 0;
  std::optional<std::int64_t> accepted;
};

// Why nothing was sold.
enum class SaleRefusal {
  unknown_meter,
  id_reused,      // the id belongs to another purchase
  no_amount,      // zero or less
  above_limit,    // more than the site sells at once
  only_measures,  // a feeder meter takes no credit
  amount_range,   // a token cannot carry the amount
  foreign_keys,   // the vault has no vending key for the meter's supply group and revision
  no_identifier   // the clock is before the base date, or the identifiers are used up
};

struct SaleRules {
  quantity::Money most = quantity::units(10'000);     // of one purchase
  std::int64_t delivery_ms = 7LL * 24 * 3600 * 1000;  // how long the gateway may try
};

struct Sale {
  Purchase purchase;
  bool repeated = false;
};

[[nodiscard]] std::expected<Sale, SaleRefusal> sell(store::Unit& unit, const vault::Issuer& issuer,
                                                    const meters::Ports& ports, const SaleRules& rules,
                                                    const NewPurchase& purchase);

// The same token again, sent to the meter where it is not accepted and not under way; nothing for an unknown
// id.
[[nodiscard]] std::optional<Purchase> reissue(store::Unit& unit, const meters::Ports& ports,
                                              const SaleRules& rules, const std::string& id);

// The meter has taken the token: the credit becomes the customer's in the ledger. Harmless a second time.
void accept(store::Unit& unit, const meters::Ports& ports, const std::string& id, std::int64_t ts,
            const std::string& detail);
// The delivery ended otherwise (refused, expired, failed). Does nothing to an accepted purchase.
void end_delivery(store::Unit& unit, const meters::Ports& ports, const std::string& id,
                  const std::string& state, const std::string& detail);

[[nodiscard]] std::optional<Purchase> find_purchase(store::Session& session, const std::string& id);
// The newest first; of one meter, and of one customer's meters, where these are not empty.
[[nodiscard]] std::vector<Purchase> list_purchases(store::Session& session, const std::string& meter,
                                                   const std::string& customer, std::int64_t limit);
[[nodiscard]] nlohmann::ordered_json view(const Purchase& purchase);

}  // namespace lk::vending
