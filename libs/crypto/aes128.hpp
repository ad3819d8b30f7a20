// SPDX-License-Identifier: Apache-2.0
// AES with a 128-bit key (FIPS 197), one block at a time. Tables are 512 bytes of read-only data; look-ups
// are by secret index, which on the meter's cacheless core takes the same time for each. An object may be
// used by several threads at once; it forgets its key when it goes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lk::crypto {

class Aes128 {
 public:
  using Block = std::array<std::byte, 16>;

  explicit Aes128(std::span<const std::byte, 16> key);
  ~Aes128();
  Aes128(const Aes128&) = default;
  Aes128& operator=(const Aes128&) = default;

  // The cipher of FIPS 197, 5.1.
  [[nodiscard]] Block encrypt(const Block& plain) const;
  // The inverse cipher of FIPS 197, 5.3.
  [[nodiscard]] Block decrypt(const Block& cipher) const;

 private:
  static constexpr std::size_t round_count = 10;
  std::array<std::uint8_t, 16 * (round_count + 1)> round_keys_;
};

}  // namespace lk::crypto
