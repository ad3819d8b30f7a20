// SPDX-License-Identifier: Apache-2.0
// What becomes of a token after it was sold: sent, taken, refused, sent again.
#include "server/vending/delivery.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "server/customers/password.hpp"
#include "server/ledger/ledger.hpp"
#include "server/meters/meters.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/engineering.hpp"
#include "server/vending/key_record.hpp"
#include "server/vending/purchases.hpp"

namespace lk::vending {
namespace {

// Results of IEC 62055-41, as docs/formats/modbus-map.md numbers them.
constexpr std::int64_t result_accept = 1;
constexpr std::int64_t result_wrong_key = 13;  // or mistyped: the check fails

bool is_section_result(std::int64_t result) {
  return result == 2 || result == 3 || result == 17 || result == 18;
}

void tell(store::Unit& unit, const meters::Ports& ports, const std::string& id) {
  unit.after_commit([&port = ports.changes, id] { port.changed(meters::Kind::purchase, id); });
}

// A purchase or an engineering token, as a list.
struct List {
  std::vector<std::string> tokens;
  std::size_t sections = 0;
  std::int64_t ts = 0;
  bool is_open = true;  // nothing final is known of it
};

std::optional<List> list_of(store::Session& session, const meters::Purpose& purpose) {
  List list;
  if (!purpose.purchase.empty()) {
    const auto purchase = find_purchase(session, purpose.purchase);
    if (!purchase) return std::nullopt;
    list = {purchase->key_change, purchase->key_change.size(), purchase->ts,
            purchase->state != "accepted" && purchase->state != "reversed"};
    list.tokens.push_back(purchase->token);
  } else {
    const auto token = find_engineering(session, purpose.engineering);
    if (!token) return std::nullopt;
    list = {token->key_change, token->key_change.size(), token->ts, token->state != "accepted"};
    if (!token->token.empty()) list.tokens.push_back(token->token);
  }
  return list;
}

void end(store::Unit& unit, const meters::Ports& ports, const Delivery& delivery, std::string_view state) {
  const meters::Purpose& purpose = delivery.command.purpose;
  if (!purpose.purchase.empty()) {
    if (state == "accepted") {
      accept(unit, ports, purpose.purchase, delivery.ts, delivery.detail);
    } else {
      end_delivery(unit, ports, purpose.purchase, std::string(state), delivery.detail);
    }
  } else {
    end_engineering(unit, purpose.engineering, std::string(state), delivery.detail, delivery.ts);
  }
}

void send(store::Unit& unit, const meters::Ports& ports, const Delivery& delivery, const std::string& token,
          const std::string& progress) {
  const meters::Purpose& purpose = delivery.command.purpose;
  meters::begin_command(unit, ports,
                        {customers::random_uuid(), delivery.command.gateway, delivery.meter,
                         meters::CommandKind::token, token, delivery.command.expires},
                        purpose);
  const bool is_purchase = !purpose.purchase.empty();
  unit.session.run(std::string("update ") + (is_purchase ? "purchase" : "engineering_token") +
                       " set detail = ? where id = ?",
                   {progress, is_purchase ? purpose.purchase : purpose.engineering});
  if (is_purchase) tell(unit, ports, purpose.purchase);
}

}  // namespace

Step step_after(const Answered& answered) {
  const bool is_section = answered.index < answered.sections;
  const bool is_last = answered.index + 1 >= answered.size;
  const std::int64_t result = answered.result.value_or(answered.state == "done" ? result_accept : 0);
  const bool is_told = answered.state == "done" || answered.state == "refused";
  if (!is_told) return Step::ended;
  const bool is_partial = is_section && is_section_result(result);
  const bool is_taken = answered.state == "done" && !is_partial;
  if (is_last && is_taken) return Step::accepted;
  if (!is_last && is_section && (is_taken || is_partial || result == result_wrong_key)) return Step::next;
  // The last one was refused, or a set is still not whole with its last section.
  const bool is_for_want_of_key = answered.sections > 0 && (result == result_wrong_key || is_partial);
  return is_last && is_for_want_of_key && answered.may_repeat ? Step::again : Step::ended;
}

void take_delivery(store::Unit& unit, const meters::Ports& ports, const Delivery& delivery) {
  const meters::Purpose& purpose = delivery.command.purpose;
  const std::string& id = purpose.purchase.empty() ? purpose.engineering : purpose.purchase;
  const auto list = list_of(unit.session, purpose);
  if (!list) return;
  const auto found = std::ranges::find(list->tokens, delivery.command.content);
  if (found == list->tokens.end()) return;
  const auto index = static_cast<std::size_t>(found - list->tokens.begin());
  const bool may_repeat =
      meters::count_commands(unit.session, id) <= static_cast<std::int64_t>(list->tokens.size());
  const Step step =
      step_after({index, list->sections, list->tokens.size(), delivery.state, delivery.result, may_repeat});
  if (step == Step::accepted) {
    confirm_key(unit, delivery.meter, list->ts, delivery.ts);
    return end(unit, ports, delivery, "accepted");
  }
  // A late word about a command that was given up says nothing of what was sent after it.
  if (!list->is_open || (!delivery.command.was_open && meters::has_open_command(unit.session, id))) return;
  const std::string size = std::to_string(list->tokens.size());
  switch (step) {
    case Step::next:
      return send(unit, ports, delivery, list->tokens[index + 1],
                  "token " + std::to_string(index + 2) + " of " + size);
    case Step::again:
      return send(unit, ports, delivery, list->tokens.front(), "token 1 of " + size + ", once more");
    case Step::accepted:
    case Step::ended:
      return end(unit, ports, delivery, delivery.state == "done" ? "refused" : delivery.state);
  }
}

std::optional<Purchase> reissue(store::Unit& unit, const meters::Ports& ports, const SaleRules& rules,
                                const std::string& id) {
  auto purchase = find_purchase(unit.session, id);
  if (!purchase || purchase->state == "accepted" || purchase->state == "reversed" ||
      meters::has_open_command(unit.session, id)) {
    return purchase;
  }
  const auto meter = value_of(meters::find_meter(unit.session, purchase->asked.meter));
  const bool needs_key = value_of(read_key(unit.session, meter.number)).open.has_value();
  meters::begin_command(
      unit, ports,
      {customers::random_uuid(), meter.gateway, purchase->asked.meter, meters::CommandKind::token,
       needs_key ? purchase->first_token() : purchase->token, unit.now_ms + rules.delivery_ms},
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
  confirm_key(unit, purchase->asked.meter, purchase->ts, ts);
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
