// SPDX-License-Identifier: Apache-2.0
// Credit that a meter gave back: preset credit, credit that a token cleared, refunds. The meter tells it by
// its event `credit returned`, or a card brings its word, and the books follow, once. A refund is paid out
// only for its proof, which nobody but the meter and the vault can make (docs/formats/order.md).
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "quantity/quantity.hpp"
#include "server/meters/events.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store
namespace lk::vault {
class OrderSealer;
}

namespace lk::vending {

// The meter's event code.
inline constexpr std::int64_t credit_returned_code = 23;
inline constexpr std::int64_t tariff_changed_code = 11;

// Books one such event; to be called once for each, when it is kept. What a card told before is not booked
// again.
void book_returned(store::Unit& unit, const std::string& meter, const meters::Event& event);
// Books what an order gave back whose end a card's statement tells (a refund, an account that was opened),
// unless the meter's event was quicker.
void book_returned_by_card(store::Unit& unit, const std::string& order, quantity::Money amount);

// What a meter has given back, by its events up to a number, and by what cards told ahead of events.
[[nodiscard]] quantity::Money returned_by(store::Session& session, const std::string& meter,
                                          std::int64_t last_event);

// Why a refund was not paid out.
enum class RefundRefusal {
  unknown_order,      // no refund order of this id
  wrong_proof,        // the meter did not make this proof for this order and amount
  paid_already,       // with another proof or amount
  no_amount,          // zero or less
  vault_unavailable,  // the proof cannot be checked now
};

struct Refund {
  std::string order;
  quantity::Money amount;  // as the meter shows it
  std::string proof;       // 32 hexadecimal digits, as the meter shows it
  std::string user;
};
// Pays a refund out in cash: true where that is new, false for a repeat.
[[nodiscard]] std::expected<bool, RefundRefusal> pay_refund(store::Unit& unit, vault::OrderSealer& sealer,
                                                            const Refund& refund);

}  // namespace lk::vending
