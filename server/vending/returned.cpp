// SPDX-License-Identifier: Apache-2.0
#include "server/vending/returned.hpp"

#include <algorithm>
#include <limits>

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

constexpr std::int64_t by_refund = 0;
constexpr std::int64_t by_opening = 1;

// How often this very amount was booked as given back, since a time of the books.
std::int64_t booked_count(store::Session& session, const std::string& meter, std::int64_t detail,
                          Money amount, std::int64_t since_ms) {
  return session.one<std::int64_t>(
      "select count(*) from ledger_line l join ledger_entry e on e.number = l.entry where l.account = ? and "
      "l.meter = ? and l.amount = ? and e.ts >= ?",
      {std::string(account_of(detail)), meter, -amount, since_ms});
}

void book(store::Unit& unit, const std::string& meter, std::int64_t detail, Money amount) {
  ledger::post(unit.session, {unit.now_ms,
                              std::string(title_of(detail)) + meter,
                              "",
                              {{std::string(ledger::account::customer_credit), meter, amount},
                               {std::string(account_of(detail)), meter, -amount}}});
}

}  // namespace

void book_returned(store::Unit& unit, const std::string& meter, const meters::Event& event) {
  const Money amount = Money::of(event.value);
  if (amount <= Money{}) return;
  const auto told = unit.session.one<std::int64_t>(
      "select count(*) from event where meter = ? and code = ? and detail = ? and value = ?",
      {meter, credit_returned_code, event.detail, event.value});
  if (booked_count(unit.session, meter, event.detail, amount, 0) < told)
    book(unit, meter, event.detail, amount);
}

void book_returned_by_card(store::Unit& unit, const std::string& order, Money amount) {
  const auto placed = meters::find_order(unit.session, order);
  if (!placed || amount <= Money{}) return;
  const std::string& verb = placed->asked.verb;
  if (verb != "refund" && verb != "open_account") return;
  const std::int64_t detail = verb == "refund" ? by_refund : by_opening;
  if (booked_count(unit.session, placed->asked.meter, detail, amount, placed->ts) == 0)
    book(unit, placed->asked.meter, detail, amount);
}

Money returned_by(store::Session& session, const std::string& meter, std::int64_t last_event) {
  const auto told = [&](std::int64_t up_to) {
    return session.one<Money>(
        "select coalesce(sum(value), 0) from event where meter = ? and code = ? and number <= ?",
        {meter, credit_returned_code, up_to});
  };
  const auto booked = session.one<Money>(
      "select coalesce(-sum(amount), 0) from ledger_line where meter = ? and amount < 0 and account in (?, "
      "?, ?)",
      {meter, std::string(ledger::account::refunds_due), std::string(ledger::account::preset),
       std::string(ledger::account::credit_cleared)});
  const Money ahead = booked - told(std::numeric_limits<std::int64_t>::max());
  return told(last_event) + std::max(ahead, Money{});
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
