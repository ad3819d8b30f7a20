// SPDX-License-Identifier: Apache-2.0
#include "server/ledger/ledger.hpp"

#include "assert/assert.hpp"
#include "server/store/session.hpp"

namespace lk::ledger {

using quantity::Money;
using store::Session;

std::int64_t post(Session& session, const Entry& entry) {
  Money sum;
  for (const Line& line : entry.lines) sum += line.amount;
  ensure(sum == Money{});

  const auto number = session.one<std::int64_t>("select coalesce(max(number), 0) + 1 from ledger_entry");
  const std::optional<std::string> purchase =
      entry.purchase.empty() ? std::nullopt : std::optional<std::string>(entry.purchase);
  session.run("insert into ledger_entry (number, ts, text, purchase) values (?, ?, ?, ?)",
              {number, entry.ts, entry.text, purchase});
  int position = 0;
  for (const Line& line : entry.lines) {
    if (line.amount == Money{}) continue;
    const std::optional<std::string> meter = line.meter.empty() ? std::nullopt : std::optional(line.meter);
    session.run("insert into ledger_line (entry, line, account, meter, amount) values (?, ?, ?, ?, ?)",
                {number, ++position, line.account, meter, line.amount});
  }
  return number;
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
      "select count(*) from (select entry from ledger_line group by entry having sum(amount) <> 0)");
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
