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

#include "order/command.hpp"
#include "quantity/quantity.hpp"
#include "server/vault/audit.hpp"
#include "server/vault/card_keeper.hpp"
#include "server/vault/security_module.hpp"
#include "server/vault/vault_file.hpp"

namespace lk::vault {

// What meters are registered with that name no group of their own.
struct MeterKeys {
  std::string number;             // DRN, 11 digits
  std::string supply_group_code;  // 6 digits
  int key_revision_number = 1;    // 1 to 9
  int tariff_index = 1;           // 0 to 99
};

struct Token {
  std::string digits;        // 20
  quantity::Money credited;  // what a meter will credit: the amount as the token can carry it, never below
};

// Why there is no token.
enum class TokenRefusal {
  amount_range,  // the token format cannot carry the amount
  foreign_keys,  // the vault has no vending key of this supply group and revision that may be used
};

class Issuer {
 public:
  // The token identifier for a meter whose last one was `last` (0: none yet): the minute of `unix_ms`, or the
  // next free one where that is not above `last`, so that a clock that goes back gives none twice. Nothing
  // before the base date and after the last identifier.
  [[nodiscard]] virtual std::optional<std::int64_t> next_identifier(std::int64_t last,
                                                                    std::int64_t unix_ms) const = 0;
  // A currency credit token (class 0, sub-class 4, EA11) with the given token identifier. Throws where the
  // module does not answer.
  [[nodiscard]] virtual std::expected<Token, TokenRefusal> credit_token(const MeterKeys& meter,
                                                                        std::int64_t identifier,
                                                                        quantity::Money amount) const = 0;
  // A sealed order in hexadecimal. `expiry_unix_s` 0xFFFFFFFF: never. Refused where the module does not
  // answer.
  [[nodiscard]] virtual Answer<std::string> sealed_order(const std::string& number, std::uint32_t sequence,
                                                         std::uint32_t expiry_unix_s,
                                                         const order::Command& command) const = 0;
  // The supply group and revision that meters get which are registered without one: of the first key that is
  // loaded.
  [[nodiscard]] virtual MeterKeys defaults() const = 0;

 protected:
  ~Issuer() = default;
};

// A new meter's own keys.
struct ProvisionedKeys {
  sts::KeyBits decoder_key;
  order::Key order_key{};
};

class Vault final : public SecurityModule, public Issuer, public CardKeeper {
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

  [[nodiscard]] std::optional<std::int64_t> next_identifier(std::int64_t last,
                                                            std::int64_t unix_ms) const override;
  [[nodiscard]] std::expected<Token, TokenRefusal> credit_token(const MeterKeys& meter,
                                                                std::int64_t identifier,
                                                                quantity::Money amount) const override;
  [[nodiscard]] Answer<std::string> sealed_order(const std::string& number, std::uint32_t sequence,
                                                 std::uint32_t expiry_unix_s,
                                                 const order::Command& command) const override;
  [[nodiscard]] MeterKeys defaults() const override;
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
  [[nodiscard]] const KeyGroup* first_loaded() const;
  [[nodiscard]] Answer<std::uint64_t> record(const AuditEntry& entry, const Limits& limits,
                                             bool settle_later);

  VaultFile file_;
  std::map<GroupName, KeyGroup> groups_;
  std::unique_ptr<Audit> audit_;
  Clock clock_;
  const sts::StaTables* tables_;
};

}  // namespace lk::vault
