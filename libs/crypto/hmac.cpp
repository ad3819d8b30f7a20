// SPDX-License-Identifier: Apache-2.0
#include "crypto/hmac.hpp"

#include <algorithm>

#include "crypto/secret.hpp"

namespace lk::crypto {

HmacSha256::HmacSha256(std::span<const std::byte> key) {
  std::array<std::byte, Sha256::block_bytes> padded{};
  if (key.size() > padded.size()) {
    Sha256::Digest short_key = Sha256::of(key);
    std::ranges::copy(short_key, padded.begin());
    wipe(short_key);
  } else {
    std::ranges::copy(key, padded.begin());
  }
  for (std::byte& b : padded) b ^= std::byte{0x36};
  inner_.update(padded);
  for (std::byte& b : padded) b ^= std::byte{0x36 ^ 0x5C};
  outer_.update(padded);
  wipe(padded);
}

HmacSha256::~HmacSha256() {
  wipe_value(inner_);
  wipe_value(outer_);
}

Sha256::Digest HmacSha256::of(std::span<const std::byte> message) const {
  Sha256 inner = inner_;
  inner.update(message);
  Sha256::Digest inner_digest = inner.finish();
  Sha256 outer = outer_;
  outer.update(inner_digest);
  const Sha256::Digest digest = outer.finish();
  wipe_value(inner);
  wipe_value(outer);
  wipe(inner_digest);
  return digest;
}

}  // namespace lk::crypto
