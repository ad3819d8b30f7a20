// SPDX-License-Identifier: Apache-2.0
// Decoder keys from vending keys (IEC 62055-41, 6.5.3): DKGA04 (HMAC-SHA-256 under a 160-bit vending key),
// the old DKGA02 (single DES, 64 bits), and the legacy DKGA03 (triple DES, two keys of 64 bits) for whoever
// asks for it in so many words. DKGA01 is refused by name. The data that goes into the cipher is public here
// too, so that a hardware module that holds the vending key can do the secret half.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "crypto/hmac.hpp"
#include "sts/encryption_algorithm.hpp"
#include "sts/identity.hpp"
#include "sts/tid.hpp"

namespace lk::sts {

enum class KeyType : std::uint8_t {
  initialisation = 0,  // DITK: the maker's
  default_key = 1,     // DDTK: takes no credit
  unique = 2,          // DUTK: the usual one
  common = 3,          // DCTK: one for a supply group, on erasable cards
};

// What a decoder key depends on besides the vending key.
struct KeyAttributes {
  Pan pan{};
  KeyType key_type = KeyType::unique;
  std::uint32_t supply_group_code = 0;   // 6 digits
  std::uint8_t tariff_index = 0;         // 0 to 99
  std::uint8_t key_revision_number = 1;  // 1 to 9
  BaseDate base_date = BaseDate::y2014;  // not used by DKGA02
};

enum class KeyAttributeError : std::uint8_t {
  pan,                  // not 18 digits with right check digits
  supply_group_code,    // more than 6 digits
  tariff_index,         // above 99
  key_revision_number,  // not 1 to 9
};

inline constexpr std::size_t dkga04_message_bytes = 49;
using Dkga04Message = std::array<std::byte, dkga04_message_bytes>;

// What DKGA04 feeds to HMAC-SHA-256; the key is the leftmost 8 (EA07) or 16 (EA11) bytes of the digest.
[[nodiscard]] std::expected<Dkga04Message, KeyAttributeError> dkga04_message(const KeyAttributes& attributes,
                                                                             EncryptionAlgorithm algorithm);

// The block that DKGA02 and DKGA03 encrypt (PAN block xor control block). DKGA02's key is
// DES(block) ^ block ^ vending key, DKGA03's TDES(block) ^ block.
[[nodiscard]] std::expected<std::uint64_t, KeyAttributeError> dkga02_block(const KeyAttributes& attributes);

// DKGA04. The HMAC key blocks are hashed once: keep the object to derive keys of many meters.
class VendingKey {
 public:
  explicit VendingKey(std::span<const std::byte, 20> key) : hmac_(key) {}

  // The 128-bit key of an EA11 meter.
  [[nodiscard]] std::expected<std::array<std::byte, 16>, KeyAttributeError> derive_ea11(
      const KeyAttributes& attributes) const;
  // The 64-bit key of an EA07 meter.
  [[nodiscard]] std::expected<std::uint64_t, KeyAttributeError> derive_ea07(
      const KeyAttributes& attributes) const;

 private:
  crypto::HmacSha256 hmac_;
};

// DKGA02: the 64-bit key of an EA07 meter. The vending key is used as it is; that its parity is odd is for
// whoever loads it to check (crypto::des_key_has_odd_parity).
[[nodiscard]] std::expected<std::uint64_t, KeyAttributeError> derive_dkga02(std::uint64_t vending_key,
                                                                            const KeyAttributes& attributes);

enum class KeyGenerationAlgorithm : std::uint8_t { dkga01 = 1, dkga02 = 2, dkga03 = 3, dkga04 = 4 };

// DKGA03 is for the last meters of an old system; there are no published vectors for it. Whoever needs it
// says so.
enum class Legacy : std::uint8_t { refused, allowed };

enum class KeyGenerationError : std::uint8_t {
  pan,                   // not 18 digits with right check digits
  supply_group_code,     // more than 6 digits
  tariff_index,          // above 99
  key_revision_number,   // not 1 to 9
  dkga01_refused,        // its published descriptions contradict each other: not implemented
  dkga03_refused,        // legacy, and nobody said that it is allowed
  unknown_algorithm,     // not 1 to 4
  encryption_algorithm,  // DKGA02 and DKGA03 give 64 bits: not for EA11
  vending_key_size,      // not 8 bytes (DKGA02), 16 (DKGA03), 20 (DKGA04)
  vending_key_parity,    // a byte of a DES key with an even number of ones: mistyped or damaged
};

// A decoder key as bytes, most significant first; EA07 uses the first eight. Wiped when it goes.
struct KeyBits {
  EncryptionAlgorithm algorithm = EncryptionAlgorithm::ea11;
  std::array<std::byte, 16> bytes{};

  KeyBits() = default;
  KeyBits(EncryptionAlgorithm of, std::span<const std::byte> key);  // 8 or 16 bytes, as the algorithm needs
  ~KeyBits();
  KeyBits(const KeyBits&) = default;
  KeyBits& operator=(const KeyBits&) = default;
  bool operator==(const KeyBits&) const = default;

  [[nodiscard]] std::span<const std::byte> view() const {
    return std::span{bytes}.first(algorithm == EncryptionAlgorithm::ea11 ? 16 : 8);
  }
  // Four words, most significant first; under EA07 the last two are 0.
  [[nodiscard]] std::array<std::uint32_t, 4> words() const;
};

// The key of a meter by any of the algorithms; checks the vending key too. One derivation: for many keys of
// one vending key use VendingKey.
[[nodiscard]] std::expected<KeyBits, KeyGenerationError> derive_key(KeyGenerationAlgorithm generation,
                                                                    std::span<const std::byte> vending_key,
                                                                    EncryptionAlgorithm algorithm,
                                                                    const KeyAttributes& attributes,
                                                                    Legacy legacy = Legacy::refused);

}  // namespace lk::sts
