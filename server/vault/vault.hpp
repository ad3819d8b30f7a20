// SPDX-License-Identifier: Apache-2.0
// The embedded security module: groups, checks, limits and audit over a custody of keys, which is a sealed
// file or a PKCS#11 token. Keys come in by `Administration`; none is handed out, but for a meter's own when
// it is provisioned.
//
// A request's way: number, group, dates, KEN, limits → decoder key (exists on the stack, is wiped) → token →
// audit entry with the final check of the limits → on disk → out. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "order/order.hpp"
#include "server/vault/audit.hpp"
#include "server/vault/card_keeper.hpp"
#include "server/vault/order_sealer.hpp"
#include "server/vault/security_module.hpp"
#include "server/vault/vault_file.hpp"

namespace lk::vault {

// A new meter's own keys.
struct ProvisionedKeys {
  sts::KeyBits decoder_key;
  order::Key order_key{};
};

class Vault final : public SecurityModule, public OrderSealer, public CardKeeper {
 public:
  using Clock = std::function<std::int64_t()>;  // ms since 1970, UTC

  // Opens file, custody and audit. `tables` (EA07; may be null) must outlive the vault. The error is for a
  // person.
  [[nodiscard]] static Answer<std::unique_ptr<Vault>> open(const Opening& opening, Clock clock,
                                                           const sts::StaTables* tables = nullptr);

  [[nodiscard]] Answer<IssuedToken> issue_token(const TokenRequest& request) override;
  [[nodiscard]] Answer<IssuedKeyChange> issue_key_change(const KeyChangeRequest& request) override;
  [[nodiscard]] Answer<VerifiedToken> verify_token(const VerifyRequest& request) override;
  [[nodiscard]] Answer<void> settle() override { return audit_->settle(); }
  [[nodiscard]] Answer<KeyGroup> group(const GroupName& name) override;
  [[nodiscard]] std::vector<KeyGroup> groups() override;
  [[nodiscard]] Answer<void> probe() override { return file_.custody().probe(); }

  [[nodiscard]] Answer<std::string> sealed_order(const std::string& number, std::uint32_t sequence,
                                                 std::uint32_t expiry_unix_s,
                                                 const order::Command& command) override;
  [[nodiscard]] Answer<std::string> refund_proof(const std::string& number, std::uint32_t sequence,
                                                 quantity::Money amount) override;
  [[nodiscard]] Answer<card::Key> card_key(const std::string& number) override;

  // The keys that a new meter is made with; its audit entry is on disk with the next `settle`.
  [[nodiscard]] Answer<ProvisionedKeys> provision(const MeterKey& meter, const Cause& cause);
  [[nodiscard]] AuditHead audit_head() const { return audit_->head(); }

 private:
  Vault(VaultFile file, std::unique_ptr<Audit> audit, Clock clock, const sts::StaTables* tables);

  [[nodiscard]] Answer<const KeyGroup*> usable_group(const MeterKey& meter) const;
  [[nodiscard]] Answer<void> within_dates(const KeyGroup& group) const;
  [[nodiscard]] Answer<sts::KeyBits> key_bits(const MeterKey& meter, const KeyGroup& group);
  [[nodiscard]] Answer<sts::DecoderKey> decoder_key(const MeterKey& meter, const KeyGroup& group);
  [[nodiscard]] Answer<std::uint64_t> record(const AuditEntry& entry, const Limits& limits,
                                             bool settle_later);

  VaultFile file_;
  std::map<GroupName, KeyGroup> groups_;
  std::unique_ptr<Audit> audit_;
  Clock clock_;
  const sts::StaTables* tables_;
};

}  // namespace lk::vault
