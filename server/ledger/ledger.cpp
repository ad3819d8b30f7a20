// SPDX-License-Identifier: Apache-2.0
#include "server/ledger/ledger.hpp"

#include "assert/assert.hpp"
#include "server/store/session.hpp"

namespace lk::ledger {

using quantity::Money;
using store::Session;

std::int64_t post_all(store::Batch& batch, const std::vector<Entry>& entries) {
  const auto first =
      batch.session().one<std::int64_t>("select coalesce(max(number), 0) + 1 from ledger_entry");
  const auto or_null = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
  };
  std::vector<store::Values> heads;
  std::vector<store::Values> lines;
  for (const Entry& entry : entries) {
    const std::int64_t number = first + static_cast<std::int64_t>(heads.size());
    heads.push_back({number, entry.ts, entry.text, or_null(entry.purchase)});
    Money sum;
    int position = 0;
    for (const Line& line : entry.lines) {
      sum += line.amount;
      if (line.amount == Money{}) continue;
      lines.push_back(
          {number, ++position, line.account, or_null(line.meter), line.amount, or_null(line.party)});
    }
    ensure(sum == Money{});
  }
  batch.insert("ledger_entry (number, ts, text, purchase)", heads);
  batch.insert("ledger_line (entry, line, account, meter, amount, party)", lines);
  return first;
}

std::int64_t post(Session& session, const Entry& entry) {
  store::Batch batch(session);
  const std::int64_t number = post_all(batch, {entry});
  batch.send();
  return number;
}

Money balance_of(Session& session, std::string_view account, const std::string& party) {
  return session.one<Money>(
      "select coalesce(sum(amount), 0) from ledger_line where party = ? and account = ?", {party, account});
}

Trial trial_balance(Session& session) {
  Trial trial;
  for (auto& [account, amount] : session.rows<std::string, Money>(
           "select account, sum(amount) from ledger_line group by account order by 1")) {
    trial.sum += amount;
    trial.accounts.push_back({std::move(account), amount});
  }
  trial.entries = session.one<std::int64_t>("select count(*) from ledger_entry");
  trial.unbalanced = session.one<std::int64_t>(
      "select count(*) from (select entry from ledger_line group by entry having sum(amount) <> 0) as wrong");
  return trial;
}

std::vector<Numbered> latest(Session& session, std::int64_t limit) {
  std::vector<Numbered> entries;
  for (auto& [number, ts, text, purchase] :
       session.rows<std::int64_t, std::int64_t, std::string, std::string>(
           "select number, ts, text, purchase from ledger_entry order by number desc limit ?", {limit})) {
    Numbered entry{number, {ts, std::move(text), std::move(purchase), {}}};
    for (auto& [account, meter, amount] : session.rows<std::string, std::string, Money>(
             "select account, meter, amount from ledger_line where entry = ? order by line", {number})) {
      entry.entry.lines.push_back({std::move(account), std::move(meter), amount});
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace lk::ledger
