// SPDX-License-Identifier: Apache-2.0
// The double-entry ledger: append only, whole numbers, every entry sums to zero. Debit is positive, credit
// negative.
//
//   cash              money taken by operators                    (debit)
//   receivable        money tenants owe for what they bought      (debit)
//   preset            credit that meters came with                (debit)
//   rounding          what token encoding gave the customers      (debit)
//   tokens_issued     sold, the token not yet in its meter        (credit)
//   customer_credit   paid for, in the meter, not yet used        (credit; the sum of all shadow balances)
//   revenue           energy delivered                            (credit)
//   debts             old debts that are taken with purchases     (debit)
//   written_back      what debts and differences came from        (credit)
//   tax_payable       tax taken with purchases                    (credit)
//   standing_charges  charges taken with purchases                (credit)
//   free_units        energy given away                           (debit)
//   agent_float       paid in by agents, not yet sold             (credit; sub-ledger: the agent)
//   commission        what agents earned                          (debit)
//   losses            reversed tokens that were used all the same (debit)
//   refunds_due       given back by meters, not yet paid out      (credit)
//   credit_cleared    taken away by clear-credit tokens           (credit)
//   cash_difference   cash that was missing at a shift's closing  (debit)
//
// What each transaction books is argued in docs/design/ledger.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quantity/quantity.hpp"

namespace lk::store {
class Batch;
class Session;
}  // namespace lk::store

namespace lk::ledger {

namespace account {
inline constexpr std::string_view cash = "cash";
inline constexpr std::string_view receivable = "receivable";
inline constexpr std::string_view preset = "preset";
inline constexpr std::string_view rounding = "rounding";
inline constexpr std::string_view tokens_issued = "tokens_issued";
inline constexpr std::string_view customer_credit = "customer_credit";
inline constexpr std::string_view revenue = "revenue";
inline constexpr std::string_view debts = "debts";
inline constexpr std::string_view written_back = "written_back";
inline constexpr std::string_view tax_payable = "tax_payable";
inline constexpr std::string_view standing_charges = "standing_charges";
inline constexpr std::string_view free_units = "free_units";
inline constexpr std::string_view agent_float = "agent_float";
inline constexpr std::string_view commission = "commission";
inline constexpr std::string_view losses = "losses";
inline constexpr std::string_view refunds_due = "refunds_due";
inline constexpr std::string_view credit_cleared = "credit_cleared";
inline constexpr std::string_view cash_difference = "cash_difference";
}  // namespace account

struct Line {
  std::string account;
  std::string meter;  // the sub-ledger
  quantity::Money amount;
  std::string party = {};  // a second sub-ledger: customer or agent
};

struct Entry {
  std::int64_t ts = 0;
  std::string text;
  std::string purchase;  // id, or empty
  std::vector<Line> lines;
};

// Appends the entry to the open transaction and returns its number; numbers rise by one without gaps. Lines
// of amount zero are left out. The lines must sum to zero: anything else is a bug.
std::int64_t post(store::Session& session, const Entry& entry);
// The same for many entries, which are there when the batch has been sent; returns the number of the first,
// the others follow.
std::int64_t post_all(store::Batch& batch, const std::vector<Entry>& entries);

// What stands on an account for a party: debit less credit.
[[nodiscard]] quantity::Money balance_of(store::Session& session, std::string_view account,
                                         const std::string& party);

struct Balance {
  std::string account;
  quantity::Money amount;
};

struct Trial {
  std::vector<Balance> accounts;  // by name
  quantity::Money sum;            // of all accounts
  std::int64_t entries = 0;
  std::int64_t unbalanced = 0;  // entries that do not sum to zero: always 0 unless the file was tampered with
  [[nodiscard]] bool balanced() const { return sum == quantity::Money{} && unbalanced == 0; }
};

[[nodiscard]] Trial trial_balance(store::Session& session);

struct Numbered {
  std::int64_t number = 0;
  Entry entry;
};

// The newest entries first.
[[nodiscard]] std::vector<Numbered> latest(store::Session& session, std::int64_t limit);

}  // namespace lk::ledger
