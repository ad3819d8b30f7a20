// SPDX-License-Identifier: Apache-2.0
#include "crypto/hmac.hpp"

#include <algorithm>

#include "crypto/secret.hpp"

namespace lk::crypto {

HmacSha256::HmacSha256(std::span<const std::byte> key) {
  std::array<std::byte, Sha256::block_bytes> padded{};
  if (key.size() > padded.size()) {
    std::ranges::copy(Sha256::of(key), padded.begin());
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
  Sha256 outer = outer_;
  outer.update(inner.finish());
  return outer.finish();
}

}  // namespace lk::crypto
