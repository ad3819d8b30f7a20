// SPDX-License-Identifier: Apache-2.0
#include "crypto/cmac.hpp"

#include "crypto/secret.hpp"

namespace lk::crypto {
namespace {

// SP 800-38B, 6.1: a doubling in GF(2^128), without a branch on the secret.
Aes128::Block doubled(const Aes128::Block& block) {
  Aes128::Block result;
  unsigned carry = 0;
  for (std::size_t i = block.size(); i-- > 0;) {
    const unsigned shifted = (std::to_integer<unsigned>(block[i]) << 1U) | carry;
    result[i] = static_cast<std::byte>(shifted);
    carry = shifted >> 8U;
  }
  result.back() ^= static_cast<std::byte>(carry * 0x87U);
  return result;
}

void add(Aes128::Block& to, std::span<const std::byte> data) {
  for (std::size_t i = 0; i < data.size(); ++i) to[i] ^= data[i];
}

}  // namespace

CmacTag cmac(std::span<const std::byte, 16> key, std::span<const std::byte> message) {
  constexpr std::size_t block_bytes = 16;
  const Aes128 cipher{key};
  Aes128::Block subkey = doubled(cipher.encrypt(Aes128::Block{}));
  Aes128::Block chain{};
  while (message.size() > block_bytes) {
    add(chain, message.first(block_bytes));
    chain = cipher.encrypt(chain);
    message = message.subspan(block_bytes);
  }
  add(chain, message);
  if (message.size() < block_bytes) {  // padded with a one bit, and marked by the second subkey
    chain[message.size()] ^= std::byte{0x80};
    subkey = doubled(subkey);
  }
  add(chain, subkey);
  wipe(subkey);
  return cipher.encrypt(chain);
}

bool cmac_verifies(std::span<const std::byte, 16> key, std::span<const std::byte> message,
                   std::span<const std::byte, 16> tag) {
  const CmacTag right = cmac(key, message);
  return equal_in_constant_time(right, tag);
}

}  // namespace lk::crypto
