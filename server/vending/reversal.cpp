// SPDX-License-Identifier: Apache-2.0
#include "server/ledger/ledger.hpp"
#include "server/meters/commands.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/purchases.hpp"

namespace lk::vending {
namespace {

using quantity::Money;

// The lines of an entry, turned round.
std::vector<ledger::Line> counter_lines(store::Session& session, std::int64_t entry) {
  std::vector<ledger::Line> lines;
  for (auto& [account, meter, amount, party] : session.rows<std::string, std::string, Money, std::string>(
           "select account, meter, amount, party from ledger_line where entry = ? order by line", {entry})) {
    lines.push_back({std::move(account), std::move(meter), -amount, std::move(party)});
  }
  return lines;
}

std::optional<ReversalRefusal> refusal_of(store::Session& session, const Purchase& purchase) {
  if (purchase.state == "reversed") return ReversalRefusal::id_reused;
  if (purchase.state == "accepted") return ReversalRefusal::taken;
  if (purchase.state == "sent" || meters::has_open_command(session, purchase.asked.id)) {
    return ReversalRefusal::under_way;
  }
  const auto last =
      session.one<std::int64_t>("select last_tid from meter where number = ?", {purchase.asked.meter});
  if (last != purchase.tid || !purchase.key_change.empty()) return ReversalRefusal::not_latest;
  return std::nullopt;
}

// What the sale took of debts and months is due again.
void put_back(store::Session& session, const std::string& id) {
  session.run(
      "update debt set open = open + (select d.amount from debt_part d where d.purchase = ? and d.debt = "
      "debt.id) "
      "where id in (select debt from debt_part where purchase = ?)",
      {id, id});
  session.run(
      "update meter set standing_month = (select nullif(standing_before, -1) from purchase where id = ?), "
      "free_month = (select nullif(free_before, -1) from purchase where id = ?) "
      "where number = (select meter from purchase where id = ?)",
      {id, id, id});
}

}  // namespace

std::expected<bool, ReversalRefusal> reverse(store::Unit& unit, const meters::Ports& ports,
                                             const Reversal& asked) {
  store::Session& session = unit.session;
  if (const auto known = session.row<std::string, std::string>(
          "select purchase, reason from reversal where id = ?", {asked.id})) {
    const bool same = std::get<0>(*known) == asked.purchase && std::get<1>(*known) == asked.reason;
    if (same) return false;
    return std::unexpected(ReversalRefusal::id_reused);
  }
  const auto purchase = find_purchase(session, asked.purchase);
  if (!purchase) return std::unexpected(ReversalRefusal::unknown_purchase);
  if (const auto refusal = refusal_of(session, *purchase)) return std::unexpected(*refusal);

  const auto note = session.one<std::int64_t>("select coalesce(max(note), 0) + 1 from reversal");
  const auto sold = session.one<std::int64_t>("select entry from purchase where id = ?", {asked.purchase});
  const std::int64_t entry =
      ledger::post(session, {unit.now_ms,
                             "Credit note " + std::to_string(note) + ": receipt " +
                                 std::to_string(purchase->receipt) + " taken back, " + asked.reason,
                             asked.purchase, counter_lines(session, sold)});
  const auto shift =
      session.row<std::string>("select id from shift where \"user\" = ? and closed is null", {asked.user});
  std::optional<std::string> in_shift;
  if (shift && purchase->asked.tender == Tender::cash) in_shift = std::get<0>(*shift);
  session.run(
      "insert into reversal (id, purchase, note, reason, ts, \"user\", shift, entry) values (?, ?, ?, ?, ?, "
      "?, ?, ?)",
      {asked.id, asked.purchase, note, asked.reason, unit.now_ms, asked.user, in_shift, entry});
  put_back(session, asked.purchase);
  session.run("update purchase set state = 'reversed', detail = ? where id = ?",
              {asked.reason, asked.purchase});
  unit.after_commit(
      [&port = ports.changes, id = asked.purchase] { port.changed(meters::Kind::purchase, id); });
  return true;
}

}  // namespace lk::vending
