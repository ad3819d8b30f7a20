// SPDX-License-Identifier: Apache-2.0
#include "server/vending/purchases.hpp"

#include <future>
#include <map>
#include <set>

#include "assert/assert.hpp"
#include "server/customers/password.hpp"
#include "server/ledger/ledger.hpp"
#include "server/meters/commands.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/till.hpp"
#include "server/vending/token_maker.hpp"

namespace lk::vending {
namespace {

using meters::Kind;
using quantity::Money;

bool same(const NewPurchase& known, const NewPurchase& asked) {
  if (known.meter != asked.meter || known.deliver != asked.deliver || known.energy != asked.energy)
    return false;
  return asked.energy || known.amount == asked.amount;
}

ledger::Line line(std::string_view account, Money amount, const std::string& meter = {},
                  const std::string& party = {}) {
  return {std::string(account), meter, amount, party};
}

// What a sale books; docs/design/ledger.md has the table.
ledger::Entry entry_of(const Purchase& sale, const std::string& customer) {
  namespace account = ledger::account;
  const NewPurchase& asked = sale.asked;
  const Breakdown& parts = sale.parts;
  ledger::Entry entry{
      sale.ts, "Receipt " + std::to_string(sale.receipt) + ": sale to meter " + asked.meter, asked.id, {}};
  switch (asked.tender) {
    case Tender::cash:
      entry.lines.push_back(line(account::cash, parts.amount));
      break;
    case Tender::account:
      entry.lines.push_back(line(account::receivable, parts.amount, "", customer));
      break;
    case Tender::agent:
      entry.lines.push_back(line(account::agent_float, parts.amount - sale.commission, "", asked.agent));
      entry.lines.push_back(line(account::commission, sale.commission, "", asked.agent));
      break;
  }
  entry.lines.push_back(line(account::free_units, parts.free));
  entry.lines.push_back(line(account::rounding, sale.credited - parts.for_token()));
  entry.lines.push_back(line(account::debts, -parts.debt, asked.meter));
  entry.lines.push_back(line(account::tax_payable, -parts.tax));
  entry.lines.push_back(line(account::standing_charges, -parts.standing_charge));
  entry.lines.push_back(line(account::tokens_issued, -sale.credited, asked.meter));
  return entry;
}

// The purchases of one transaction that are new, with what is to be written of them.
class Bundle {
 public:
  Bundle(store::Unit& unit, const TokenMaker& tokens, const meters::Ports& ports, const SaleRules& rules,
         Till& till)
      : unit_(unit), tokens_(tokens), ports_(ports), rules_(rules), till_(till) {}

  [[nodiscard]] SaleResult sell(const NewPurchase& asked) {
    auto parts = till_.judge(asked);
    if (!parts) return std::unexpected(parts.error());
    Account& account = till_.account(asked.meter);
    const Wanted wanted{asked.user, asked.id};
    auto plan = plan_key(tokens_, account.keys, unit_.now_ms, wanted);
    if (!plan) return std::unexpected(plan.error());
    const auto tid = TokenMaker::identifier(plan->after.base_date, plan->after.last_tid, unit_.now_ms);
    if (!tid) return std::unexpected(tid.error());
    auto token = tokens_.credit(plan->after.key, *tid, parts->for_token(), wanted);
    if (!token) return std::unexpected(token.error());

    if (next_receipt_ == 0) {
      next_receipt_ = unit_.session.one<std::int64_t>("select coalesce(max(receipt), 0) + 1 from purchase");
    }
    Purchase sale{.asked = asked,
                  .credited = token->credited,
                  .tid = *tid,
                  .token = std::move(token->digits),
                  .state = asked.deliver ? "sent" : "issued",
                  .detail = {},
                  .receipt = next_receipt_++,
                  .ts = unit_.now_ms,
                  .accepted = {}};
    sale.asked.amount = parts->amount;
    sale.commission = till_.commission(sale.asked);
    if (asked.tender == Tender::cash) sale.shift = till_.shift_of(asked.user);
    sale.parts = std::move(*parts);
    sale.key_change = plan->front;
    plan->after.last_tid = *tid;
    if (plan->is_new || !plan->front.empty() || plan->after.base_date != account.keys.base_date) {
      plans_.push_back({account.keys, *plan, asked.user});
    }
    account.keys = std::move(plan->after);
    write_later(sale, account);
    till_.take(sale.asked, sale.parts);
    return Sale{std::move(sale), false};
  }

  // Writes all; a vault that does not answer now is told as the result of every purchase. The vault's audit
  // and the database's rows are written at the same time: each waits for a disk.
  [[nodiscard]] std::expected<void, SaleRefusal> finish() {
    if (rows_.empty()) return {};
    auto settling = std::async(std::launch::async, [this] { return tokens_.settle(); });
    const std::size_t effects = unit_.effects.size();
    write();
    const auto settled = settling.get();
    if (!settled) {
      unit_.session.script("rollback to sale");
      unit_.effects.resize(effects);
    }
    return settled;
  }

 private:
  void write() {
    store::Session& session = unit_.session;
    store::Batch batch(session);
    batch.run("savepoint sale", {});  // released with the transaction
    const std::int64_t first = ledger::post_all(batch, entries_);
    for (std::size_t i = 0; i < rows_.size(); ++i)
      rows_[i].emplace_back(first + static_cast<std::int64_t>(i));
    till_.save(batch);
    for (const auto& [before, plan, user] : plans_) save_plan(batch, unit_.now_ms, before, plan, user);
    batch.insert(
        "purchase (id, meter, amount, credited, tid, token, deliver, state, receipt, ts, \"user\", "
        "asked_energy, "
        "energy, free, tax, standing_charge, debt, commission, tender, agent, shift, base_date, "
        "standing_before, free_before, key_change, entry)",
        rows_);
    batch.insert("debt_part (purchase, debt, amount)", debt_parts_);
    meters::begin_commands(unit_, batch, ports_, commands_);
    batch.send();
    for (const std::string& id : ids_) {
      unit_.after_commit([&port = ports_.changes, id] { port.changed(Kind::purchase, id); });
    }
  }

  void write_later(const Purchase& sale, const Account& account) {
    const NewPurchase& asked = sale.asked;
    const Breakdown& parts = sale.parts;
    const auto or_null = [](const std::string& text) {
      return text.empty() ? std::nullopt : std::optional<std::string>(text);
    };
    std::optional<std::int64_t> energy;
    if (asked.energy) energy = asked.energy->count();
    entries_.push_back(entry_of(sale, account.customer));
    rows_.push_back({asked.id,
                     asked.meter,
                     asked.amount,
                     sale.credited,
                     sale.tid,
                     sale.token,
                     int{asked.deliver},
                     sale.state,
                     sale.receipt,
                     sale.ts,
                     asked.user,
                     energy,
                     parts.energy,
                     parts.free,
                     parts.tax,
                     parts.standing_charge,
                     parts.debt,
                     sale.commission,
                     name_of(asked.tender),
                     or_null(asked.agent),
                     or_null(sale.shift),
                     account.keys.base_date,
                     account.standing.standing_month.value_or(-1),
                     account.standing.free_month.value_or(-1),
                     joined(sale.key_change)});
    for (const Recovered& part : parts.recovered) debt_parts_.push_back({asked.id, part.debt, part.amount});
    if (asked.deliver) {
      commands_.push_back(
          {{customers::random_uuid(), account.gateway, asked.meter, meters::CommandKind::token,
            sale.first_token(), unit_.now_ms + rules_.delivery_ms},
           {asked.id, ""}});
    }
    ids_.push_back(asked.id);
  }

  struct Planned {
    KeyRecord before;
    KeyPlan plan;
    std::string user;
  };

  store::Unit& unit_;
  const TokenMaker& tokens_;
  const meters::Ports& ports_;
  const SaleRules& rules_;
  Till& till_;
  std::int64_t next_receipt_ = 0;
  std::vector<ledger::Entry> entries_;
  std::vector<store::Values> rows_;
  std::vector<store::Values> debt_parts_;
  std::vector<meters::Begun> commands_;
  std::vector<std::string> ids_;
  std::vector<Planned> plans_;
};

std::map<std::string, Purchase> known_of(store::Session& session, std::span<const NewPurchase> purchases) {
  std::vector<std::string> ids;
  for (const NewPurchase& asked : purchases) ids.push_back(asked.id);
  std::map<std::string, Purchase> known;
  for (Purchase& purchase : find_purchases(session, ids)) {
    std::string id = purchase.asked.id;
    known.emplace(std::move(id), std::move(purchase));
  }
  return known;
}

// What a request is told whose identity stands already.
SaleResult again(const Purchase& known, const NewPurchase& asked) {
  if (!same(known.asked, asked)) return std::unexpected(SaleRefusal::id_reused);
  return Sale{known, true};
}

}  // namespace

std::vector<std::optional<SaleResult>> sold_before(store::Session& session,
                                                   std::span<const NewPurchase> purchases) {
  const auto known = known_of(session, purchases);
  std::vector<std::optional<SaleResult>> results;
  for (const NewPurchase& asked : purchases) {
    const auto found = known.find(asked.id);
    if (found == known.end()) {
      results.emplace_back();
    } else {
      results.emplace_back(again(found->second, asked));
    }
  }
  return results;
}

std::vector<SaleResult> sell_all(store::Unit& unit, const TokenMaker& tokens, const meters::Ports& ports,
                                 const SaleRules& rules, std::span<const NewPurchase> purchases) {
  std::vector<std::string> ids;
  for (const NewPurchase& asked : purchases) ids.push_back(asked.id);
  std::map<std::string, Purchase> known = known_of(unit.session, purchases);
  std::set<std::string> dead;
  const store::Choice among = store::choice(ids);
  for (auto& [id] :
       unit.session.rows<std::string>("select id from void_purchase where id " + among.sql, among.values)) {
    dead.insert(std::move(id));
  }
  std::vector<NewPurchase> fresh;
  for (const NewPurchase& asked : purchases) {
    if (!known.contains(asked.id)) fresh.push_back(asked);
  }
  Till till(unit.session, rules, unit.now_ms, fresh);
  Bundle bundle(unit, tokens, ports, rules, till);
  std::vector<SaleResult> results;
  for (const NewPurchase& asked : purchases) {
    if (const auto found = known.find(asked.id); found != known.end()) {
      results.push_back(again(found->second, asked));
      continue;
    }
    if (dead.contains(asked.id)) {
      results.emplace_back(std::unexpected(SaleRefusal::id_void));
      continue;
    }
    results.push_back(bundle.sell(asked));
    if (results.back()) known.emplace(asked.id, results.back()->purchase);
  }
  if (const auto finished = bundle.finish(); !finished) {
    // Nothing was written, so only what was sold before stands.
    for (std::size_t i = 0; i < results.size(); ++i) {
      const bool old = results[i] && results[i]->repeated && results[i]->purchase.ts != unit.now_ms;
      if (results[i] && !old) results[i] = std::unexpected(finished.error());
    }
  }
  return results;
}

SaleResult sell(store::Unit& unit, const TokenMaker& tokens, const meters::Ports& ports,
                const SaleRules& rules, const NewPurchase& purchase) {
  return std::move(sell_all(unit, tokens, ports, rules, {&purchase, 1}).front());
}

std::expected<Breakdown, SaleRefusal> trial(store::Session& session, const SaleRules& rules,
                                            std::int64_t now_ms, const NewPurchase& purchase) {
  return Till(session, rules, now_ms, {&purchase, 1}).judge(purchase);
}

}  // namespace lk::vending
