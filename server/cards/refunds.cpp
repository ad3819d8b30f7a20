// SPDX-License-Identifier: Apache-2.0
// A refund that a card tells of, paid out at the desk.
#include <array>
#include <cinttypes>
#include <cstdio>

#include "server/cards/cards.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/returned.hpp"

namespace lk::cards {
namespace {

std::string number_text(std::uint64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%011" PRIu64, number);
  return text.data();
}

}  // namespace

std::optional<ToldRefund> find_refund(store::Session& session, const card::Statement& statement) {
  if (statement.refund_sequence == 0) return std::nullopt;
  auto found = session.row<std::string, bool>(
      "select o.id, r.entry is not null from meter_order o left join refund r on r.meter_order = o.id "
      "where o.meter = ? and o.sequence = ? and o.verb = 'refund'",
      {number_text(statement.meter), std::int64_t{statement.refund_sequence}});
  if (!found) return std::nullopt;
  return ToldRefund{std::move(std::get<0>(*found)), std::get<1>(*found)};
}

Result<void> pay_refund(store::Unit& unit, vault::OrderSealer& sealer, const card::Statement& statement,
                        const std::string& user) {
  using vending::RefundRefusal;
  const auto told = find_refund(unit.session, statement);
  if (!told) return std::unexpected(Refusal::no_refund);
  const auto paid =
      vending::pay_refund(unit, sealer, {told->order, statement.refund, hex(statement.refund_proof), user});
  if (paid) return {};
  switch (paid.error()) {
    case RefundRefusal::unknown_order:
    case RefundRefusal::no_amount:
      return std::unexpected(Refusal::no_refund);
    case RefundRefusal::wrong_proof:
    case RefundRefusal::paid_already:
      return std::unexpected(Refusal::wrong_proof);
    case RefundRefusal::vault_unavailable:
      break;
  }
  return std::unexpected(Refusal::vault_unavailable);
}

}  // namespace lk::cards
