// SPDX-License-Identifier: Apache-2.0
// Who holds the keys themselves: a sealed file (`SealedCustody`) or a PKCS#11 module (`ModuleCustody`). All
// that the two do differently is behind this; groups, checks, limits and audit are the same code above it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "order/order.hpp"
#include "server/vault/contents.hpp"
#include "server/vault/key_group.hpp"
#include "server/vault/refusal.hpp"
#include "server/vault/secret.hpp"
#include "sts/key_generation.hpp"

namespace lk::vault {

using Tag = std::array<std::byte, 32>;

class Custody {
 public:
  virtual ~Custody() = default;

  // The decoder key of a meter under a loaded group. The attributes must be right. Any thread.
  [[nodiscard]] virtual Answer<sts::KeyBits> decoder_key(const GroupName& group,
                                                         sts::KeyGenerationAlgorithm generation,
                                                         sts::EncryptionAlgorithm algorithm,
                                                         const sts::KeyAttributes& attributes) = 0;
  // The order key of a meter (docs/formats/order.md). Any thread.
  [[nodiscard]] virtual Answer<order::Key> order_key(std::uint64_t meter_number) = 0;
  // Whether keys can be used now.
  [[nodiscard]] virtual Answer<void> probe() = 0;

  // The check value that the held key of a loaded group makes.
  [[nodiscard]] virtual Answer<CheckValue> check_value(const GroupName& group,
                                                       sts::KeyGenerationAlgorithm generation) = 0;

  // For officers, one thread. What the vault file is to hold of a half, and the half from that.
  [[nodiscard]] virtual Answer<Secret> keep_half(const Secret& half) = 0;
  [[nodiscard]] virtual Answer<Secret> half_of(const Secret& kept, std::size_t size_bytes) = 0;
  // Takes a group's key over, after it has been seen to work: what it makes must give the check value.
  // Returns what the vault file is to hold of it. A key already there is replaced.
  [[nodiscard]] virtual Answer<Secret> keep_key(const GroupName& group,
                                                sts::KeyGenerationAlgorithm generation,
                                                const Secret& key) = 0;
  virtual Answer<void> forget_key(const GroupName& group) = 0;
  // Random bytes of the custody's own source.
  [[nodiscard]] virtual Answer<Secret> random(std::size_t size_bytes) = 0;
  // The tag of a module's vault file; a sealed file has its own.
  [[nodiscard]] virtual Answer<Tag> authenticate(std::span<const std::byte> file) = 0;
};

// The check value that a key has: the first three bytes of DES, of triple DES, or of HMAC-SHA-256 of eight
// zero bytes.
[[nodiscard]] CheckValue check_value_of(sts::KeyGenerationAlgorithm generation,
                                        std::span<const std::byte> key);

}  // namespace lk::vault
