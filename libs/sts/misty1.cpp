// SPDX-License-Identifier: Apache-2.0
#include "sts/misty1.hpp"

#include "crypto/secret.hpp"
#include "sts/misty1_boxes.hpp"

namespace lk::sts {
namespace {

// RFC 2994, 2.3.2.
constexpr std::uint32_t fi(std::uint32_t in, std::uint32_t key) {
  std::uint32_t d9 = in >> 7U;
  std::uint32_t d7 = in & 0x7FU;
  d9 = misty1_s9(d9) ^ d7;
  d7 = misty1_s7(d7) ^ (d9 & 0x7FU);
  d7 ^= key >> 9U;
  d9 ^= key & 0x1FFU;
  d9 = misty1_s9(d9) ^ d7;
  return (d7 << 9U) | d9;
}

}  // namespace

Misty1::Misty1(std::span<const std::byte, 16> key) {
  for (std::size_t i = 0; i < key_.size(); ++i) {
    key_[i] = static_cast<std::uint16_t>((std::to_integer<unsigned>(key[2 * i]) << 8U) |
                                         std::to_integer<unsigned>(key[2 * i + 1]));
  }
  for (std::size_t i = 0; i < key_.size(); ++i) {
    expanded_[i] = static_cast<std::uint16_t>(fi(key_[i], key_[(i + 1) % 8]));
  }
}

Misty1::~Misty1() {
  crypto::wipe_value(key_);
  crypto::wipe_value(expanded_);
}

// RFC 2994, 2.3.1.
std::uint32_t Misty1::fo(std::uint32_t in, unsigned round) const {
  std::uint32_t a = in >> 16U;
  std::uint32_t b = in & 0xFFFFU;
  a = fi(a ^ key_[round], expanded_[(round + 5) % 8]) ^ b;
  b = fi(b ^ key_[(round + 2) % 8], expanded_[(round + 1) % 8]) ^ a;
  a = fi(a ^ key_[(round + 7) % 8], expanded_[(round + 3) % 8]) ^ b;
  b ^= key_[(round + 4) % 8];
  return (b << 16U) | a;
}

// RFC 2994, 2.3.3: an even index uses K for AND and K' for OR, an odd one the other way round.
std::uint32_t Misty1::fl(std::uint32_t in, unsigned index) const {
  const unsigned t = index / 2;
  std::uint32_t left = in >> 16U;
  std::uint32_t right = in & 0xFFFFU;
  if (index % 2 == 0) {
    right ^= left & key_[t];
    left ^= right | expanded_[(t + 6) % 8];
  } else {
    right ^= left & expanded_[(t + 2) % 8];
    left ^= right | key_[(t + 4) % 8];
  }
  return (left << 16U) | right;
}

std::uint32_t Misty1::fl_inverse(std::uint32_t in, unsigned index) const {
  const unsigned t = index / 2;
  std::uint32_t left = in >> 16U;
  std::uint32_t right = in & 0xFFFFU;
  if (index % 2 == 0) {
    left ^= right | expanded_[(t + 6) % 8];
    right ^= left & key_[t];
  } else {
    left ^= right | key_[(t + 4) % 8];
    right ^= left & expanded_[(t + 2) % 8];
  }
  return (left << 16U) | right;
}

std::uint64_t Misty1::encrypt(std::uint64_t plain) const {
  auto d0 = static_cast<std::uint32_t>(plain >> 32U);
  auto d1 = static_cast<std::uint32_t>(plain);
  for (unsigned round = 0; round < 8; round += 2) {
    d0 = fl(d0, round);
    d1 = fl(d1, round + 1) ^ fo(d0, round);
    d0 ^= fo(d1, round + 1);
  }
  d0 = fl(d0, 8);
  d1 = fl(d1, 9);
  return (std::uint64_t{d1} << 32U) | d0;
}

std::uint64_t Misty1::decrypt(std::uint64_t cipher) const {
  std::uint32_t d0 = fl_inverse(static_cast<std::uint32_t>(cipher), 8);
  std::uint32_t d1 = fl_inverse(static_cast<std::uint32_t>(cipher >> 32U), 9);
  for (unsigned round = 8; round > 0;) {
    round -= 2;
    d0 ^= fo(d1, round + 1);
    d1 = fl_inverse(d1 ^ fo(d0, round), round + 1);
    d0 = fl_inverse(d0, round);
  }
  return (std::uint64_t{d0} << 32U) | d1;
}

}  // namespace lk::sts
