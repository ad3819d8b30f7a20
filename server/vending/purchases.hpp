// SPDX-License-Identifier: Apache-2.0
// The sale of electricity. Purchase, token, receipt number, ledger entry and delivery are one transaction:
// after a crash a sale is there whole, or not at all, and its id asked again gives the first result. Many
// sales that wait at once are done with few statements (sell_all): that, and one commit for all, is where
// speed comes from.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "quantity/quantity.hpp"
#include "server/meters/ports.hpp"
#include "server/vending/pricing.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::vending {

class TokenMaker;

// Who holds the money of a purchase.
enum class Tender {
  cash,     // an operator took it
  account,  // the customer owes it
  agent,    // it is taken from what the agent has paid in
};
[[nodiscard]] std::string_view name_of(Tender tender);

struct NewPurchase {
  std::string id;
  std::string meter;
  quantity::Money amount;  // nothing where `energy` is asked for
  bool deliver = true;
  std::string user;
  Tender tender = Tender::cash;
  std::optional<quantity::Energy> energy = {};
  std::string agent = {};  // whose float, with Tender::agent
};

struct Purchase {
  NewPurchase asked;  // with the amount that was worked out
  quantity::Money credited;
  std::int64_t tid = 0;
  std::string token;
  std::string state;  // issued, sent, accepted, refused, expired, failed, reversed
  std::string detail;
  std::int64_t receipt = 0;
  std::int64_t ts = 0;
  std::optional<std::int64_t> accepted;
  Breakdown parts = {};  // without `recovered`
  quantity::Money commission = {};
  std::string shift = {};
  std::vector<std::string> key_change = {};  // tokens to be given to the meter before `token`

  [[nodiscard]] const std::string& first_token() const {
    return key_change.empty() ? token : key_change.front();
  }
};

struct SaleRules {
  quantity::Money most = quantity::units(10'000);     // of one purchase
  std::int64_t delivery_ms = 7LL * 24 * 3600 * 1000;  // how long the gateway may try
  std::int64_t utc_offset_ms = 0;                     // of the clock by which months are counted
  bool shift_for_cash = false;                        // cash is taken in an open shift only
};

struct Sale {
  Purchase purchase;
  bool repeated = false;
};
using SaleResult = std::expected<Sale, SaleRefusal>;

// Sells in the given order; each purchase is done or refused for itself. Throws store::Error where the
// database fails: then none is done.
[[nodiscard]] std::vector<SaleResult> sell_all(store::Unit& unit, const TokenMaker& tokens,
                                               const meters::Ports& ports, const SaleRules& rules,
                                               std::span<const NewPurchase> purchases);
// What requests are told whose identity stands already, by reading only; nothing for each that is new.
[[nodiscard]] std::vector<std::optional<SaleResult>> sold_before(store::Session& session,
                                                                 std::span<const NewPurchase> purchases);
[[nodiscard]] SaleResult sell(store::Unit& unit, const TokenMaker& tokens, const meters::Ports& ports,
                              const SaleRules& rules, const NewPurchase& purchase);

// What a purchase would give, without any effect. The id does not matter.
[[nodiscard]] std::expected<Breakdown, SaleRefusal> trial(store::Session& session, const SaleRules& rules,
                                                          std::int64_t now_ms, const NewPurchase& purchase);

// The same token again, sent to the meter where it is not accepted and not under way; nothing for an unknown
// id.
[[nodiscard]] std::optional<Purchase> reissue(store::Unit& unit, const meters::Ports& ports,
                                              const SaleRules& rules, const std::string& id);

// What became of an identity whose answer was lost: the purchase, or nothing, and then nothing can be sold
// under it any more, so that a request that is still on its way cannot make the answer wrong.
[[nodiscard]] std::optional<Purchase> advise(store::Unit& unit, const std::string& id,
                                             const std::string& user);

// A token of the purchase came to the meter. The last one credits: it becomes the customer's in the ledger.
// `content` is the token. Harmless a second time.
void accept(store::Unit& unit, const meters::Ports& ports, const std::string& id, std::int64_t ts,
            const std::string& detail);
// The delivery ended otherwise (refused, expired, failed). Does nothing to an accepted or reversed purchase.
void end_delivery(store::Unit& unit, const meters::Ports& ports, const std::string& id,
                  const std::string& state, const std::string& detail);

// Why a purchase was not reversed.
enum class ReversalRefusal {
  unknown_purchase,
  id_reused,   // the id belongs to another reversal, or the purchase was reversed under another id
  taken,       // the meter has the token
  under_way,   // the token is on its way to the meter
  not_latest,  // the meter was sold for since
};

struct Reversal {
  std::string id;
  std::string purchase;
  std::string reason;
  std::string user;
};
// Takes a purchase back by a counter-entry with a credit note number; true where it is new, false for a
// repeat.
[[nodiscard]] std::expected<bool, ReversalRefusal> reverse(store::Unit& unit, const meters::Ports& ports,
                                                           const Reversal& reversal);

[[nodiscard]] std::optional<Purchase> find_purchase(store::Session& session, const std::string& id);
[[nodiscard]] std::vector<Purchase> find_purchases(store::Session& session,
                                                   const std::vector<std::string>& ids);
// The newest first; of one meter, and of one customer's meters or one agent's sales, where these are not
// empty.
struct Whose {
  std::string meter;
  std::string customer;
  std::string agent;
};
[[nodiscard]] std::vector<Purchase> list_purchases(store::Session& session, const Whose& whose,
                                                   std::int64_t limit);
[[nodiscard]] nlohmann::ordered_json view(const Purchase& purchase);

}  // namespace lk::vending
