// SPDX-License-Identifier: Apache-2.0
#include "server/vending/till.hpp"

#include <algorithm>
#include <set>

#include "server/ledger/ledger.hpp"
#include "server/store/session.hpp"

namespace lk::vending {
namespace {

using quantity::Energy;
using quantity::Money;
using quantity::Price;

constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

std::vector<std::string> keys_of(const auto& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

std::vector<std::string> distinct(std::span<const NewPurchase> purchases, auto of) {
  std::set<std::string> values;
  for (const NewPurchase& purchase : purchases) {
    if (std::string value = of(purchase); !value.empty()) values.insert(std::move(value));
  }
  return {values.begin(), values.end()};
}

}  // namespace

Till::Till(store::Session& session, const SaleRules& rules, std::int64_t now_ms,
           std::span<const NewPurchase> purchases)
    : rules_(rules), now_ms_(now_ms), month_(month_of(now_ms, rules.utc_offset_ms)) {
  read_meters(session, purchases);
  read_debts(session);
  read_lately(session);
  read_owed(session, purchases);
  read_sellers(session, purchases);
}

void Till::read_meters(store::Session& session, std::span<const NewPurchase> purchases) {
  const store::Choice meters =
      store::choice(distinct(purchases, [](const NewPurchase& purchase) { return purchase.meter; }));
  for (auto& [number, kind, gateway, group, revision, index, base, expiry, last_tid, next_group,
              next_revision, next_index, open, open_tokens, prints, customer, price, tax, standing, least,
              most, free, standing_month, free_month, limit] :
       session.rows<std::string, std::string, std::string, std::string, std::int64_t, std::int64_t,
                    std::int64_t, std::optional<std::int64_t>, std::int64_t, std::optional<std::string>,
                    std::int64_t, std::int64_t, std::optional<std::string>, std::string, std::int64_t,
                    std::string, Price, std::int64_t, Money, Money, std::optional<Money>, Energy,
                    std::optional<std::int64_t>, std::optional<std::int64_t>, Money>(
           std::string("select m.number, m.kind, m.gateway, ") + key_columns +
               ", m.customer, t.price, s.tax_e4, s.standing_charge, s.least, s.most_a_day, s.free_energy, "
               "m.standing_month, m.free_month, c.credit_limit from meter m "
               "join tariff t on t.code = m.tariff left join sale_terms s on s.tariff = m.tariff "
               "left join customer c on c.id = m.customer " +
               key_join + " where m.number " + meters.sql,
           meters.values)) {
    Account account{key_record(number, {std::move(group), revision, index}, {base, expiry, last_tid},
                               {std::move(next_group), next_revision, next_index},
                               {std::move(open), std::move(open_tokens), prints}),
                    kind,
                    gateway,
                    customer,
                    limit,
                    {{tax, standing, least, most, free}, price, standing_month, free_month, {}, {}},
                    false};
    accounts_.emplace(number, std::move(account));
  }
}

void Till::read_debts(store::Session& session) {
  const store::Choice meters = store::choice(keys_of(accounts_));
  for (auto& [id, meter, open, share, most] :
       session.rows<std::string, std::string, Money, std::int64_t, std::optional<Money>>(
           "select id, meter, open, share_e4, most from debt where open > 0 and meter " + meters.sql +
               " order by ts, id",
           meters.values)) {
    accounts_.at(meter).standing.debts.push_back({std::move(id), open, share, most});
  }
}

void Till::read_lately(store::Session& session) {
  std::vector<std::string> limited;
  for (const auto& [number, account] : accounts_) {
    if (account.standing.terms.most_a_day) limited.push_back(number);
  }
  if (limited.empty()) return;
  store::Choice meters = store::choice(limited);
  meters.values.emplace_back(now_ms_ - day_ms);
  for (const auto& [meter, sum] :
       session.rows<std::string, Money>("select meter, sum(amount) from purchase where meter " + meters.sql +
                                            " and ts > ? and state <> 'reversed' group by meter",
                                        meters.values)) {
    accounts_.at(meter).standing.sold_lately = sum;
  }
}

void Till::read_owed(store::Session& session, std::span<const NewPurchase> purchases) {
  std::set<std::string> customers;
  for (const NewPurchase& purchase : purchases) {
    const auto found = accounts_.find(purchase.meter);
    if (purchase.tender == Tender::account && found != accounts_.end())
      customers.insert(found->second.customer);
  }
  for (const std::string& customer : customers) {
    if (!customer.empty())
      owed_[customer] = ledger::balance_of(session, ledger::account::receivable, customer);
  }
}

void Till::read_sellers(store::Session& session, std::span<const NewPurchase> purchases) {
  for (const std::string& agent :
       distinct(purchases, [](const NewPurchase& purchase) { return purchase.agent; })) {
    const auto share = session.row<std::int64_t>("select commission_e4 from agent where code = ?", {agent});
    if (!share) continue;
    agents_[agent] = {-ledger::balance_of(session, ledger::account::agent_float, agent), std::get<0>(*share)};
  }
  const store::Choice users = store::choice(distinct(purchases, [](const NewPurchase& purchase) {
    return purchase.tender == Tender::cash ? purchase.user : std::string{};
  }));
  for (auto& [user, shift] : session.rows<std::string, std::string>(
           "select \"user\", id from shift where closed is null and \"user\" " + users.sql, users.values)) {
    shifts_.emplace(std::move(user), std::move(shift));
  }
}

std::expected<Breakdown, SaleRefusal> Till::judge(const NewPurchase& purchase) const {
  const auto found = accounts_.find(purchase.meter);
  if (found == accounts_.end()) return std::unexpected(SaleRefusal::unknown_meter);
  const Account& account = found->second;
  if (account.kind != "flat") return std::unexpected(SaleRefusal::only_measures);
  auto parts = purchase.energy ? split_for(account.standing, month_, *purchase.energy)
                               : split(account.standing, month_, purchase.amount);
  if (!parts) return parts;
  if (parts->amount > rules_.most) return std::unexpected(SaleRefusal::above_limit);
  switch (purchase.tender) {
    case Tender::cash:
      if (rules_.shift_for_cash && !shifts_.contains(purchase.user))
        return std::unexpected(SaleRefusal::no_shift);
      break;
    case Tender::account: {
      const auto owed = owed_.find(account.customer);
      if (owed == owed_.end() || owed->second + parts->amount > account.credit_limit) {
        return std::unexpected(SaleRefusal::credit_limit);
      }
      break;
    }
    case Tender::agent: {
      const auto agent = agents_.find(purchase.agent);
      if (agent == agents_.end()) return std::unexpected(SaleRefusal::float_used_up);
      const NewPurchase priced{.id = {},
                               .meter = {},
                               .amount = parts->amount,
                               .user = {},
                               .tender = Tender::agent,
                               .energy = {},
                               .agent = purchase.agent};
      if (parts->amount - commission(priced) > agent->second.left) {
        return std::unexpected(SaleRefusal::float_used_up);
      }
      break;
    }
  }
  return parts;
}

void Till::take(const NewPurchase& purchase, const Breakdown& parts) {
  Account& account = accounts_.at(purchase.meter);
  Standing& standing = account.standing;
  account.changed = true;
  standing.sold_lately += parts.amount;
  standing.standing_month = std::max(month_, standing.standing_month.value_or(month_));
  if (parts.free > Money{}) standing.free_month = month_;
  for (const Recovered& part : parts.recovered) {
    recovered_[part.debt] += part.amount;
    for (Debt& debt : standing.debts) {
      if (debt.id == part.debt) debt.open -= part.amount;
    }
  }
  if (purchase.tender == Tender::account) owed_[account.customer] += parts.amount;
  if (purchase.tender == Tender::agent) agents_[purchase.agent].left -= parts.amount - commission(purchase);
}

Money Till::commission(const NewPurchase& purchase) const {
  const auto agent = agents_.find(purchase.agent);
  if (purchase.tender != Tender::agent || agent == agents_.end()) return {};
  const std::int64_t count = purchase.amount.count();
  const std::int64_t share = agent->second.commission_e4;
  return Money::of(count / 10'000 * share + count % 10'000 * share / 10'000);
}

std::string Till::shift_of(const std::string& user) const {
  const auto found = shifts_.find(user);
  return found == shifts_.end() ? std::string{} : found->second;
}

void Till::save(store::Batch& batch) {
  store::Values values;
  std::size_t count = 0;
  for (const auto& [number, account] : accounts_) {
    if (!account.changed) continue;
    const Standing& standing = account.standing;
    // Without a null, so that few different statements are prepared.
    for (store::Value value : {store::Value(number), store::Value(account.keys.last_tid),
                               store::Value(standing.standing_month.value_or(-1)),
                               store::Value(standing.free_month.value_or(-1))}) {
      values.push_back(std::move(value));
    }
    ++count;
  }
  constexpr std::size_t width = 4;
  std::size_t padded = 1;
  while (padded < count) padded *= 2;
  for (; count > 0 && count < padded; ++count) {
    for (std::size_t i = 0; i < width; ++i) values.push_back(store::Value(values[values.size() - width]));
  }
  if (count > 0) {
    std::string rows;
    for (std::size_t i = 0; i < count; ++i) rows += (i == 0 ? "(" : ", (") + store::marks(width) + ")";
    batch.run(
        "update meter set last_tid = cast(v.column2 as bigint), standing_month = nullif(cast(v.column3 as "
        "bigint), -1), free_month = nullif(cast(v.column4 as bigint), -1) from (values " +
            rows + ") as v where meter.number = v.column1",
        std::move(values));
  }
  for (const auto& [debt, amount] : recovered_) {
    batch.run("update debt set open = open - ? where id = ?", {amount, debt});
  }
}

}  // namespace lk::vending
