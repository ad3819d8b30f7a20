// SPDX-License-Identifier: Apache-2.0
// Keys in a PKCS#11 token, sensitive and not extractable; this process sees what they make, never them.
//
//   object of the token        class and use                       CKA_ID
//   a vending key, DKGA04      generic secret, HMAC-SHA-256        vault id ‖ 'v' ‖ group
//   a vending key, DKGA02, 03  DES or triple DES, ECB              vault id ‖ 'v' ‖ group
//   custody key                AES-256, CBC: halves, masks         vault id ‖ 'c'
//   order master key           AES-128, CMAC                       vault id ‖ 'o'
//   integrity key              generic secret: tag of the file     vault id ‖ 'i'
//
// What DKGA02 costs: its decoder key is DES(block) ^ block ^ vending key, and PKCS#11 has no way to add the
// vending key inside. The custody key decrypts a mask of it with the other term as initial vector, so the
// module gives the sum; but who sees both terms, or may use the token, can work the vending key out
// (docs/design/vault.md).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "server/vault/custody.hpp"
#include "server/vault/pkcs11_token.hpp"

namespace lk::vault {

class ModuleCustody final : public Custody {
 public:
  // Over a vault that has its objects in the token. Takes the masks from the contents.
  ModuleCustody(std::unique_ptr<Pkcs11Token> token, const VaultId& id);
  // Makes the objects of a new vault in the token.
  [[nodiscard]] Answer<void> make_vault_objects();
  // What the opened file holds of the groups' keys.
  void learn(const Contents& contents);

  [[nodiscard]] Answer<sts::KeyBits> decoder_key(const GroupName& group,
                                                 sts::KeyGenerationAlgorithm generation,
                                                 sts::EncryptionAlgorithm algorithm,
                                                 const sts::KeyAttributes& attributes) override;
  [[nodiscard]] Answer<order::Key> order_key(std::uint64_t meter_number) override;
  [[nodiscard]] Answer<void> probe() override;
  [[nodiscard]] Answer<CheckValue> check_value(const GroupName& group,
                                               sts::KeyGenerationAlgorithm generation) override;
  [[nodiscard]] Answer<Secret> keep_half(const Secret& half) override;
  [[nodiscard]] Answer<Secret> half_of(const Secret& kept, std::size_t size_bytes) override;
  [[nodiscard]] Answer<Secret> keep_key(const GroupName& group, sts::KeyGenerationAlgorithm generation,
                                        const Secret& key) override;
  Answer<void> forget_key(const GroupName& group) override;
  [[nodiscard]] Answer<Secret> random(std::size_t size_bytes) override;
  [[nodiscard]] Answer<Tag> authenticate(std::span<const std::byte> file) override;

 private:
  [[nodiscard]] std::string id_of(char role) const;
  [[nodiscard]] std::string id_of(const GroupName& group) const;
  [[nodiscard]] Answer<std::uint64_t> block_cipher(const GroupName& group, std::uint64_t block,
                                                   const std::string& id);
  [[nodiscard]] Answer<void> cbc(bool encrypts, std::span<const std::byte, 16> initial,
                                 std::span<const std::byte> in, std::span<std::byte> out);

  std::unique_ptr<Pkcs11Token> token_;
  VaultId id_;
  std::map<GroupName, Secret> kept_;  // for DKGA02 and 03: the cipher's type and the mask
};

}  // namespace lk::vault
