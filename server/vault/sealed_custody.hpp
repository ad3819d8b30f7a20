// SPDX-License-Identifier: Apache-2.0
// Keys in this process, in guarded memory, as long as the vault is open. HMAC keys are kept as hashed pads,
// so that a derivation costs two compressions. Reading is safe from any thread; the officers' functions are
// for one.
#pragma once

#include <map>
#include <memory>

#include "server/vault/custody.hpp"

namespace lk::vault {

class SealedCustody final : public Custody {
 public:
  // Takes what it needs from the opened file.
  explicit SealedCustody(const Contents& contents);
  ~SealedCustody() override;

  [[nodiscard]] Answer<sts::KeyBits> decoder_key(const GroupName& group,
                                                 sts::KeyGenerationAlgorithm generation,
                                                 sts::EncryptionAlgorithm algorithm,
                                                 const sts::KeyAttributes& attributes) override;
  [[nodiscard]] Answer<order::Key> order_key(std::uint64_t meter_number) override;
  [[nodiscard]] Answer<void> probe() override { return {}; }
  [[nodiscard]] Answer<CheckValue> check_value(const GroupName& group,
                                               sts::KeyGenerationAlgorithm generation) override;
  [[nodiscard]] Answer<Secret> keep_half(const Secret& half) override;
  [[nodiscard]] Answer<Secret> half_of(const Secret& kept, std::size_t size_bytes) override;
  [[nodiscard]] Answer<Secret> keep_key(const GroupName& group, sts::KeyGenerationAlgorithm generation,
                                        const Secret& key) override;
  Answer<void> forget_key(const GroupName& group) override;
  [[nodiscard]] Answer<Secret> random(std::size_t size_bytes) override { return Secret::random(size_bytes); }
  [[nodiscard]] Answer<Tag> authenticate(std::span<const std::byte> file) override;

 private:
  class Key;
  std::map<GroupName, std::unique_ptr<Key>> keys_;
  Secret order_master_key_;
};

}  // namespace lk::vault
