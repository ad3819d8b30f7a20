// SPDX-License-Identifier: Apache-2.0
// What officers do with a vault: make it, name officers, add key groups, load keys in two halves, set limits,
// rotate. Each act changes the vault file in one step and has its audit entry. One process at a time, while
// no server has the vault's audit open; one thread.
//
// Who may: a vault without officers obeys whoever can open it; from the first officer on each act needs one
// officer's password. Two halves of a key always need two officers.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/vault/audit.hpp"
#include "server/vault/vault_file.hpp"

namespace lk::vault {

// Who acts. Both empty: nobody in particular.
struct Authority {
  std::string officer;
  Secret password;
};

struct LoadedHalf {
  CheckValue half{};
  std::optional<CheckValue> whole;  // after the second half
};

class Administration {
 public:
  // A new vault, with its audit. Never takes the place of a file that is there.
  [[nodiscard]] static Answer<Administration> create(const Opening& opening, KeyDerivation derivation);
  [[nodiscard]] static Answer<Administration> open(const Opening& opening);

  // 10 characters of password at least. The first officer needs nobody's consent.
  [[nodiscard]] Answer<void> add_officer(const Authority& by, const std::string& name,
                                         const Secret& password);
  [[nodiscard]] Answer<void> remove_officer(const Authority& by, const std::string& name);

  // A group without its key. DKGA03 only where `legacy`; key types 1 to 3.
  [[nodiscard]] Answer<void> add_group(const Authority& by, const KeyGroup& group,
                                       sts::Legacy legacy = sts::Legacy::refused);
  // A random key made here: for a site that is no member of a larger key scheme.
  [[nodiscard]] Answer<CheckValue> generate_key(const Authority& by, const GroupName& group);
  // The first half waits in the vault, the second makes the key: their XOR, with odd parity for DES.
  // `expected` is the half's check value as its letter says. The two come from two officers.
  [[nodiscard]] Answer<LoadedHalf> load_half(const Authority& by, const GroupName& group, const Secret& half,
                                             const std::optional<CheckValue>& expected);
  [[nodiscard]] Answer<void> drop_half(const Authority& by, const GroupName& group);
  [[nodiscard]] Answer<void> set_limits(const Authority& by, const GroupName& group, const Limits& limits);
  // A new group of the next revision (9 is followed by 1), without a key, active from `active_unix_s`; the
  // old one may be used until then.
  [[nodiscard]] Answer<GroupName> rotate(const Authority& by, const GroupName& group,
                                         std::int64_t active_unix_s, std::uint8_t key_expiry_number);
  // Forgets group and key for ever.
  [[nodiscard]] Answer<void> remove_group(const Authority& by, const GroupName& group);
  // The file's new key or passphrase.
  [[nodiscard]] Answer<void> reseal(const Authority& by, KeyDerivation derivation, const Secret& given);

  [[nodiscard]] Contents& contents() { return file_.contents(); }
  [[nodiscard]] Custody& custody() const { return file_.custody(); }
  [[nodiscard]] const Audit& audit() const { return *audit_; }

 private:
  Administration(Descriptor lock, VaultFile file, std::unique_ptr<Audit> audit)
      : lock_(std::move(lock)), file_(std::move(file)), audit_(std::move(audit)) {}

  [[nodiscard]] Answer<void> authorise(const Authority& by);
  [[nodiscard]] Answer<GroupRecord*> find(const GroupName& group);
  [[nodiscard]] Answer<void> take_key(GroupRecord& record, Secret key);
  // Writes the file, then tells the audit.
  [[nodiscard]] Answer<void> keep(const Authority& by, const std::optional<GroupName>& group,
                                  const std::string& what);

  Descriptor lock_;
  VaultFile file_;
  std::unique_ptr<Audit> audit_;
};

[[nodiscard]] std::string text(const CheckValue& value);  // 6 hexadecimal digits

}  // namespace lk::vault
