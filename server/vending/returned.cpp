// SPDX-License-Identifier: Apache-2.0
#include "server/vending/returned.hpp"

#include "server/ledger/ledger.hpp"
#include "server/meters/orders.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/order_sealer.hpp"

namespace lk::vending {
namespace {

using quantity::Money;

// Whose the credit is that was the customer's; by the event's detail.
std::string_view account_of(std::int64_t detail) {
  switch (detail) {
    case 0:
      return ledger::account::refunds_due;
    case 1:
      return ledger::account::preset;
    default:
      return ledger::account::credit_cleared;
  }
}

std::string_view title_of(std::int64_t detail) {
  switch (detail) {
    case 0:
      return "Refund by meter ";
    case 1:
      return "Preset credit taken back by meter ";
    default:
      return "Credit cleared in meter ";
  }
}

}  // namespace

void book_returned(store::Unit& unit, const std::string& meter, const meters::Event& event) {
  const Money amount = Money::of(event.value);
  if (amount <= Money{}) return;
  ledger::post(unit.session, {unit.now_ms,
                              std::string(title_of(event.detail)) + meter,
                              "",
                              {{std::string(ledger::account::customer_credit), meter, amount},
                               {std::string(account_of(event.detail)), meter, -amount}}});
}

Money returned_by(store::Session& session, const std::string& meter, std::int64_t last_event) {
  return session.one<Money>(
      "select coalesce(sum(value), 0) from event where meter = ? and code = ? and number <= ?",
      {meter, credit_returned_code, last_event});
}

std::expected<bool, RefundRefusal> pay_refund(store::Unit& unit, vault::OrderSealer& sealer,
                                              const Refund& refund) {
  store::Session& session = unit.session;
  const auto order = meters::find_order(session, refund.order);
  if (!order || order->asked.verb != "refund") return std::unexpected(RefundRefusal::unknown_order);
  if (refund.amount <= Money{}) return std::unexpected(RefundRefusal::no_amount);
  if (const auto paid = session.row<Money, std::string>(
          "select amount, proof from refund where meter_order = ?", {refund.order})) {
    if (std::get<0>(*paid) == refund.amount && std::get<1>(*paid) == refund.proof) return false;
    return std::unexpected(RefundRefusal::paid_already);
  }
  const auto proof =
      sealer.refund_proof(order->asked.meter, static_cast<std::uint32_t>(order->sequence), refund.amount);
  if (!proof) return std::unexpected(RefundRefusal::vault_unavailable);
  if (*proof != refund.proof) return std::unexpected(RefundRefusal::wrong_proof);
  const std::int64_t entry =
      ledger::post(session, {unit.now_ms,
                             "Refund paid out for meter " + order->asked.meter,
                             "",
                             {{std::string(ledger::account::refunds_due), order->asked.meter, refund.amount},
                              {std::string(ledger::account::cash), "", -refund.amount}}});
  std::optional<std::string> shift;
  if (const auto open = session.row<std::string>("select id from shift where \"user\" = ? and closed is null",
                                                 {refund.user})) {
    shift = std::get<0>(*open);
  }
  session.run(
      "insert into refund (meter_order, amount, proof, ts, \"user\", shift, entry) values (?, ?, ?, ?, ?, ?, "
      "?)",
      {refund.order, refund.amount, refund.proof, unit.now_ms, refund.user, shift, entry});
  return true;
}

}  // namespace lk::vending
