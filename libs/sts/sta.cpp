// SPDX-License-Identifier: Apache-2.0
#include "sts/sta.hpp"

#include "crypto/secret.hpp"

namespace lk::sts {
namespace {

constexpr std::size_t round_count = 16;

constexpr TableSet sample{
    .substitution_1 = {12, 10, 8, 4, 3, 15, 0, 2, 14, 1, 5, 13, 6, 9, 7, 11},
    .substitution_2 = {6, 9, 7, 4, 3, 10, 12, 14, 2, 13, 1, 15, 0, 11, 8, 5},
    .permutation = {29, 27, 34, 9,  16, 62, 55, 2,  40, 49, 38, 25, 33, 61, 30, 23, 1,  41, 21, 57, 42, 15,
                    5,  58, 19, 53, 22, 17, 48, 28, 24, 39, 3,  60, 36, 14, 11, 52, 54, 12, 31, 51, 10, 26,
                    0,  45, 37, 43, 44, 6,  59, 4,  7,  35, 56, 50, 13, 18, 32, 47, 46, 63, 20, 8},
};

template <std::size_t Size>
constexpr bool is_permutation(const std::array<std::uint8_t, Size>& table) {
  std::array<bool, Size> seen{};
  for (const std::uint8_t value : table) {
    if (value >= Size || seen[value]) return false;
    seen[value] = true;
  }
  return true;
}

}  // namespace

constinit const TableSet sample_table_set = sample;
constinit const StaTables sample_tables{sample};

TableSetFault check(const TableSet& tables) {
  if (!is_permutation(tables.substitution_1)) return TableSetFault::substitution_1;
  if (!is_permutation(tables.substitution_2)) return TableSetFault::substitution_2;
  if (!is_permutation(tables.permutation)) return TableSetFault::permutation;
  return TableSetFault::none;
}

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
