// SPDX-License-Identifier: Apache-2.0
#include "crypto/des.hpp"

#include <array>
#include <bit>
#include <cstddef>

#include "crypto/secret.hpp"

namespace lk::crypto {
namespace {

using Substitution = std::array<std::uint8_t, 64>;  // row (outer bits) by row, as printed
// A row of a substitution as one word: nibble n is what column n becomes. A word is in a register, so a
// look-up leaves no trace in a cache.
using Rows = std::array<std::uint64_t, 4>;
using RoundKeys = std::array<std::uint64_t, 16>;

constexpr std::array<std::uint8_t, 64> initial_permutation{
    58, 50, 42, 34, 26, 18, 10, 2,  60, 52, 44, 36, 28, 20, 12, 4,  62, 54, 46, 38, 30, 22,
    14, 6,  64, 56, 48, 40, 32, 24, 16, 8,  57, 49, 41, 33, 25, 17, 9,  1,  59, 51, 43, 35,
    27, 19, 11, 3,  61, 53, 45, 37, 29, 21, 13, 5,  63, 55, 47, 39, 31, 23, 15, 7};
constexpr std::array<std::uint8_t, 48> expansion{
    32, 1,  2,  3,  4,  5,  4,  5,  6,  7,  8,  9,  8,  9,  10, 11, 12, 13, 12, 13, 14, 15, 16, 17,
    16, 17, 18, 19, 20, 21, 20, 21, 22, 23, 24, 25, 24, 25, 26, 27, 28, 29, 28, 29, 30, 31, 32, 1};
constexpr std::array<std::uint8_t, 32> round_permutation{16, 7, 20, 21, 29, 12, 28, 17, 1,  15, 23,
                                                         26, 5, 18, 31, 10, 2,  8,  24, 14, 32, 27,
                                                         3,  9, 19, 13, 30, 6,  22, 11, 4,  25};
constexpr std::array<std::uint8_t, 56> permuted_choice_1{
    57, 49, 41, 33, 25, 17, 9,  1,  58, 50, 42, 34, 26, 18, 10, 2,  59, 51, 43,
    35, 27, 19, 11, 3,  60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7,  62, 54,
    46, 38, 30, 22, 14, 6,  61, 53, 45, 37, 29, 21, 13, 5,  28, 20, 12, 4};
constexpr std::array<std::uint8_t, 48> permuted_choice_2{
    14, 17, 11, 24, 1,  5,  3,  28, 15, 6,  21, 10, 23, 19, 12, 4,  26, 8,  16, 7,  27, 20, 13, 2,
    41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32};
constexpr std::array<std::uint8_t, 16> key_shifts{1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1};

constexpr std::array<Substitution, 8> substitutions{{
    {14, 4,  13, 1, 2,  15, 11, 8, 3, 10, 6, 12, 5,  9,  0,  7,  0,  15, 7,  4,  14, 2,
     13, 1,  10, 6, 12, 11, 9,  5, 3, 8,  4, 1,  14, 8,  13, 6,  2,  11, 15, 12, 9,  7,
     3,  10, 5,  0, 15, 12, 8,  2, 4, 9,  1, 7,  5,  11, 3,  14, 10, 0,  6,  13},
    {15, 1,  8,  14, 6,  11, 3,  4, 9,  7,  2, 13, 12, 0,  5,  10, 3,  13, 4,  7, 15, 2,
     8,  14, 12, 0,  1,  10, 6,  9, 11, 5,  0, 14, 7,  11, 10, 4,  13, 1,  5,  8, 12, 6,
     9,  3,  2,  15, 13, 8,  10, 1, 3,  15, 4, 2,  11, 6,  7,  12, 0,  5,  14, 9},
    {10, 0,  9,  14, 6, 3,  15, 5,  1,  13, 12, 7, 11, 4,  2,  8,  13, 7, 0,  9, 3, 4,
     6,  10, 2,  8,  5, 14, 12, 11, 15, 1,  13, 6, 4,  9,  8,  15, 3,  0, 11, 1, 2, 12,
     5,  10, 14, 7,  1, 10, 13, 0,  6,  9,  8,  7, 4,  15, 14, 3,  11, 5, 2,  12},
    {7, 13, 14, 3, 0, 6,  9, 10, 1,  2, 8,  5, 11, 12, 4,  15, 13, 8,  11, 5, 6, 15,
     0, 3,  4,  7, 2, 12, 1, 10, 14, 9, 10, 6, 9,  0,  12, 11, 7,  13, 15, 1, 3, 14,
     5, 2,  8,  4, 3, 15, 0, 6,  10, 1, 13, 8, 9,  4,  5,  11, 12, 7,  2,  14},
    {2,  12, 4, 1,  7,  10, 11, 6, 8, 5,  3, 15, 13, 0,  14, 9,  14, 11, 2,  12, 4,  7,
     13, 1,  5, 0,  15, 10, 3,  9, 8, 6,  4, 2,  1,  11, 10, 13, 7,  8,  15, 9,  12, 5,
     6,  3,  0, 14, 11, 8,  12, 7, 1, 14, 2, 13, 6,  15, 0,  9,  10, 4,  5,  3},
    {12, 1,  10, 15, 9,  2,  6, 8,  0, 13, 3,  4,  14, 7,  5, 11, 10, 15, 4, 2, 7, 12,
     9,  5,  6,  1,  13, 14, 0, 11, 3, 8,  9,  14, 15, 5,  2, 8,  12, 3,  7, 0, 4, 10,
     1,  13, 11, 6,  4,  3,  2, 12, 9, 5,  15, 10, 11, 14, 1, 7,  6,  0,  8, 13},
    {4, 11, 2,  14, 15, 0,  8,  13, 3, 12, 9,  7, 5,  10, 6,  1,  13, 0,  11, 7,  4, 9,
     1, 10, 14, 3,  5,  12, 2,  15, 8, 6,  1,  4, 11, 13, 12, 3,  7,  14, 10, 15, 6, 8,
     0, 5,  9,  2,  6,  11, 13, 8,  1, 4,  10, 7, 9,  5,  0,  15, 14, 2,  3,  12},
    {13, 2, 8,  4, 6, 15, 11, 1,  10, 9,  3, 14, 5,  0,  12, 7,  1,  15, 13, 8, 10, 3,
     7,  4, 12, 5, 6, 11, 0,  14, 9,  2,  7, 11, 4,  1,  9,  12, 14, 2,  0,  6, 10, 13,
     15, 3, 5,  8, 2, 1,  14, 7,  4,  10, 8, 13, 15, 12, 9,  0,  3,  5,  6,  11},
}};

constexpr std::array<Rows, 8> packed_substitutions() {
  std::array<Rows, 8> packed{};
  for (std::size_t box = 0; box < packed.size(); ++box) {
    for (std::size_t i = 0; i < substitutions[box].size(); ++i) {
      packed[box][i / 16] |= std::uint64_t{substitutions[box][i]} << (4U * (i % 16));
    }
  }
  return packed;
}
constexpr std::array<Rows, 8> rows_of_boxes = packed_substitutions();

// Bit n of the result (from the left) is bit table[n] of the `width` bits of `value` (from the left, the
// first is 1).
template <std::size_t Count>
constexpr std::uint64_t permuted(std::uint64_t value, unsigned width,
                                 const std::array<std::uint8_t, Count>& table) {
  std::uint64_t result = 0;
  for (const std::uint8_t source : table) result = (result << 1U) | ((value >> (width - source)) & 1U);
  return result;
}

constexpr std::uint64_t final_permuted(std::uint64_t value) {
  std::uint64_t result = 0;
  for (std::size_t n = 0; n < initial_permutation.size(); ++n) {
    result |= ((value >> (63U - n)) & 1U) << (64U - initial_permutation[n]);
  }
  return result;
}

constexpr std::uint32_t rotate_left_28(std::uint32_t half, unsigned by) {
  return ((half << by) | (half >> (28U - by))) & 0x0FFF'FFFFU;
}

// The first where `bit` is 0, the second where it is 1; without a branch.
constexpr std::uint64_t choose(std::uint64_t bit, std::uint64_t first, std::uint64_t second) {
  return first ^ ((0 - bit) & (first ^ second));
}

constexpr std::uint32_t substituted(const Rows& rows, std::uint32_t six) {
  const std::uint64_t upper = choose(six & 1U, rows[2], rows[3]);
  const std::uint64_t lower = choose(six & 1U, rows[0], rows[1]);
  const std::uint64_t row = choose(six >> 5U, lower, upper);
  return static_cast<std::uint32_t>(row >> (4U * ((six >> 1U) & 0xFU))) & 0xFU;
}

constexpr std::uint32_t round_function(std::uint32_t half, std::uint64_t round_key) {
  const std::uint64_t mixed = permuted(half, 32, expansion) ^ round_key;
  std::uint32_t result = 0;
  for (std::size_t box = 0; box < rows_of_boxes.size(); ++box) {
    const auto six = static_cast<std::uint32_t>(mixed >> (42U - 6U * box)) & 0x3FU;
    result = (result << 4U) | substituted(rows_of_boxes[box], six);
  }
  return static_cast<std::uint32_t>(permuted(result, 32, round_permutation));
}

RoundKeys schedule(std::uint64_t key) {
  const std::uint64_t chosen = permuted(key, 64, permuted_choice_1);
  auto c = static_cast<std::uint32_t>(chosen >> 28U);
  auto d = static_cast<std::uint32_t>(chosen) & 0x0FFF'FFFFU;
  RoundKeys keys;
  for (std::size_t round = 0; round < keys.size(); ++round) {
    c = rotate_left_28(c, key_shifts[round]);
    d = rotate_left_28(d, key_shifts[round]);
    keys[round] = permuted((std::uint64_t{c} << 28U) | d, 56, permuted_choice_2);
  }
  return keys;
}

// Sixteen rounds; `first` is the round key to begin with: 0, or 15 to go backwards.
std::uint64_t sixteen_rounds(const RoundKeys& keys, std::size_t first, std::uint64_t text) {
  const std::uint64_t block = permuted(text, 64, initial_permutation);
  auto left = static_cast<std::uint32_t>(block >> 32U);
  auto right = static_cast<std::uint32_t>(block);
  for (std::size_t round = 0; round < keys.size(); ++round) {
    const std::uint32_t next = left ^ round_function(right, keys[first ^ round]);
    left = right;
    right = next;
  }
  return final_permuted((std::uint64_t{right} << 32U) | left);
}

}  // namespace

std::uint64_t des_encrypt(std::uint64_t key, std::uint64_t plain) {
  RoundKeys keys = schedule(key);
  const std::uint64_t cipher = sixteen_rounds(keys, 0, plain);
  wipe_value(keys);
  return cipher;
}

std::uint64_t des_decrypt(std::uint64_t key, std::uint64_t cipher) {
  RoundKeys keys = schedule(key);
  const std::uint64_t plain = sixteen_rounds(keys, keys.size() - 1, cipher);
  wipe_value(keys);
  return plain;
}

std::uint64_t triple_des_encrypt(std::uint64_t key_1, std::uint64_t key_2, std::uint64_t plain) {
  return des_encrypt(key_1, des_decrypt(key_2, des_encrypt(key_1, plain)));
}

bool des_key_has_odd_parity(std::uint64_t key) {
  for (unsigned i = 0; i < 8; ++i) {
    if (std::popcount((key >> (8U * i)) & 0xFFU) % 2 == 0) return false;
  }
  return true;
}

}  // namespace lk::crypto
