// SPDX-License-Identifier: Apache-2.0
// MISTY1 (RFC 2994), eight rounds: the cipher of encryption algorithm EA11. A block is a number, most
// significant byte first on paper. The key schedule is worked out once. No look-up and no branch depends on
// key or block (misty1_boxes.hpp). May be used by several threads at once; forgets its key.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lk::sts {

class Misty1 {
 public:
  explicit Misty1(std::span<const std::byte, 16> key);
  ~Misty1();
  Misty1(const Misty1&) = default;
  Misty1& operator=(const Misty1&) = default;

  [[nodiscard]] std::uint64_t encrypt(std::uint64_t plain) const;
  [[nodiscard]] std::uint64_t decrypt(std::uint64_t cipher) const;

  // The second half of the expanded key, K'1 to K'8 (for the vectors, which list it).
  [[nodiscard]] std::span<const std::uint16_t, 8> expanded() const { return expanded_; }

 private:
  [[nodiscard]] std::uint32_t fo(std::uint32_t in, unsigned round) const;
  [[nodiscard]] std::uint32_t fl(std::uint32_t in, unsigned index) const;
  [[nodiscard]] std::uint32_t fl_inverse(std::uint32_t in, unsigned index) const;

  std::array<std::uint16_t, 8> key_;
  std::array<std::uint16_t, 8> expanded_;
};

}  // namespace lk::sts
