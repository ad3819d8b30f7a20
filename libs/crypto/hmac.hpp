// SPDX-License-Identifier: Apache-2.0
// HMAC with SHA-256 (FIPS 198-1, RFC 2104). The two key blocks are hashed once, so that a message of up to 55
// bytes costs two compressions: what a bulk derivation of decoder keys needs. Forgets its key when it goes.
#pragma once

#include <cstddef>
#include <span>

#include "crypto/sha256.hpp"

namespace lk::crypto {

class HmacSha256 {
 public:
  // A key of any size; one longer than 64 bytes is hashed first.
  explicit HmacSha256(std::span<const std::byte> key);
  ~HmacSha256();
  HmacSha256(const HmacSha256&) = default;
  HmacSha256& operator=(const HmacSha256&) = default;

  [[nodiscard]] Sha256::Digest of(std::span<const std::byte> message) const;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

}  // namespace lk::crypto
