// SPDX-License-Identifier: Apache-2.0
// A decoder key ready for use: what both ends of a token share. The key schedule is worked out once, so keep
// the object where many tokens are made. May be used by several threads at once; forgets its key when it
// goes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/bytes.hpp"
#include "sts/encryption_algorithm.hpp"
#include "sts/key_generation.hpp"
#include "sts/misty1.hpp"
#include "sts/sta.hpp"

namespace lk::sts {

class DecoderKey {
 public:
  [[nodiscard]] static DecoderKey ea11(std::span<const std::byte, 16> key) {
    return {EncryptionAlgorithm::ea11, key, 0, sample_tables};
  }
  // The key's first byte is the most significant. The tables must outlive the key.
  [[nodiscard]] static DecoderKey ea07(std::uint64_t key, const StaTables& tables) {
    return {EncryptionAlgorithm::ea07, no_key, key, tables};
  }
  // Of either algorithm. EA11 does not use the tables.
  [[nodiscard]] static DecoderKey of(const KeyBits& key, const StaTables& tables) {
    if (key.algorithm == EncryptionAlgorithm::ea11) return ea11(key.bytes);
    return ea07(bytes::Reader{key.bytes}.big<std::uint64_t>(), tables);
  }

  [[nodiscard]] EncryptionAlgorithm algorithm() const { return algorithm_; }
  [[nodiscard]] std::uint64_t encrypt(std::uint64_t block) const {
    return algorithm_ == EncryptionAlgorithm::ea11 ? misty1_.encrypt(block) : sta_.encrypt(block);
  }
  [[nodiscard]] std::uint64_t decrypt(std::uint64_t block) const {
    return algorithm_ == EncryptionAlgorithm::ea11 ? misty1_.decrypt(block) : sta_.decrypt(block);
  }

 private:
  static constexpr std::array<std::byte, 16> no_key{};

  DecoderKey(EncryptionAlgorithm algorithm, std::span<const std::byte, 16> misty1_key, std::uint64_t sta_key,
             const StaTables& tables)
      : algorithm_(algorithm), misty1_(misty1_key), sta_(sta_key, tables) {}

  EncryptionAlgorithm algorithm_;
  Misty1 misty1_;
  Sta sta_;
};

}  // namespace lk::sts
