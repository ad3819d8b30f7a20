// SPDX-License-Identifier: Apache-2.0
// What becomes of a token after it was sold: sent, taken, refused, sent again.
#include "assert/assert.hpp"
#include "server/customers/password.hpp"
#include "server/ledger/ledger.hpp"
#include "server/meters/commands.hpp"
#include "server/meters/meters.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/purchases.hpp"

namespace lk::vending {
namespace {

void tell(store::Unit& unit, const meters::Ports& ports, const std::string& id) {
  unit.after_commit([&port = ports.changes, id] { port.changed(meters::Kind::purchase, id); });
}

}  // namespace

std::optional<Purchase> reissue(store::Unit& unit, const meters::Ports& ports, const SaleRules& rules,
                                const std::string& id) {
  auto purchase = find_purchase(unit.session, id);
  if (!purchase || purchase->state == "accepted" || purchase->state == "reversed" ||
      meters::has_open_command(unit.session, id)) {
    return purchase;
  }
  const auto meter = value_of(meters::find_meter(unit.session, purchase->asked.meter));
  meters::begin_command(unit, ports,
                        {customers::random_uuid(), meter.gateway, purchase->asked.meter,
                         meters::CommandKind::token, purchase->token, unit.now_ms + rules.delivery_ms},
                        {id, ""});
  unit.session.run("update purchase set state = 'sent', detail = '' where id = ?", {id});
  tell(unit, ports, id);
  purchase->state = "sent";
  purchase->detail.clear();
  return purchase;
}

std::optional<Purchase> advise(store::Unit& unit, const std::string& id, const std::string& user) {
  if (auto purchase = find_purchase(unit.session, id)) return purchase;
  unit.session.run("insert into void_purchase (id, ts, \"user\") values (?, ?, ?) on conflict do nothing",
                   {id, unit.now_ms, user});
  return std::nullopt;
}

void accept(store::Unit& unit, const meters::Ports& ports, const std::string& id, std::int64_t ts,
            const std::string& detail) {
  const auto purchase = find_purchase(unit.session, id);
  if (!purchase || purchase->state == "accepted") return;
  // A token that was taken back works all the same where somebody kept it: the site bears that, and sees it.
  const bool reversed = purchase->state == "reversed";
  unit.session.run("update purchase set state = 'accepted', accepted = ?, detail = ? where id = ?",
                   {ts, reversed ? "taken by the meter although it was reversed" : detail, id});
  ledger::post(
      unit.session,
      {unit.now_ms,
       "Token of receipt " + std::to_string(purchase->receipt) + " taken by meter " + purchase->asked.meter,
       id,
       {{std::string(reversed ? ledger::account::losses : ledger::account::tokens_issued),
         purchase->asked.meter, purchase->credited},
        {std::string(ledger::account::customer_credit), purchase->asked.meter, -purchase->credited}}});
  tell(unit, ports, id);
}

void end_delivery(store::Unit& unit, const meters::Ports& ports, const std::string& id,
                  const std::string& state, const std::string& detail) {
  unit.session.run(
      "update purchase set state = ?, detail = ? where id = ? and state not in ('accepted', 'reversed')",
      {state, detail, id});
  tell(unit, ports, id);
}

}  // namespace lk::vending
