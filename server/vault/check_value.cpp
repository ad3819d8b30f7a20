// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/des.hpp"
#include "crypto/hmac.hpp"
#include "server/vault/custody.hpp"

namespace lk::vault {

CheckValue check_value_of(sts::KeyGenerationAlgorithm generation, std::span<const std::byte> key) {
  ensure(key.size() == key_bytes(generation));
  std::array<std::byte, 32> made{};
  bytes::Reader reader{key};
  bytes::Writer writer{made};
  switch (generation) {
    case sts::KeyGenerationAlgorithm::dkga02:
      writer.big(crypto::des_encrypt(reader.big<std::uint64_t>(), 0));
      break;
    case sts::KeyGenerationAlgorithm::dkga03: {
      const auto first = reader.big<std::uint64_t>();
      writer.big(crypto::triple_des_encrypt(first, reader.big<std::uint64_t>(), 0));
      break;
    }
    case sts::KeyGenerationAlgorithm::dkga04:
      writer.copy(crypto::HmacSha256(key).of(std::array<std::byte, 8>{}));
      break;
    case sts::KeyGenerationAlgorithm::dkga01:
      break;
  }
  CheckValue value;
  std::copy_n(made.begin(), value.size(), value.begin());
  return value;
}

}  // namespace lk::vault
