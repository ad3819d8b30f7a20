// SPDX-License-Identifier: Apache-2.0
#include "sts/sta.hpp"

#include "crypto/secret.hpp"

namespace lk::sts {
namespace {

constexpr std::size_t round_count = 16;

}  // namespace

constinit const StaTables sample_tables{sample_table_set};

namespace {

// The bits of a key that choose the tables of encryption round r, at the lowest bit of each nibble: for
// nibble n the key's bit (4n + 15 - r) mod 64. The same as rotating the key by one bit a round (6.5.4.2).
std::uint64_t choices_of(std::uint64_t key, std::size_t round) {
  return std::rotr(key, static_cast<int>(round_count - 1 - round)) & 0x1111'1111'1111'1111U;
}

std::uint64_t substituted(std::uint64_t data, const StaTables::Pair& words, std::uint64_t choices) {
  const std::uint64_t differing = words.zero ^ words.one;
  std::uint64_t result = 0;
  for (unsigned at = 0; at < 64; at += 4) {
    const std::uint64_t word = words.zero ^ (differing & (0 - ((choices >> at) & 1U)));
    const auto nibble = static_cast<unsigned>(data >> at) & 0xFU;
    result |= ((word >> (4U * nibble)) & 0xFU) << at;
  }
  return result;
}

}  // namespace

Sta::~Sta() {
  crypto::wipe_value(key_);
}

std::uint64_t Sta::encrypt(std::uint64_t plain) const {
  std::uint64_t data = plain;
  for (std::size_t round = 0; round < round_count; ++round) {
    data = tables_->permuted(substituted(data, tables_->encrypting(), choices_of(key_, round)));
  }
  return data;
}

std::uint64_t Sta::decrypt(std::uint64_t cipher) const {
  std::uint64_t data = cipher;
  for (std::size_t round = round_count; round-- > 0;) {
    data = substituted(tables_->permuted_back(data), tables_->decrypting(), choices_of(key_, round));
  }
  return data;
}

}  // namespace lk::sts
