// SPDX-License-Identifier: Apache-2.0
#include "crypto/secret.hpp"

namespace lk::crypto {

void wipe(std::span<std::byte> secret) {
  for (std::byte& b : secret) b = std::byte{0};
  // The compiler must believe that somebody reads the zeros.
  asm volatile("" : : "r"(secret.data()) : "memory");
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= std::to_integer<unsigned>(a[i] ^ b[i]);
    // Without this the compiler may leave the loop at the first difference.
    asm volatile("" : "+r"(difference));
  }
  return difference == 0;
}

}  // namespace lk::crypto
