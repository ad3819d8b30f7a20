// SPDX-License-Identifier: Apache-2.0
#include "crypto/sha256.hpp"

#include <algorithm>
#include <bit>

#include "bytes/bytes.hpp"
#include "crypto/secret.hpp"

namespace lk::crypto {
namespace {

// FIPS 180-4, 4.2.2.
constexpr std::array<std::uint32_t, 64> round_constants{
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2};

constexpr std::uint32_t choose(std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  return (x & y) ^ (~x & z);
}
constexpr std::uint32_t majority(std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  return (x & y) ^ (x & z) ^ (y & z);
}
constexpr std::uint32_t sum0(std::uint32_t x) {
  return std::rotr(x, 2) ^ std::rotr(x, 13) ^ std::rotr(x, 22);
}
constexpr std::uint32_t sum1(std::uint32_t x) {
  return std::rotr(x, 6) ^ std::rotr(x, 11) ^ std::rotr(x, 25);
}
constexpr std::uint32_t sigma0(std::uint32_t x) {
  return std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3U);
}
constexpr std::uint32_t sigma1(std::uint32_t x) {
  return std::rotr(x, 17) ^ std::rotr(x, 19) ^ (x >> 10U);
}

}  // namespace

void Sha256::compress(const std::byte* block) {
  std::array<std::uint32_t, 64> schedule;
  bytes::Reader reader{std::span{block, block_bytes}};
  for (std::size_t t = 0; t < 16; ++t) schedule[t] = reader.big<std::uint32_t>();
  for (std::size_t t = 16; t < 64; ++t) {
    schedule[t] = sigma1(schedule[t - 2]) + schedule[t - 7] + sigma0(schedule[t - 15]) + schedule[t - 16];
  }
  auto [a, b, c, d, e, f, g, h] = state_;
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t t1 = h + sum1(e) + choose(e, f, g) + round_constants[t] + schedule[t];
    const std::uint32_t t2 = sum0(a) + majority(a, b, c);
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> added{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state_.size(); ++i) state_[i] += added[i];
  wipe_value(schedule);  // the message may be a key (HMAC)
}

void Sha256::update(std::span<const std::byte> part) {
  while (!part.empty()) {
    const std::size_t pending = size_bytes_ % block_bytes;
    const std::size_t taken = std::min(part.size(), block_bytes - pending);
    std::copy_n(part.begin(), taken, pending_.begin() + static_cast<std::ptrdiff_t>(pending));
    size_bytes_ += taken;
    part = part.subspan(taken);
    if (pending + taken == block_bytes) compress(pending_.data());
  }
}

Sha256::Digest Sha256::finish() {
  const std::uint64_t size_bits = size_bytes_ * 8;
  std::size_t pending = size_bytes_ % block_bytes;
  pending_[pending++] = std::byte{0x80};
  constexpr std::size_t length_at = block_bytes - sizeof size_bits;
  if (pending > length_at) {
    std::fill(pending_.begin() + static_cast<std::ptrdiff_t>(pending), pending_.end(), std::byte{0});
    compress(pending_.data());
    pending = 0;
  }
  std::fill(pending_.begin() + static_cast<std::ptrdiff_t>(pending), pending_.end(), std::byte{0});
  bytes::Writer{std::span{pending_}.subspan(length_at)}.big(size_bits);
  compress(pending_.data());

  Digest digest;
  bytes::Writer writer{digest};
  for (const std::uint32_t word : state_) writer.big(word);
  return digest;
}

Sha256::Digest Sha256::of(std::span<const std::byte> message) {
  Sha256 hash;
  hash.update(message);
  return hash.finish();
}

}  // namespace lk::crypto
