// SPDX-License-Identifier: Apache-2.0
// Sealed orders: what changes a meter, except credit. Sequence numbers rise for each meter and are never
// given twice.
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
class OrderSealer;
}

namespace lk::meters {

struct NewOrder {
  std::string id;
  std::string meter;
  std::string verb;                       // open, close, set_price, set_low_credit, refund
  std::string tariff;                     // set_price
  std::optional<quantity::Money> amount;  // set_low_credit; of a refund the most
  std::string user;
};

struct Order {
  NewOrder asked;
  std::int64_t sequence = 0;
  std::string state;
  std::string detail;
  std::int64_t ts = 0;
  std::optional<std::int64_t> ended;
};

// Why an order was not placed.
enum class OrderRefusal {
  unknown_meter,
  unknown_tariff,
  id_reused,          // the id belongs to another order
  sequence_ended,     // the meter's 32-bit sequence is used up
  vault_unavailable,  // the keeper of the order key does not answer: ask again later
};

struct OrderRules {
  std::int64_t delivery_ms;   // how long the gateway may try
  std::int64_t expiry_s = 0;  // by the meter's clock after now; 0: never
};

struct Placed {
  Order order;
  bool repeated = false;
};

// Seals an order and sends it off; the very same order again gives the first one back.
[[nodiscard]] std::expected<Placed, OrderRefusal> place_order(store::Unit& unit, vault::OrderSealer& sealer,
                                                              const Ports& ports, const OrderRules& rules,
                                                              const NewOrder& order);

// What a gateway told of an order.
struct OrderResult {
  std::string state;  // done, refused, expired, failed
  std::string detail;
  std::optional<std::int64_t> value;  // what the verb returned
  std::int64_t ts = 0;
};
// Ends an order. A changed price enters the meter's price steps at the energy the meter returned.
void end_order(store::Unit& unit, const Ports& ports, const std::string& id, const OrderResult& result);

// The meter's own event of a tariff change, where the answer to its order never came: the order is done.
void settle_price_order(store::Unit& unit, const Ports& ports, const std::string& meter,
                        std::int64_t version_low, std::int64_t priced_energy_mj);

[[nodiscard]] std::optional<Order> find_order(store::Session& session, const std::string& id);
[[nodiscard]] std::vector<Order> list_orders(store::Session& session, const std::string& meter,
                                             std::int64_t limit);
[[nodiscard]] nlohmann::ordered_json view(const Order& order);

}  // namespace lk::meters
