// SPDX-License-Identifier: Apache-2.0
#include "server/app/check.hpp"

#include <cstdio>
#include <string>

#include "server/app/configuration.hpp"
#include "server/ledger/ledger.hpp"
#include "server/store/migrate.hpp"
#include "server/store/session.hpp"
#include "server/vault/audit_reader.hpp"
#include "server/vault/vault_file.hpp"

namespace lk::app {
namespace {

bool tell(bool holds, const std::string& what) {
  std::printf("%s  %s\n", holds ? "ok   " : "WRONG", what.c_str());
  return holds;
}

bool check_books(store::Session& session) {
  bool all = tell(store::whole(session), "database file is whole");
  all &=
      tell(store::version(session) == static_cast<int>(store::migrations().size()),
           "database is at version " + std::to_string(store::migrations().size()) + " (else run: migrate)");
  if (store::version(session) == 0) return all;
  const ledger::Trial trial = ledger::trial_balance(session);
  all &= tell(trial.balanced(), "ledger balances over " + std::to_string(trial.entries) + " entries");
  all &= tell(session.one<std::int64_t>("select count(*) from ledger_entry") ==
                  session.one<std::int64_t>("select coalesce(max(number), 0) from ledger_entry"),
              "ledger entries have no gap");
  all &= tell(session.one<std::int64_t>("select count(*) from purchase") ==
                  session.one<std::int64_t>("select coalesce(max(receipt), 0) from purchase"),
              "receipts have no gap");
  all &= tell(
      session.one<std::int64_t>(
          "select count(*) from purchase p where p.credited <> (select -l.amount from ledger_line l where "
          "l.entry = p.entry and l.account = 'tokens_issued')") == 0,
      "each purchase stands in the ledger");
  return all;
}

// Without the audit's lock, so that it may be asked beside a running server.
bool check_vault(const vault::Opening& opening) {
  auto file = vault::VaultFile::open(opening, vault::VaultFile::Access::read);
  const auto answers = file ? file->custody().probe() : vault::Answer<void>(std::unexpected(file.error()));
  bool all = tell(answers.has_value(), answers ? "vault" : answers.error().text);
  if (vault::audit_segments(opening.audit_folder()).empty()) return all;
  const auto audit = vault::read_audit(opening.audit_folder());
  all &=
      tell(audit.has_value(), audit ? "audit is whole over " + std::to_string(audit->head.number) + " entries"
                                    : audit.error().text);
  return all;
}

}  // namespace

bool check(const Configuration& configuration) {
  bool all = tell(true, "configuration");
  all &= check_vault(configuration.vault);
  try {
    store::Session session(configuration.database);
    all &= check_books(session);
  } catch (const store::Error& error) {
    all = tell(false, error.what());
  }
  return all;
}

}  // namespace lk::app
