// SPDX-License-Identifier: Apache-2.0
#include "server/vault/sealed_custody.hpp"

#include <sodium.h>

#include <algorithm>
#include <new>

#include "assert/assert.hpp"
#include "crypto/secret.hpp"

namespace lk::vault {

// One vending key, made ready, in guarded memory.
class SealedCustody::Key {
 public:
  Key(sts::KeyGenerationAlgorithm generation, std::span<const std::byte> key) : bytes_(Secret::copy_of(key)) {
    if (generation != sts::KeyGenerationAlgorithm::dkga04) return;
    void* const room = sodium_malloc(sizeof(sts::VendingKey));
    if (room == nullptr) throw std::bad_alloc();
    pads_ = new (room) sts::VendingKey(bytes_.bytes().first<20>());
  }
  ~Key() {
    if (pads_ != nullptr) pads_->~VendingKey();
    sodium_free(pads_);
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  [[nodiscard]] sts::KeyBits derive(sts::KeyGenerationAlgorithm generation,
                                    sts::EncryptionAlgorithm algorithm,
                                    const sts::KeyAttributes& attributes) const {
    if (pads_ != nullptr && algorithm == sts::EncryptionAlgorithm::ea11) {
      auto key = value_of(pads_->derive_ea11(attributes));
      sts::KeyBits bits{algorithm, key};
      crypto::wipe(key);
      return bits;
    }
    return value_of(sts::derive_key(generation, bytes_.bytes(), algorithm, attributes, sts::Legacy::allowed));
  }

  [[nodiscard]] CheckValue check_value(sts::KeyGenerationAlgorithm generation) const {
    return check_value_of(generation, bytes_.bytes());
  }

 private:
  Secret bytes_;
  sts::VendingKey* pads_ = nullptr;
};

SealedCustody::SealedCustody(const Contents& contents)
    : order_master_key_(Secret::copy_of(contents.order_master_key.bytes())) {
  ensure(order_master_key_.size() == std::tuple_size_v<order::Key>);
  for (const GroupRecord& record : contents.groups) {
    if (!record.group.check_value) continue;
    ensure(record.key.size() == key_bytes(record.group.generation));
    keys_.emplace(record.group.name, std::make_unique<Key>(record.group.generation, record.key.bytes()));
  }
}

SealedCustody::~SealedCustody() = default;

Answer<sts::KeyBits> SealedCustody::decoder_key(const GroupName& group,
                                                sts::KeyGenerationAlgorithm generation,
                                                sts::EncryptionAlgorithm algorithm,
                                                const sts::KeyAttributes& attributes) {
  const auto found = keys_.find(group);
  if (found == keys_.end())
    return refuse(Reason::key_not_loaded, "key group " + text(group) + ": has no key");
  return found->second->derive(generation, algorithm, attributes);
}

Answer<order::Key> SealedCustody::order_key(std::uint64_t meter_number) {
  order::Key master;
  std::ranges::copy(order_master_key_.bytes(), master.begin());
  const order::Key key = order::derive_key(master, meter_number);
  crypto::wipe(master);
  return key;
}

Answer<CheckValue> SealedCustody::check_value(const GroupName& group,
                                              sts::KeyGenerationAlgorithm generation) {
  const auto found = keys_.find(group);
  if (found == keys_.end())
    return refuse(Reason::key_not_loaded, "key group " + text(group) + ": has no key");
  return found->second->check_value(generation);
}

Answer<Secret> SealedCustody::keep_half(const Secret& half) {
  return Secret::copy_of(half.bytes());
}

Answer<Secret> SealedCustody::half_of(const Secret& kept, std::size_t size_bytes) {
  if (kept.size() != size_bytes)
    return refuse(Reason::damaged, "the first half has another size than the key");
  return Secret::copy_of(kept.bytes());
}

Answer<Secret> SealedCustody::keep_key(const GroupName& group, sts::KeyGenerationAlgorithm generation,
                                       const Secret& key) {
  keys_.insert_or_assign(group, std::make_unique<Key>(generation, key.bytes()));
  return Secret::copy_of(key.bytes());
}

Answer<void> SealedCustody::forget_key(const GroupName& group) {
  keys_.erase(group);
  return {};
}

Answer<Tag> SealedCustody::authenticate(std::span<const std::byte>) {
  ensure(false);  // the seal does it
  return Tag{};
}

}  // namespace lk::vault
