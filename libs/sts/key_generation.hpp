// SPDX-License-Identifier: Apache-2.0
// Decoder keys from vending keys (IEC 62055-41, 6.5.3): DKGA04 (HMAC-SHA-256 under a 160-bit vending key) and
// the old DKGA02 (single DES under a 64-bit one). DKGA01 and DKGA03 are not for new meters and are not here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "crypto/hmac.hpp"
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

}  // namespace lk::sts
