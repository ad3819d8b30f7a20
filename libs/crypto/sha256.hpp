// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4), fed in parts. An object can be copied to go on from the same prefix twice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lk::crypto {

class Sha256 {
 public:
  static constexpr std::size_t block_bytes = 64;
  static constexpr std::size_t digest_bytes = 32;
  using Digest = std::array<std::byte, digest_bytes>;

  // Adds the next part of the message.
  void update(std::span<const std::byte> part);
  // The digest of all parts; the object is spent.
  [[nodiscard]] Digest finish();

  // The digest of one whole message.
  [[nodiscard]] static Digest of(std::span<const std::byte> message);

 private:
  void compress(const std::byte* block);

  std::array<std::uint32_t, 8> state_{0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                      0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
  std::array<std::byte, block_bytes> pending_{};
  std::uint64_t size_bytes_ = 0;
};

}  // namespace lk::crypto
