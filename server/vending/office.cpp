// SPDX-License-Identifier: Apache-2.0
#include "server/vending/office.hpp"

#include "server/ledger/ledger.hpp"
#include "server/meters/meters.hpp"
#include "server/meters/tariffs.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"

namespace lk::vending {
namespace {

using quantity::Energy;
using quantity::Money;

std::optional<std::string> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

// What LIKE takes as itself.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') safe += '!';
    safe += c;
  }
  return safe;
}

}  // namespace

Office<void> set_terms(store::Unit& unit, const std::string& tariff, const Terms& terms) {
  if (!meters::find_tariff(unit.session, tariff)) return std::unexpected(OfficeRefusal::unknown_tariff);
  unit.session.run(
      "insert into sale_terms (tariff, tax_e4, standing_charge, least, most_a_day, free_energy, made) values "
      "(?, ?, ?, ?, ?, ?, ?) on conflict (tariff) do update set tax_e4 = excluded.tax_e4, standing_charge = "
      "excluded.standing_charge, least = excluded.least, most_a_day = excluded.most_a_day, free_energy = "
      "excluded.free_energy, made = excluded.made",
      {tariff, terms.tax_e4, terms.standing_charge, terms.least, terms.most_a_day, terms.free_energy.count(),
       unit.now_ms});
  return {};
}

Terms terms_of(store::Session& session, const std::string& tariff) {
  const auto row = session.row<std::int64_t, Money, Money, std::optional<Money>, Energy>(
      "select tax_e4, standing_charge, least, most_a_day, free_energy from sale_terms where tariff = ?",
      {tariff});
  if (!row) return {};
  const auto& [tax, standing, least, most, free] = *row;
  return {tax, standing, least, most, free};
}

Office<bool> add_debt(store::Unit& unit, const NewDebt& debt) {
  store::Session& session = unit.session;
  if (const auto known = session.row<std::string, std::string, Money, std::int64_t, std::optional<Money>>(
          "select meter, reason, amount, share_e4, most from debt where id = ?", {debt.id})) {
    if (*known == std::tuple(debt.meter, debt.reason, debt.amount, debt.share_e4, debt.most)) return false;
    return std::unexpected(OfficeRefusal::id_reused);
  }
  if (!meters::find_meter(session, debt.meter)) return std::unexpected(OfficeRefusal::unknown_meter);
  const std::int64_t entry =
      ledger::post(session, {unit.now_ms,
                             "Debt of meter " + debt.meter + ": " + debt.reason,
                             "",
                             {{std::string(ledger::account::debts), debt.meter, debt.amount},
                              {std::string(ledger::account::written_back), debt.meter, -debt.amount}}});
  session.run(
      "insert into debt (id, meter, reason, amount, open, share_e4, most, ts, \"user\", entry) values "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {debt.id, debt.meter, debt.reason, debt.amount, debt.amount, debt.share_e4, debt.most, unit.now_ms,
       debt.user, entry});
  return true;
}

std::vector<OpenDebt> list_debts(store::Session& session, const std::string& meter) {
  std::vector<OpenDebt> debts;
  for (auto& [id, reason, amount, open, share, most, ts, user] :
       session.rows<std::string, std::string, Money, Money, std::int64_t, std::optional<Money>, std::int64_t,
                    std::string>("select id, reason, amount, open, share_e4, most, ts, \"user\" from debt "
                                 "where meter = ? order by ts, id",
                                 {meter})) {
    debts.push_back(
        {{std::move(id), meter, std::move(reason), amount, share, most, std::move(user)}, open, ts});
  }
  return debts;
}

Office<bool> add_agent(store::Unit& unit, const Agent& agent) {
  if (const auto known = list_agents(unit.session, agent.code); !known.empty()) {
    const bool same = known.front().name == agent.name && known.front().commission_e4 == agent.commission_e4;
    if (same) return false;
    return std::unexpected(OfficeRefusal::id_reused);
  }
  unit.session.run("insert into agent (code, name, commission_e4, made) values (?, ?, ?, ?)",
                   {agent.code, agent.name, agent.commission_e4, unit.now_ms});
  return true;
}

std::vector<Agent> list_agents(store::Session& session, const std::string& code) {
  std::vector<Agent> agents;
  for (auto& [key, name, share] : session.rows<std::string, std::string, std::int64_t>(
           "select code, name, commission_e4 from agent where ? = '' or code = ? order by code",
           {code, code})) {
    const Money left = -ledger::balance_of(session, ledger::account::agent_float, key);
    agents.push_back({std::move(key), std::move(name), share, left});
  }
  return agents;
}

Office<bool> pay(store::Unit& unit, const Payment& payment) {
  store::Session& session = unit.session;
  if (const auto known = session.row<std::string, std::string, Money>(
          "select customer, agent, amount from payment where id = ?", {payment.id})) {
    if (*known == std::tuple(payment.customer, payment.agent, payment.amount)) return false;
    return std::unexpected(OfficeRefusal::id_reused);
  }
  const bool by_agent = !payment.agent.empty();
  if (by_agent && list_agents(session, payment.agent).empty())
    return std::unexpected(OfficeRefusal::unknown_agent);
  if (!by_agent && !session.row<std::int64_t>("select 1 from customer where id = ?", {payment.customer})) {
    return std::unexpected(OfficeRefusal::unknown_customer);
  }
  const std::string party = by_agent ? payment.agent : payment.customer;
  const std::int64_t entry = ledger::post(
      session, {unit.now_ms,
                by_agent ? "Paid in by agent " + party : std::string("Paid in by a customer"),
                "",
                {{std::string(ledger::account::cash), "", payment.amount},
                 {std::string(by_agent ? ledger::account::agent_float : ledger::account::receivable), "",
                  -payment.amount, party}}});
  std::optional<std::string> shift;
  if (const auto open = session.row<std::string>("select id from shift where \"user\" = ? and closed is null",
                                                 {payment.user})) {
    shift = std::get<0>(*open);
  }
  session.run(
      "insert into payment (id, customer, agent, amount, ts, \"user\", shift, entry) values (?, ?, ?, ?, ?, "
      "?, ?, ?)",
      {payment.id, or_null(payment.customer), or_null(payment.agent), payment.amount, unit.now_ms,
       payment.user, shift, entry});
  return true;
}

Money owed_by(store::Session& session, const std::string& customer) {
  return ledger::balance_of(session, ledger::account::receivable, customer);
}

Office<bool> open_shift(store::Unit& unit, const std::string& id, const std::string& user, Money opening) {
  if (const auto known = find_shift(unit.session, id)) {
    if (known->user == user && known->opening == opening) return false;
    return std::unexpected(OfficeRefusal::id_reused);
  }
  if (unit.session.row<std::int64_t>("select 1 from shift where \"user\" = ? and closed is null", {user})) {
    return std::unexpected(OfficeRefusal::shift_open);
  }
  unit.session.run("insert into shift (id, \"user\", opened, opening) values (?, ?, ?, ?)",
                   {id, user, unit.now_ms, opening});
  return true;
}

Office<Shift> close_shift(store::Unit& unit, const std::string& id, Money counted) {
  auto shift = find_shift(unit.session, id);
  if (!shift) return std::unexpected(OfficeRefusal::unknown_shift);
  if (shift->closed) {
    if (shift->counted == counted) return *shift;
    return std::unexpected(OfficeRefusal::shift_closed);
  }
  shift->closed = unit.now_ms;
  shift->counted = counted;
  unit.session.run("update shift set closed = ?, counted = ?, expected = ? where id = ?",
                   {unit.now_ms, counted, shift->expected, id});
  const Money missing = shift->expected - counted;
  if (missing != Money{}) {
    ledger::post(unit.session, {unit.now_ms,
                                "Cash at the end of a shift of " + shift->user,
                                "",
                                {{std::string(ledger::account::cash_difference), "", missing},
                                 {std::string(ledger::account::cash), "", -missing}}});
  }
  return *shift;
}

namespace {

std::vector<Shift> fetch_shifts(store::Session& session, const std::string& rest, store::Values values) {
  std::vector<Shift> shifts;
  for (auto& [id, user, opened, opening, closed, counted, expected] :
       session.rows<std::string, std::string, std::int64_t, Money, std::optional<std::int64_t>, Money,
                    std::optional<Money>>(
           "select id, \"user\", opened, opening, closed, counted, expected from shift " + rest,
           std::move(values))) {
    Shift shift{std::move(id), std::move(user), opened, opening, 0, {}, closed, counted};
    shift.sales = session.one<std::int64_t>("select count(*) from purchase where shift = ?", {shift.id});
    shift.expected =
        expected ? *expected
                 : opening +
                       session.one<Money>("select coalesce(sum(amount), 0) from purchase where shift = ?",
                                          {shift.id}) +
                       session.one<Money>("select coalesce(sum(amount), 0) from payment where shift = ?",
                                          {shift.id}) -
                       session.one<Money>(
                           "select coalesce(sum(p.amount), 0) from reversal r join purchase p on p.id = "
                           "r.purchase where r.shift = ?",
                           {shift.id}) -
                       session.one<Money>("select coalesce(sum(amount), 0) from refund where shift = ?",
                                          {shift.id});
    shifts.push_back(std::move(shift));
  }
  return shifts;
}

}  // namespace

std::optional<Shift> find_shift(store::Session& session, const std::string& id) {
  auto found = fetch_shifts(session, "where id = ?", {id});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Shift> list_shifts(store::Session& session, const std::string& user, std::int64_t limit) {
  return fetch_shifts(session, "where ? = '' or \"user\" = ? order by opened desc, id limit ?",
                      {user, user, limit});
}

std::vector<Found> search(store::Session& session, const std::string& text, std::int64_t limit) {
  const std::string begin = escaped(text) + "%";
  const std::string part = "%" + begin;
  std::vector<Found> found;
  for (
      auto& [meter, name, customer, customer_name, tariff] :
      session.rows<std::string, std::string, std::string, std::string, std::string>(
          "select m.number, m.name, m.customer, c.name, m.tariff from meter m left join customer c on c.id = "
          "m.customer where m.kind = 'flat' and (m.number like ? escape '!' or lower(m.name) like lower(?) "
          "escape '!' "
          "or lower(c.name) like lower(?) escape '!' or c.phone like ? escape '!') order by m.number limit ?",
          {begin, part, part, part, limit})) {
    found.push_back({std::move(meter), std::move(name), std::move(customer), std::move(customer_name),
                     std::move(tariff)});
  }
  return found;
}

}  // namespace lk::vending
